/** A condition: a decision has one of some of its options, by their numbers. */
export interface Condition {
  readonly decision: number;
  readonly options: readonly number[];
}

/** A decision of a search space: a choice cell, or all that share a name. */
export interface Decision {
  /** Its name in `--set`: `stages.2.kernel`, `stages.2.kernel.1` for the second choice of a cell, or the name of a choice. */
  readonly key: string;
  /** The paths of the cells where it is; the key where it has no name. */
  readonly places: readonly string[];
  /** The values as a spec writes them, two or more. */
  readonly options: readonly string[];
  /**
   * When it matters: in any of these cases, at least one, whose conditions all hold; a case without conditions always applies. A
   * block that lacks a parameter leaves its choice unused.
   */
  readonly when: readonly (readonly Condition[])[];
}

/** Independent decisions; a decision is referred to by its position. */
export interface Space {
  readonly decisions: readonly Decision[];
}

/** The number of an option for each decision of a space, in order. Those of unused decisions do not matter. */
export type Encoding = readonly number[];

/** Whether a decision matters given the others of an encoding. */
export function isUsed({ decisions }: Space, encoding: Encoding, decision: number): boolean {
  const holds = (c: Condition) => c.options.includes(encoding[c.decision] as number);
  return (decisions[decision] as Decision).when.some((conditions) => conditions.every(holds));
}

/** The encoding with the first option for every unused decision: equal for encodings of one network. */
export function canonical(space: Space, encoding: Encoding): number[] {
  return encoding.map((option, i) => (isUsed(space, encoding, i) ? option : 0));
}

/** The `--set` arguments of an encoding: a value for each decision that is used. */
export function settingsOf(space: Space, encoding: Encoding): Record<string, string> {
  return Object.fromEntries(
    space.decisions.flatMap(({ key, options }, i) =>
      isUsed(space, encoding, i) ? [[key, options[encoding[i] as number] as string]] : [],
    ),
  );
}

/** How many encodings a space has, and how many of them differ in a decision that is used. */
export function spaceSize(space: Space): { readonly encodings: bigint; readonly networks: bigint } {
  const encodings = space.decisions.reduce((product, { options }) => product * BigInt(options.length), 1n);
  const networks = groupsOf(space).reduce((product, group) => product * group.total, 1n);
  return { encodings, networks };
}

/** Decisions that depend on each other, with every setting of those that others depend on. */
export interface Group {
  /** The decisions that others depend on. */
  readonly parents: readonly number[];
  /** For each setting of the parents, how many networks it has, and which other decisions are then free. */
  readonly cases: readonly {
    readonly options: readonly number[];
    readonly free: readonly number[];
    readonly networks: bigint;
  }[];
  readonly total: bigint;
}

/** The groups of a space. @throws RangeError if more than a million settings of decisions depend on each other */
export function groupsOf(space: Space): readonly Group[] {
  const { decisions } = space;
  const root = decisions.map((_, i) => i);
  const find = (i: number): number => (root[i] === i ? i : find(root[i] as number));
  for (const [i, { when }] of decisions.entries()) for (const c of when.flat()) root[find(i)] = find(c.decision);
  const members = new Map<number, number[]>();
  for (const i of decisions.keys()) members.set(find(i), [...(members.get(find(i)) ?? []), i]);
  return [...members.values()].map((group) => casesOf(space, group));
}

function casesOf(space: Space, group: readonly number[]): Group {
  const { decisions } = space;
  const parents = group.filter((i) => decisions.some(({ when }) => when.flat().some((c) => c.decision === i)));
  let settings: number[][] = [[]];
  for (const parent of parents) {
    const { options } = decisions[parent] as Decision;
    settings = settings.flatMap((before) => options.map((_, o) => [...before, o]));
    if (settings.length > 1e6) throw new RangeError('too many decisions of the space depend on each other');
  }
  const cases = settings.flatMap((options) => {
    const encoding: number[] = decisions.map(() => 0);
    for (const [k, parent] of parents.entries()) encoding[parent] = options[k] as number;
    // a parent that is itself unused has one setting, not several
    if (parents.some((parent) => encoding[parent] !== 0 && !isUsed(space, encoding, parent))) return [];
    const free = group.filter((i) => !parents.includes(i) && isUsed(space, encoding, i));
    const networks = free.reduce((product, i) => product * BigInt((decisions[i] as Decision).options.length), 1n);
    return [{ options, free, networks }];
  });
  return { parents, cases, total: cases.reduce((sum, { networks }) => sum + networks, 0n) };
}
