import type { Selection } from './searcher.ts';

/** A number for each alternative of each part. */
export type Table = readonly (readonly number[])[];

/** A selection's value by a table: the sum of its alternatives' numbers. */
export function sumOf(table: Table, selection: Selection): number {
  return table.reduce((sum, part, i) => sum + (part[selection[i] as number] as number), 0);
}

export interface Optimum {
  readonly selection: Selection;
  readonly value: number;
  readonly cost: number;
}

/** Undominated sums of some parts, by rising cost, with references back to their alternatives. */
interface Partial {
  readonly cost: number;
  readonly value: number;
  readonly alternative: number;
  readonly before?: Partial;
}

/**
 * The selection with the largest sum of values whose sum of costs is within a bound: exact, by dynamic programming over the undominated
 * sums of each half of the parts. Costs may be negative.
 * @returns undefined if no selection is within the bound
 */
export function bestWithin(values: Table, costs: Table, bound: number): Optimum | undefined {
  const middle = values.length >> 1;
  const left = undominated(values.slice(0, middle), costs.slice(0, middle));
  const right = undominated(values.slice(middle), costs.slice(middle));
  let best: readonly [Partial, Partial] | undefined;
  let at = right.length - 1;
  for (const one of left) {
    while (at >= 0 && one.cost + (right[at] as Partial).cost > bound) at--;
    const other = right[at];
    if (!other) break;
    if (!best || one.value + other.value > best[0].value + best[1].value) best = [one, other];
  }
  if (!best) return undefined;
  const selection = best.flatMap(alternativesOf);
  return { selection, value: sumOf(values, selection), cost: sumOf(costs, selection) };
}

function undominated(values: Table, costs: Table): readonly Partial[] {
  let sums: Partial[] = [{ cost: 0, value: 0, alternative: -1 }];
  for (const [part, options] of values.entries()) {
    const longer = options.flatMap((value, alternative) => {
      const cost = costs[part]?.[alternative] as number;
      return sums.map(
        (before): Partial => ({ cost: before.cost + cost, value: before.value + value, alternative, before }),
      );
    });
    longer.sort((a, b) => a.cost - b.cost || b.value - a.value);
    sums = [];
    for (const sum of longer) if (sum.value > (sums.at(-1)?.value ?? Number.NEGATIVE_INFINITY)) sums.push(sum);
  }
  return sums;
}

function alternativesOf(sum: Partial): number[] {
  const found: number[] = [];
  for (let s: Partial | undefined = sum; s?.before; s = s.before) found.push(s.alternative);
  return found.reverse();
}

/**
 * The same on a grid of costs: each cost is rounded up to a multiple of the budget left over the cheapest, divided by `steps`; the
 * selection is within the bound, and short of the best only by that rounding. Much faster.
 */
export function nearlyBestWithin(values: Table, costs: Table, bound: number, steps = 400): Optimum | undefined {
  const least = costs.map((part) => Math.min(...part));
  const room = bound - least.reduce((sum, cost) => sum + cost, 0);
  if (room < 0) return undefined;
  const unit = room / steps || 1;
  let best = new Float64Array(steps + 1);
  const chosen: Int32Array[] = [];
  for (const [part, options] of values.entries()) {
    const next = new Float64Array(steps + 1).fill(Number.NEGATIVE_INFINITY);
    const from = new Int32Array(steps + 1).fill(-1);
    for (const [alternative, value] of options.entries()) {
      const extra = (costs[part]?.[alternative] as number) - (least[part] as number);
      const width = Math.ceil(extra / unit - 1e-9);
      for (let used = width; used <= steps; used++) {
        const sum = (best[used - width] as number) + value;
        if (sum <= (next[used] as number)) continue;
        next[used] = sum;
        from[used] = alternative;
      }
    }
    best = next;
    chosen.push(from);
  }
  const selection: number[] = [];
  for (let [part, used] = [values.length - 1, steps]; part >= 0; part--) {
    const alternative = chosen[part]?.[used] as number;
    selection.unshift(alternative);
    const extra = (costs[part]?.[alternative] as number) - (least[part] as number);
    used -= Math.ceil(extra / unit - 1e-9);
  }
  return { selection, value: sumOf(values, selection), cost: sumOf(costs, selection) };
}
