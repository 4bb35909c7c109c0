import type { Graph, GraphNode } from '../5-graph/graph.ts';
import { createDiagnostic, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { requiredTensors } from './required-tensors.ts';
import type { WeightSource } from './weight-source.ts';

/** How many tensors are named; the rest are counted. */
const named = 10;

/**
 * Reports values that lead to NaN: those that are not finite, and variances so far below 0 that epsilon does not make up for it. A variance of 0, or a little below, is harmless.
 * @param allowed whether they are warnings instead of errors.
 */
export function unsoundValues(file: string, graph: Graph, source: WeightSource, allowed: boolean): Diagnostic[] {
  const found: Diagnostic[] = [];
  for (const { node, tensor } of requiredTensors(graph)) {
    const values = source.read(tensor);
    const count = countNotFinite(values);
    if (count > 0) found.push(createDiagnostic('weight-not-finite', undefined, { file, tensor: tensor.name, count }));
    if (tensor.role !== 'running_var') continue;
    const epsilon = epsilonOf(node);
    let below = 0;
    for (let i = 0; i < values.length; i++) if ((values[i] as number) + epsilon <= 0) below++;
    const infinite = count > 0 ? values.reduce((n, v) => (v === Number.NEGATIVE_INFINITY ? n + 1 : n), 0) : 0;
    if (below > infinite) {
      const data = { file, tensor: tensor.name, count: below - infinite, epsilon };
      found.push(createDiagnostic('weight-negative-variance', undefined, data));
    }
  }
  if (allowed) return limited(found.map((diagnostic) => ({ ...diagnostic, severity: 'warning' })));
  return limited(found);
}

function limited(found: Diagnostic[]): Diagnostic[] {
  if (found.length <= named) return found;
  const more = createDiagnostic('weight-more', undefined, { count: found.length - named, what: 'not sound' });
  return [...found.slice(0, named), more];
}

function epsilonOf({ op, foldedNorm }: GraphNode): number {
  return foldedNorm?.epsilon ?? (op.kind === 'batchNorm' ? op.epsilon : 0);
}

function countNotFinite(values: Float32Array): number {
  // A product with 0 is 0, or NaN where the value is infinite or NaN: usually one pass without branches.
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i] as number) * 0;
  if (sum === 0) return 0;
  return values.reduce((n, v) => (Number.isFinite(v) ? n : n + 1), 0);
}
