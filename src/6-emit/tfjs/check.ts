import type { Graph } from '../../5-graph/graph.ts';
import { createDiagnostic, type Diagnostic } from '../../diagnostics/diagnostic.ts';
import { reportLackedForms } from '../lacked-form.ts';
import { lackedForms } from './lacked-forms.ts';

/** What TensorFlow.js takes as the name of a tensor, and so as the path of a layer that owns some. */
const tensorName = /^[A-Za-z0-9][-A-Za-z0-9._/]*$/;

/** What of a graph TensorFlow.js has no form for. */
export function checkTfjs(graph: Graph): Diagnostic[] {
  const misnamed = graph.nodes.filter(({ path, tensors }) => tensors.length > 0 && !tensorName.test(path));
  return [
    ...reportLackedForms(graph, 'tfjs', lackedForms),
    ...misnamed.map(({ path, span }) => createDiagnostic('tfjs-name', span, { path })),
  ];
}
