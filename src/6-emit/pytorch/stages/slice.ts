import type { Graph } from '../../../5-graph/graph.ts';
import { type Instance, type Item, lastReaders } from '../instances.ts';

/** Consecutive nodes of a graph, by their numbers: the first, and the one after the last. */
export interface NodeRange {
  readonly first: number;
  readonly end: number;
}

/**
 * The part of a call whose nodes are in a range: calls that lie entirely in it are kept, those at its ends are cut too. It
 * reads and gives what crosses the ends. Tensors keep their names.
 */
export function sliceInstance(graph: Graph, instance: Instance, range: NodeRange): Instance {
  const items = instance.items.flatMap((item): Item[] => {
    const own = rangeOf(item);
    if (own.end <= range.first || own.first >= range.end) return [];
    if (item.kind === 'op' || (own.first >= range.first && own.end <= range.end)) return [item];
    const inner = sliceInstance(graph, item.instance, range);
    return [{ ...item, instance: inner, inputs: inner.inputs, outputs: inner.outputs }];
  });
  const made = new Set(items.flatMap(({ outputs }) => outputs));
  const inputs = new Set(items.flatMap((item) => item.inputs).filter((value) => !made.has(value)));
  const readers = lastReaders(graph);
  const end = Math.min(range.end, Math.max(...items.map((item) => rangeOf(item).end)));
  const outputs = [...made].filter((value) => (readers.get(value) ?? -1) >= end);
  return { ...instance, items, inputs: [...inputs], outputs };
}

/** The nodes of an item; for a call all of them, whether or not it is cut. */
export function rangeOf(item: Item): NodeRange {
  if (item.kind === 'op') return { first: item.node.id, end: item.node.id + 1 };
  const { first, end } = item.instance.call;
  return { first, end };
}
