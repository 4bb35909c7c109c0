import type { Op } from '../ops/ops.ts';

/**
 * How many convolutions of which windows a network has, as a text: what is the same for a member of a family whatever its number
 * of classes, its images and its convention.
 */
export function convolutionShapes(nodes: readonly { readonly op: Op }[]): string {
  const counts = new Map<string, number>();
  for (const { op } of nodes) {
    if (op.kind !== 'conv') continue;
    const { kernel, stride } = op.window;
    // Exporters state one of a single pixel as a dense layer, and the other way round.
    if (String([...kernel, ...stride]) === '1,1,1,1') continue;
    const shape = `${kernel.join('x')}/${stride.join('x')}${op.groups > 1 ? 'g' : ''}`;
    counts.set(shape, (counts.get(shape) ?? 0) + 1);
  }
  return [...counts]
    .map(([shape, count]) => `${count} ${shape}`)
    .sort()
    .join(', ');
}
