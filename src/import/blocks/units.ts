import type { Reading } from './reading.ts';

/** Neighbouring nodes that read one value from outside; only the last is read outside. */
export interface NodeRun {
  readonly first: number;
  readonly last: number;
  /** The node outside that they read. */
  readonly input: number;
}

/** The most nodes of a unit: blocks of networks have up to about fifty. */
const most = 100;

/**
 * Nodes as units, in order: from each node the shortest that has as many as possible of the readers of the value that it reads,
 * so that a residual block is one. A node that is in none is left out.
 */
export function unitsOf(reading: Reading, from: number, to: number): readonly NodeRun[] {
  const units: NodeRun[] = [];
  for (let id = from; id <= to; id++) {
    const unit = unitAt(reading, id, to);
    if (!unit) continue;
    units.push(unit);
    id = unit.last;
  }
  return units;
}

function unitAt({ nodes, sources, readers }: Reading, first: number, to: number): NodeRun | undefined {
  let best: NodeRun | undefined;
  let covered = 0;
  let input: number | undefined;
  // The last node that reads one of those before the one that is looked at.
  let until = first;
  for (let last = first; last <= to && last < first + most; last++) {
    const { op } = nodes[last]!;
    if (op.kind === 'input') break;
    const outside = (sources[last] ?? []).filter((source) => source < first);
    if (outside.some((source) => source !== (input ?? source)) || outside.length > 1) break;
    input ??= outside[0];
    if (until <= last && input !== undefined && op.kind !== 'split') {
      const reached = (readers[input] ?? []).filter((reader) => reader <= last).length;
      if (reached > covered) {
        covered = reached;
        best = { first, last, input };
      }
    }
    until = Math.max(until, readers[last]?.at(-1) ?? last);
  }
  return best;
}
