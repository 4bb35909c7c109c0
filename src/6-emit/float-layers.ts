import type { Graph } from '../5-graph/graph.ts';
import { isQuantised } from '../5-graph/value-type.ts';
import { createDiagnostic, type Diagnostic } from '../diagnostics/diagnostic.ts';

/** Warns about each layer of a quantised graph that has no integer form and keeps its weight in float32. */
export function reportFloatLayers(graph: Graph): Diagnostic[] {
  if (!graph.nodes.some(({ type }) => isQuantised(type))) return [];
  return graph.nodes.flatMap(({ op, path, span }) =>
    op.kind === 'convTranspose' ? [createDiagnostic('int8-float-layer', span, { path })] : [],
  );
}
