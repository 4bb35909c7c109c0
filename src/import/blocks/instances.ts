import { isDepthwise } from '../say-op.ts';
import { likeness } from './likeness.ts';
import type { Reading } from './reading.ts';
import { type NodeRun, unitsOf } from './units.ts';

/** One use of a block: its main path, a path around it that is added, and what follows the sum. */
export interface BlockUse extends NodeRun {
  readonly main: readonly number[];
  /** `none`: nothing is added; otherwise the nodes of the path around, none if it is the input itself. */
  readonly around: 'none' | readonly number[];
  /** The sum. */
  readonly sum?: number;
  readonly tail: readonly number[];
}

/** Parts of a network that one block describes. */
export interface Repeated {
  readonly instances: readonly BlockUse[];
}

/** The parts of a network that occur several times, up to their numbers, in the order in which they begin. */
export function findRepeated(reading: Reading): readonly Repeated[] {
  const units = unitsOf(reading, 0, reading.nodes.length - 1);
  const residual = findResidual(reading, units);
  const taken = new Set(
    residual.flatMap(({ instances }) => instances.flatMap(({ first, last }) => range(first, last))),
  );
  const rest = findChains(
    reading,
    units.filter(({ first, last }) => !taken.has(first) && !taken.has(last)),
  );
  const first = ({ instances }: Repeated) => instances[0]?.first ?? 0;
  return [...residual, ...rest].sort((a, b) => first(a) - first(b));
}

/** Blocks that add their input, or a path around them; and the same without the sum. */
function findResidual(reading: Reading, units: readonly NodeRun[]): readonly Repeated[] {
  const found = new Map<string, BlockUse[]>();
  for (const unit of units) {
    const instance = residualOf(reading, unit);
    if (instance) push(found, likeness(reading, instance.main), instance);
  }
  // The longest first, as a shorter one may be a part of it.
  const mains = [...found.entries()].sort(([, [a]], [, [b]]) => b!.main.length - a!.main.length);
  const inside = new Set([...found.values()].flat().map(({ first }) => first));
  for (const [key, instances] of mains) {
    // A path around with weights and one without make different blocks.
    if (instances.some(({ around }) => around.length > 0 && around !== 'none')) continue;
    const length = instances[0]!.main.length;
    const windows = new Set(instances.map(({ main }) => windowsOf(reading, main)));
    for (let at = 0; at < units.length; at++) {
      const chain = inside.has(units[at]!.first) ? undefined : chainOf(reading, units, at, length);
      if (!chain || chain.some(({ first }) => inside.has(first))) continue;
      const first = chain[0]!.first;
      const main = range(first, chain.at(-1)!.last);
      if (likeness(reading, main) !== key || !windows.has(windowsOf(reading, main))) continue;
      for (const unit of chain) inside.add(unit.first);
      instances.push({ first, last: main.at(-1)!, input: chain[0]!.input, main, around: 'none', tail: [] });
    }
  }
  return [...found.values()]
    .flatMap((instances) => byWayAround(reading, instances))
    .filter((instances) => instances.length > 1)
    .map((instances) => ({
      instances: withTails(
        reading,
        units,
        instances.toSorted((a, b) => a.first - b.first),
      ),
    }));
}

/** Uses grouped by the kind of path around; the most frequent group includes those that add their input itself. */
function byWayAround(reading: Reading, instances: readonly BlockUse[]): readonly (readonly BlockUse[])[] {
  const kinds = new Map<string, BlockUse[]>();
  const plain: BlockUse[] = [];
  for (const instance of instances) {
    if (instance.around === 'none' || instance.around.length === 0) plain.push(instance);
    else push(kinds, likeness(reading, instance.around), instance);
  }
  const [most = [], ...others] = [...kinds.values()].sort((a, b) => b.length - a.length);
  return [[...most, ...plain], ...others];
}

/** The windows of dense convolutions, which distinguish a network's stem from a block's expansion. */
function windowsOf({ nodes }: Reading, ids: readonly number[]): string {
  return ids
    .map((id) => {
      const { op, inputs } = nodes[id]!;
      const x = nodes[inputs[0]?.node ?? -1]?.shapes[0];
      return op.kind === 'conv' && !isDepthwise(op, x) ? op.window.kernel.join('x') : '';
    })
    .join();
}

