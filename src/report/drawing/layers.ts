import { arrangeLanes } from './arrange-lanes.ts';
import type { Edge, GridLayout } from './layout.ts';

/** @param weight a vertex's preference for the main path. Edges go from lower to higher in some order without cycles. */
export function layOut(weight: readonly number[], edges: readonly Edge[]): GridLayout {
  const next: number[][] = weight.map(() => []);
  const before: number[][] = weight.map(() => []);
  for (const [from, to] of edges) {
    next[from]?.push(to);
    before[to]?.push(from);
  }
  const order = topological(before, next);
  const layer = longestPaths(order, before);
  const lane: (number | undefined)[] = weight.map(() => undefined);
  const taken = new Set<string>();
  const place = (vertex: number, l: number) => {
    lane[vertex] = l;
    taken.add(cell(l, layer[vertex] as number));
  };

  for (const vertex of mainPath(order, before, weight)) place(vertex, 0);
  for (const vertex of order) {
    if (lane[vertex] !== undefined) continue;
    const chain = [vertex];
    for (let v: number | undefined = vertex; v !== undefined; ) {
      v = next[v]?.find((n) => lane[n] === undefined && !chain.includes(n));
      if (v !== undefined) chain.push(v);
    }
    centre(chain, layer, before, next);
    const top = Math.min(...chain.map((v) => layer[v] as number));
    const bottom = Math.max(...chain.map((v) => layer[v] as number));
    const free = firstFree(taken, top, bottom, 1);
    for (const v of chain) place(v, free);
    for (let y = top; y <= bottom; y++) taken.add(cell(free, y));
  }

  const lanes = lane.map((l) => l ?? 0);
  // Short edges first, so that long ones go round them.
  const byLength = edges.map((_, i) => i).sort((a, b) => span(edges[a], layer) - span(edges[b], layer) || a - b);
  const edgeLane: (number | undefined)[] = edges.map(() => undefined);
  for (const i of byLength) {
    const [from, to] = edges[i] as Edge;
    const top = (layer[from] as number) + 1;
    const bottom = (layer[to] as number) - 1;
    if (bottom < top) continue;
    const direct = [lanes[to] as number, lanes[from] as number].find((l) => isFree(taken, l, top, bottom));
    const l = direct ?? firstFree(taken, top, bottom, -1);
    edgeLane[i] = l;
    for (let y = top; y <= bottom; y++) taken.add(cell(l, y));
  }
  return arrangeLanes({ layer, lane: lanes, edgeLane }, edges);
}

function topological(before: readonly number[][], next: readonly number[][]): number[] {
  const missing = before.map((b) => b.length);
  const order = missing.flatMap((m, v) => (m === 0 ? [v] : []));
  for (let i = 0; i < order.length; i++) {
    for (const n of next[order[i] as number] ?? []) {
      missing[n] = (missing[n] as number) - 1;
      if (missing[n] === 0) order.push(n);
    }
  }
  return order;
}

function longestPaths(order: readonly number[], before: readonly number[][]): number[] {
  const layer: number[] = before.map(() => 0);
  for (const v of order) {
    layer[v] = (before[v] ?? []).reduce((most, b) => Math.max(most, (layer[b] as number) + 1), 0);
  }
  return layer;
}

/** The path of most weight that ends in the last vertex. */
function mainPath(order: readonly number[], before: readonly number[][], weight: readonly number[]): number[] {
  const best: number[] = weight.map(() => 0);
  const from: (number | undefined)[] = weight.map(() => undefined);
  for (const v of order) {
    for (const b of before[v] ?? []) {
      if (from[v] === undefined || (best[b] as number) > (best[from[v] as number] as number)) from[v] = b;
    }
    best[v] = (weight[v] as number) + (from[v] === undefined ? 0 : (best[from[v] as number] as number));
  }
  const path: number[] = [];
  for (let v: number | undefined = order.at(-1); v !== undefined; v = from[v]) path.push(v);
  return path.reverse();
}

/** Moves a chain down to the middle of the room that it has. */
function centre(
  chain: readonly number[],
  layer: number[],
  before: readonly number[][],
  next: readonly number[][],
): void {
  if ((before[chain[0] as number] ?? []).length === 0) return;
  const members = new Set(chain);
  let room = Number.POSITIVE_INFINITY;
  for (const v of chain) {
    for (const n of next[v] ?? []) {
      if (!members.has(n)) room = Math.min(room, (layer[n] as number) - (layer[v] as number) - 1);
    }
  }
  if (!Number.isFinite(room)) return;
  for (const v of chain) layer[v] = (layer[v] as number) + Math.floor(room / 2);
}

/** The free lane closest to the middle between two layers; the given side first. */
function firstFree(taken: ReadonlySet<string>, top: number, bottom: number, side: 1 | -1): number {
  for (let distance = 1; ; distance++) {
    for (const l of [side * distance, -side * distance]) if (isFree(taken, l, top, bottom)) return l;
  }
}

function isFree(taken: ReadonlySet<string>, lane: number, top: number, bottom: number): boolean {
  for (let y = top; y <= bottom; y++) if (taken.has(cell(lane, y))) return false;
  return true;
}

function span(edge: Edge | undefined, layer: readonly number[]): number {
  return edge ? (layer[edge[1]] as number) - (layer[edge[0]] as number) : 0;
}

function cell(lane: number, layer: number): string {
  return `${lane} ${layer}`;
}
