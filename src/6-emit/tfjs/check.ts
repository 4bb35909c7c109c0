import type { Graph } from '../../5-graph/graph.ts';
import type { Op } from '../../5-graph/ops.ts';
import { createDiagnostic, type Diagnostic } from '../../diagnostics/diagnostic.ts';
import { dilationOf } from './window-form.ts';

/** What TensorFlow.js takes as the name of a tensor, and so as the path of a layer that owns some. */
const tensorName = /^[A-Za-z0-9][-A-Za-z0-9._/]*$/;

/** What of a graph TensorFlow.js has no form for. */
export function checkTfjs(graph: Graph): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  for (const { op, span, path, tensors } of graph.nodes) {
    const lacking = lackingForm(op);
    if (lacking) diagnostics.push(createDiagnostic('unsupported-op', span, { op: lacking, target: 'tfjs' }));
    if (tensors.length > 0 && !tensorName.test(path)) {
      diagnostics.push(createDiagnostic('tfjs-name', span, { path }));
    }
  }
  return diagnostics;
}

/** A form of an op that there is none for. TensorFlow.js refuses a convolution that both strides and dilates. */
function lackingForm(op: Op): string | undefined {
  if (op.kind === 'conv') {
    return op.window.stride > 1 && dilationOf(op.window) > 1
      ? 'a convolution with both stride and dilation'
      : undefined;
  }
  // TensorFlow.js's Dropout does nothing at a rate of 1, where it should let nothing through.
  if (op.kind === 'dropout' || op.kind === 'dropPath') return op.rate === 1 ? 'a dropout of rate 1' : undefined;
  if (op.kind !== 'maxPool' && op.kind !== 'avgPool') return undefined;
  const { kernel, dilation, pads } = op.window;
  if (dilation !== 1) return 'a pool with dilation';
  // Some window would see padding alone, for which no result is defined.
  if (Math.max(pads.top, pads.left, pads.bottom, pads.right) >= kernel) return 'a pool padded by its window or more';
  return undefined;
}