/** A unit as a sum of two paths. */
function residualOf(reading: Reading, unit: NodeRun): BlockUse | undefined {
  const { nodes, readers } = reading;
  const { first, last, input } = unit;
  const { op, inputs } = nodes[last]!;
  const [a, b] = inputs;
  if (op.kind !== 'add' || inputs.length !== 2 || !a || !b || last === first || nodes[input]?.op.kind === 'split')
    return undefined;
  const inner = unitsOf(reading, first, last - 1);
  const ways: NodeRun[][] = [];
  for (const part of inner) {
    const before = ways.find((way) => way.at(-1)?.last === part.input);
    if (before) before.push(part);
    else if (part.input === input) ways.push([part]);
    else return undefined;
  }
  const sorted = ways.map((way) => way.flatMap((part) => range(part.first, part.last)));
  const isWhole = sorted.flat().length === last - first;
  const ends = sorted.map((ids) => ids.at(-1) as number);
  const isRead = ends.every((end) => readers[end]?.length === 1 && readers[end]?.[0] === last);
  if (!isWhole || !isRead || sorted.length === 0 || sorted.length > 2) return undefined;
  const [main = [], around = []] = sorted.sort((m, n) => n.length - m.length);
  return { ...unit, main, around, sum: last, tail: [] };
}

/** Consecutive units of this many nodes, each read only by the next. */
function chainOf(
  reading: Reading,
  units: readonly NodeRun[],
  at: number,
  length: number,
): readonly NodeRun[] | undefined {
  const chain: NodeRun[] = [];
  let nodes = 0;
  for (let i = at; nodes < length; i++) {
    const unit = units[i];
    const before = chain.at(-1);
    if (!unit || (before && !follows(reading, before, unit))) return undefined;
    chain.push(unit);
    nodes += unit.last - unit.first + 1;
  }
  return nodes === length ? chain : undefined;
}

function follows({ readers }: Reading, before: NodeRun, unit: NodeRun): boolean {
  return (
    unit.first === before.last + 1 &&
    unit.input === before.last &&
    readers[before.last]?.every((id) => id <= unit.last) === true
  );
}

/** Steps that follow every use, such as the activation after a sum, as a part of the block. */
function withTails(reading: Reading, units: readonly NodeRun[], given: readonly BlockUse[]): readonly BlockUse[] {
  const byFirst = new Map(units.map((unit) => [unit.first, unit]));
  const starts = new Set(given.map(({ first }) => first));
  let instances = given;
  for (let more = 0; more < 3; more++) {
    const next = instances.map((instance) => {
      const unit = byFirst.get(instance.last + 1);
      const isOne = unit && unit.first === unit.last && !starts.has(unit.first) && follows(reading, instance, unit);
      return isOne ? unit : undefined;
    });
    const kinds = new Set(next.map((unit) => unit && likeness(reading, [unit.first])));
    if (kinds.size !== 1 || next.some((unit) => !unit)) break;
    instances = instances.map((instance, i) => ({
      ...instance,
      last: next[i]!.last,
      tail: [...instance.tail, next[i]!.last],
    }));
  }
  return instances;
}

/** The longest chain, in units, whose repetitions are searched for. */
const mostUnits = 12;

/** Chains of units that occur several times, those that cover the most nodes first. */
function findChains(reading: Reading, given: readonly NodeRun[]): readonly Repeated[] {
  const found: Repeated[] = [];
  let units = given;
  while (found.length < 12 && units.length <= 5000) {
    const best = mostRepeated(reading, units);
    if (!best) break;
    found.push({ instances: best });
    const taken = new Set(best.flatMap(({ main }) => main));
    units = units.filter(({ first }) => !taken.has(first));
  }
  return found;
}

function mostRepeated(reading: Reading, units: readonly NodeRun[]): readonly BlockUse[] | undefined {
  const found = new Map<string, BlockUse[]>();
  for (const [at, start] of units.entries()) {
    let before = start;
    for (let length = 1; length <= mostUnits; length++) {
      const unit = units[at + length - 1];
      if (!unit || (length > 1 && !follows(reading, before, unit))) break;
      before = unit;
      const main = range(start.first, unit.last);
      const key = likeness(reading, main);
      const last = found.get(key)?.at(-1)?.last ?? -1;
      if (main.length > 1 && start.first > last)
        push(found, key, { first: start.first, last: unit.last, input: start.input, main, around: 'none', tail: [] });
    }
  }
  // A block takes about four lines and each use at least one, where the nodes alone take a line for every four.
  const gain = (instances: readonly BlockUse[]) => (instances.length - 1) * instances[0]!.main.length;
  const worthwhile = [...found.values()].filter(
    (instances) => instances.length > 1 && gain(instances) >= (instances.length > 2 ? 6 : 8),
  );
  return worthwhile.sort((a, b) => gain(b) - gain(a))[0];
}

function push<T>(lists: Map<string, T[]>, key: string, value: T): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}

export function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}
