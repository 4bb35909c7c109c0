import type { Graph } from '../../5-graph/graph.ts';
import { createDiagnostic, type Diagnostic } from '../../diagnostics/diagnostic.ts';
import { reportLackedForms } from '../lacked-form.ts';
import { lackedForms } from './lacked-forms.ts';

/** What TensorFlow.js accepts as the name of a tensor, and therefore as the path of a layer with tensors. */
const tensorName = /^[A-Za-z0-9][-A-Za-z0-9._/]*$/;

/** Reports what TensorFlow.js has no form for. */
export function checkTfjs(graph: Graph): Diagnostic[] {
  const misnamed = graph.nodes.filter(({ path, tensors }) => tensors.length > 0 && !tensorName.test(path));
  return [
    ...reportLackedForms(graph, 'tfjs', lackedForms),
    ...misnamed.map(({ path, span }) => createDiagnostic('tfjs-name', span, { path })),
  ];
}
