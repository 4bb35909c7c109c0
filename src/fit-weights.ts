import { type Graph, graphTensors } from './5-graph/graph.ts';
import type { CompileOptions } from './compile.ts';
import { compileSpec } from './compile-spec.ts';
import { hasErrors } from './diagnostics/diagnostic.ts';
import type { Spec } from './node/open-spec.ts';
import type { WeightsRequest } from './weights/choose-weights.ts';

/**
 * The tensors of a network whose shape depends on the number of classes.
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
 * How weights fit a network with another number of classes, or other outputs: tensors that depend on the number are initialised,
 * and tensors that the network does not use are ignored.
 */
export function fitWeights(
  spec: Spec,
  request: CompileOptions,
  graph: Graph,
): Pick<WeightsRequest, 'allowMissing' | 'trained'> {
  const { outputs, ...whole } = request;
  const classes = request.set?.classes;
  const allowMissing = classes === undefined || classes === '0' ? [] : classTensors(spec, request, graph);
  const built = outputs ? compileSpec(spec, whole) : undefined;
  const trained = classes === '0' ? withClasses(spec, whole, 1) : built?.graph;
  return { allowMissing, ...(trained && { trained }) };
}

function withClasses(spec: Spec, request: CompileOptions, classes: number): Graph | undefined {
  const built = compileSpec(spec, { ...request, set: { ...request.set, classes: String(classes) } });
  return hasErrors(built.diagnostics) ? undefined : built.graph;
}
