import type { GraphNode } from '../graph.ts';
import type { Variable } from './program.ts';

/** In which order a runtime holds a tensor of two or more axes: see `Variable`. */
export function layoutOf(op: GraphNode['op'], shape: readonly number[]): Variable['layout'] {
  if (shape.length === 2) return 'linear';
  if (shape.length === 3) return 'map';
  const [filters, inputs] = shape;
  // One filter per channel, for which frameworks have a separate convolution.
  const isConv = op.kind === 'conv' || op.kind === 'convTranspose';
  const depthwise = isConv && op.groups > 1 && op.groups === filters && inputs === 1;
  return depthwise ? 'depthwise' : 'conv';
}
