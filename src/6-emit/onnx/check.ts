import type { Graph } from '../../5-graph/graph.ts';
import { createDiagnostic, type Diagnostic } from '../../diagnostics/diagnostic.ts';
import { reportFloatLayers } from '../float-layers.ts';
import { reportLackedForms } from '../lacked-form.ts';
import { lackedForms } from './lacked-forms.ts';
import { newestOpset, type OnnxOptions, oldestOpset } from './options.ts';

/** What of the options and the graph ONNX, or an opset that this target writes, cannot express. */
export function checkOnnx(graph: Graph, { opset, batch, tuned }: OnnxOptions): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  if (!Number.isInteger(opset) || opset < oldestOpset || opset > newestOpset) {
    diagnostics.push(createDiagnostic('onnx-opset', undefined, { opset, oldest: oldestOpset, newest: newestOpset }));
  }
  if (batch !== 'dynamic' && !(Number.isSafeInteger(batch) && batch >= 1)) {
    diagnostics.push(createDiagnostic('onnx-batch', undefined, { batch }));
  }
  if (tuned && graph.nodes.some(({ type }) => type.element !== 'float32'))
    diagnostics.push(createDiagnostic('onnx-tuned-half', undefined, {}));
  return [...diagnostics, ...reportLackedForms(graph, 'onnx', lackedForms), ...reportFloatLayers(graph)];
}
