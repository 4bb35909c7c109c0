import { nextUnit, type RandomState } from '../../weights/random.ts';
import { type Decision, groupsOf, type Space } from './space.ts';

/** Draws encodings, all networks of a space being equally likely. */
export function createSampler(space: Space): (random: RandomState) => number[] {
  const groups = groupsOf(space).map(({ parents, cases, total }) => {
    let sum = 0n;
    // cumulative shares of the cases: exact integers, so that only the last step rounds
    const shares = cases.map(({ networks }) => {
      sum += networks;
      return Number((sum * 2n ** 53n) / total) / 2 ** 53;
    });
    return { parents, cases, shares };
  });
  return (random) => {
    const encoding: number[] = space.decisions.map(() => 0);
    for (const { parents, cases, shares } of groups) {
      const at = nextUnit(random);
      const chosen = cases[shares.findIndex((share) => at < share)] ?? cases.at(-1);
      for (const [k, parent] of parents.entries()) encoding[parent] = chosen?.options[k] ?? 0;
      for (const i of chosen?.free ?? []) {
        encoding[i] = Math.floor(nextUnit(random) * (space.decisions[i] as Decision).options.length);
      }
    }
    return encoding;
  };
}

/** Every network of a space once, in order of its decisions. */
export function* eachEncoding(space: Space): Generator<number[]> {
  const groups = groupsOf(space);
  yield* complete(
    0,
    space.decisions.map(() => 0),
  );

  function* complete(group: number, encoding: number[]): Generator<number[]> {
    const current = groups[group];
    if (!current) {
      yield [...encoding];
      return;
    }
    for (const { options, free } of current.cases) {
      for (const [k, parent] of current.parents.entries()) encoding[parent] = options[k] as number;
      yield* fill(group, free, 0, encoding);
    }
    for (const parent of current.parents) encoding[parent] = 0;
  }

  function* fill(group: number, free: readonly number[], place: number, encoding: number[]): Generator<number[]> {
    const decision = free[place];
    if (decision === undefined) {
      yield* complete(group + 1, encoding);
      return;
    }
    for (const option of (space.decisions[decision] as Decision).options.keys()) {
      encoding[decision] = option;
      yield* fill(group, free, place + 1, encoding);
    }
    encoding[decision] = 0;
  }
}
