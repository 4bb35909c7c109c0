import { createDiagnostic, type Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Graph, GraphNode } from './graph.ts';

/**
 * A value that does not depend on an input, such as a learned tensor, exists once, others once per sample. Arithmetic
 * broadcasts the former; `Concat` does not, and an output must exist per sample.
 */
export function checkSamples(graph: Graph): Diagnostic[] {
  const ofSamples: boolean[] = [];
  const problems: Diagnostic[] = [];
  for (const { op, inputs, span } of graph.nodes) {
    const reads = inputs.map((ref) => ofSamples[ref.node] === true);
    ofSamples.push(op.kind === 'input' || reads.includes(true));
    if (op.kind === 'concat' && reads.includes(true) && reads.includes(false)) {
      problems.push(createDiagnostic('without-input', span, { what: "every tensor of 'Concat'" }));
    }
  }
  for (const { name, value } of [...graph.outputs, ...graph.auxiliary]) {
    if (ofSamples[value.node]) continue;
    const { span } = graph.nodes[value.node] as GraphNode;
    problems.push(createDiagnostic('without-input', span, { what: `the output '${name}'` }));
  }
  return problems;
}
