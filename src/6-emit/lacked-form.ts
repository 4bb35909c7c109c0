import type { Graph } from '../5-graph/graph.ts';
import type { Op } from '../5-graph/ops.ts';
import { createDiagnostic, type Diagnostic } from '../diagnostics/diagnostic.ts';

/** A form of an op that a target has no output for. */
export interface LackedForm {
  /** A phrase for messages and documentation: `a pool with dilation`. */
  readonly what: string;
  isOf(op: Op): boolean;
}

/** Says for each node of a graph whether a target lacks its form. */
export function reportLackedForms(graph: Graph, target: string, forms: readonly LackedForm[]): Diagnostic[] {
  return graph.nodes.flatMap(({ op, span }) => {
    const form = forms.find(({ isOf }) => isOf(op));
    return form ? [createDiagnostic('unsupported-op', span, { op: form.what, target })] : [];
  });
}
