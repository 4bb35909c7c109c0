import { type Graph, graphTensors } from './5-graph/graph.ts';
import type { CompileOptions } from './compile.ts';
import { compileSpec } from './compile-spec.ts';
import { hasErrors } from './diagnostics/diagnostic.ts';
import type { Spec } from './node/open-spec.ts';
import type { WeightsRequest } from './weights/choose-weights.ts';

/**
 * The tensors of a network whose shape depends on the number of classes: those that another number changes.
 * @param request with `classes` among the parameters that it sets
 */
export function classTensors(spec: Spec, request: CompileOptions, graph: Graph): string[] {
  const other = withClasses(spec, request, Number(request.set?.classes) + 1);
  const shapes = new Map(other && [...graphTensors(other)].map(({ tensor }) => [tensor.name, tensor.shape.join()]));
  if (!other) return [];
  return [...graphTensors(graph)]
    .filter(({ tensor }) => shapes.get(tensor.name) !== tensor.shape.join())
    .map(({ tensor }) => tensor.name);
}

/**
 * How weights of other classes fit a network whose number of classes was asked for: what depends on it is initialised, and what
 * a network without classes has no use for is left aside.
 */
export function fitClasses(
  spec: Spec,
  request: CompileOptions,
  graph: Graph,
): Pick<WeightsRequest, 'allowMissing' | 'trained'> {
  if (request.set?.classes !== '0') return { allowMissing: classTensors(spec, request, graph) };
  const trained = withClasses(spec, request, 1);
  return trained ? { trained } : {};
}

function withClasses(spec: Spec, request: CompileOptions, classes: number): Graph | undefined {
  const built = compileSpec(spec, { ...request, set: { ...request.set, classes: String(classes) } });
  return hasErrors(built.diagnostics) ? undefined : built.graph;
}
