import { type Graph, shapeOf } from '../../5-graph/graph.ts';
import { createDiagnostic, type Diagnostic } from '../../diagnostics/diagnostic.ts';
import { reportFloatLayers } from '../float-layers.ts';
import { reportLackedForms } from '../lacked-form.ts';
import type { Target } from '../target.ts';
import { type OpWriters, writeNodes } from '../written-node.ts';
import { createBuilder, type ModelPlan } from './builder.ts';
import { onnxEntry } from './entry.ts';
import { lackedForms } from './lacked-forms.ts';
import type { OnnxNode } from './onnx-node.ts';
import { opTable } from './op-table.ts';
import { defaultOptions, newestOpset, type OnnxOptions, oldestOpset } from './options.ts';
import { writeQuantised } from './quantised.ts';
import { writeModel } from './write-model.ts';

export type { OnnxOptions };

/** ONNX (https://onnx.ai): a file that runs anywhere. */
export const onnxTarget: Target<OnnxOptions> = {
  ...onnxEntry,
  defaults: defaultOptions,
  check: checkOnnx,
  emit: (request) => writeModel(planModel(request.graph, request.options), request),
};

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

/** The table, for nodes that compute in integers too. */
const table = Object.fromEntries(
  Object.entries(opTable).map(([kind, write]) => [kind, writeQuantised(write)]),
) as OpWriters<OnnxNode>;

/** A whole model except the numbers of its tensors. */
export function planModel(graph: Graph, options: OnnxOptions): ModelPlan {
  const inputNames = graph.nodes.flatMap(({ op }) => (op.kind === 'input' ? [op.name] : []));
  const b = createBuilder(
    options,
    inputNames,
    graph.outputs.map((output) => output.name),
  );
  const nameOf = writeNodes(graph, table, (node) => ({ ...node, b }));
  for (const { name, value } of graph.outputs) b.output(name, nameOf(value), shapeOf(graph, value));
  return b.finish(graph.name);
}
