import type { Edge, GridLayout } from './layout.ts';

/**
 * More lanes than this are not rearranged: the search below would take long, and no order makes such a figure readable.
 */
const mostLanes = 40;

/**
 * Puts the lanes into an order in which edges are short: each lane is tried at each other place, as long as that
 * helps. Lanes are numbered again, with the main path in lane 0.
 */
export function arrangeLanes(layout: GridLayout, edges: readonly Edge[]): GridLayout {
  const used = [...layout.lane, ...layout.edgeLane.filter((l) => l !== undefined)];
  let order = [...new Set(used)].sort((a, b) => a - b);
  if (order.length > mostLanes) return layout;
  let cost = costOf(layout, edges, order);
  for (let improved = true; improved; ) {
    improved = false;
    for (const lane of [...order]) {
      const others = order.filter((l) => l !== lane);
      for (let place = 0; place <= others.length; place++) {
        const moved = [...others.slice(0, place), lane, ...others.slice(place)];
        const movedCost = costOf(layout, edges, moved);
        if (movedCost < cost) {
          order = moved;
          cost = movedCost;
          improved = true;
        }
      }
    }
  }
  const main = order.indexOf(0);
  const renumber = (lane: number) => order.indexOf(lane) - main;
  return {
    layer: layout.layer,
    lane: layout.lane.map(renumber),
    edgeLane: layout.edgeLane.map((l) => (l === undefined ? undefined : renumber(l))),
  };
}

/** The lanes that edges cross; squared, so that two neighbours are better than one in place and one far away. */
function costOf(layout: GridLayout, edges: readonly Edge[], order: readonly number[]): number {
  const place = new Map(order.map((lane, i) => [lane, i]));
  const at = (lane: number | undefined) => place.get(lane ?? 0) ?? 0;
  return edges.reduce((sum, [from, to], i) => {
    const through = layout.edgeLane[i] ?? layout.lane[to];
    return sum + (at(layout.lane[from]) - at(through)) ** 2 + (at(through) - at(layout.lane[to])) ** 2;
  }, 0);
}
