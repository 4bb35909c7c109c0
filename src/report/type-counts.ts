import { byteLength, type Graph } from '../5-graph/graph.ts';
import type { ElementType } from '../5-graph/value-type.ts';
import { nounFor } from '../diagnostics/noun-for.ts';
import { formatBytes } from './format-number.ts';

/** How much of a network has a type. */
export interface TypeCount {
  readonly type: ElementType;
  readonly values: number;
  readonly tensors: number;
  /** The bytes of those tensors. */
  readonly tensorBytes: number;
}

/**
 * The types of a network's values and tensors, in the order of the nodes; nothing if everything is float32, as written.
 */
export function typeCounts(graph: Graph): readonly TypeCount[] {
  const counts = new Map<ElementType, TypeCount>();
  const count = (type: ElementType, values: number, tensors: number, tensorBytes: number) => {
    const before = counts.get(type) ?? { values: 0, tensors: 0, tensorBytes: 0 };
    counts.set(type, {
      type,
      values: before.values + values,
      tensors: before.tensors + tensors,
      tensorBytes: before.tensorBytes + tensorBytes,
    });
  };
  for (const { type, shapes, tensors } of graph.nodes) {
    count(type.element, shapes.length, 0, 0);
    for (const tensor of tensors) count(tensor.type.element, 0, 1, byteLength(tensor.shape, tensor.type));
  }
  return counts.size === 1 && counts.has('float32') ? [] : [...counts.values()];
}

/** `types: float16 40 values and 60 tensors (10.1 MiB); float32 2 values`. */
export function typeCountsText(counts: readonly TypeCount[]): string {
  const parts = counts.map(({ type, values, tensors, tensorBytes }) => {
    const owned = tensors > 0 && `${tensors} ${nounFor(tensors, 'tensor')} (${formatBytes(tensorBytes)})`;
    const held = values > 0 && `${values} ${nounFor(values, 'value')}`;
    return `${type} ${[held, owned].filter(Boolean).join(' and ')}`;
  });
  return `types: ${parts.join('; ')}`;
}
