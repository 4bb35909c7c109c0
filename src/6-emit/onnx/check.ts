import type { Graph } from '../../5-graph/graph.ts';
import type { Op } from '../../5-graph/ops.ts';
import { createDiagnostic, type Diagnostic } from '../../diagnostics/diagnostic.ts';
import { newestOpset, type OnnxOptions, oldestOpset } from './options.ts';

/** What of the options and the graph ONNX, or an opset that this target writes, cannot express. */
export function checkOnnx(graph: Graph, { opset, batch, half, tuned }: OnnxOptions): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  if (!Number.isInteger(opset) || opset < oldestOpset || opset > newestOpset) {
    diagnostics.push(createDiagnostic('onnx-opset', undefined, { opset, oldest: oldestOpset, newest: newestOpset }));
  }
  if (batch !== 'dynamic' && !(Number.isSafeInteger(batch) && batch >= 1)) {
    diagnostics.push(createDiagnostic('onnx-batch', undefined, { batch }));
  }
  if (tuned && half) diagnostics.push(createDiagnostic('onnx-tuned-half', undefined, {}));
  for (const { op, span } of graph.nodes) {
    const lacking = lackingForm(op);
    if (lacking) diagnostics.push(createDiagnostic('unsupported-op', span, { op: lacking, target: 'onnx' }));
  }
  return diagnostics;
}

/** A form of an op that there is no operator for. */
function lackingForm(op: Op): string | undefined {
  // AveragePool has dilations from opset 19 on; no pool of the language has any.
  if (op.kind === 'avgPool' && op.window.dilation !== 1) return 'an average pool with dilation';
  if (op.kind === 'maxPool' || op.kind === 'avgPool') {
    const { kernel, dilation, pads } = op.window;
    const reach = (kernel - 1) * dilation + 1;
    // Some window would see padding alone, for which ONNX defines no result; ONNX Runtime rejects the file.
    if (Math.max(pads.top, pads.left, pads.bottom, pads.right) >= reach) return 'a pool padded by its window or more';
  }
  return undefined;
}
