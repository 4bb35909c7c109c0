import type { Shape, ValueRef } from '../5-graph/graph.ts';
import type { Op } from '../ops/ops.ts';

/** A node of a network, as needed for the windows of convolutions. */
interface ShapedNode {
  readonly op: Op;
  readonly inputs: readonly ValueRef[];
  readonly shapes: readonly Shape[];
}

/** Whether an op is a dense layer over all of what it reads: a linear layer, or a convolution whose one window is all of the map. */
export function isDense(op: Op, input: Shape | undefined): boolean {
  if (op.kind === 'linear') return true;
  if (op.kind !== 'conv' || op.groups > 1) return false;
  const { kernel, pads } = op.window;
  const [, height = 1, width = 1] = input ?? [];
  return input !== undefined && String(kernel) === `${height},${width}` && Object.values(pads).every((n) => n === 0);
}

/**
 * The number of a network's convolutions for each window, as a text: the same for a family member whatever its number of
 * classes, its image size and its convention.
 */
export function convolutionShapes(nodes: readonly ShapedNode[]): string {
  const counts = new Map<string, number>();
  for (const { op } of windowed(nodes)) {
    const { kernel, stride } = op.window;
    const shape = `${kernel.join('x')}/${stride.join('x')}${op.groups > 1 ? 'g' : ''}`;
    counts.set(shape, (counts.get(shape) ?? 0) + 1);
  }
  return [...counts]
    .map(([shape, count]) => `${count} ${shape}`)
    .sort()
    .join(', ');
}

/** The convolutions with windows. Exporters state one of a single pixel, or of a whole map, as a dense layer, and the other way round. */
export function windowed(nodes: readonly ShapedNode[]): readonly { readonly op: Extract<Op, { kind: 'conv' }> }[] {
  return nodes.flatMap(({ op, inputs: [ref] }) => {
    if (op.kind !== 'conv' || String([...op.window.kernel, ...op.window.stride]) === '1,1,1,1') return [];
    return isDense(op, ref && nodes[ref.node]?.shapes[ref.output]) ? [] : [{ op }];
  });
}
