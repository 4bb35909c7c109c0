import { elements, type Graph, graphTensors } from '../../5-graph/graph.ts';
import type { Variable } from '../../5-graph/training/program.ts';
import type { WeightSource } from '../../weights/weight-source.ts';

/** The values that a training's variables begin with, by name. */
export function startValues(
  graph: Graph,
  variables: readonly Variable[],
  source: WeightSource,
): ReadonlyMap<string, Float32Array> {
  const tensors = new Map([...graphTensors(graph)].map(({ tensor }) => [tensor.name, tensor]));
  const values = new Map<string, Float32Array>();
  for (const { name, shape, start } of variables) {
    if (start === 'weights') {
      const tensor = tensors.get(name);
      if (!tensor) throw new Error(`'${name}' is not a tensor of '${graph.name}'`);
      values.set(name, source.read(tensor).slice());
    } else if ('constant' in start) {
      values.set(name, new Float32Array(elements(shape)).fill(start.constant));
    } else {
      const original = values.get(start.copyOf);
      if (!original) throw new Error(`'${name}' is a copy of '${start.copyOf}', which does not stand before it`);
      values.set(name, original.slice());
    }
  }
  return values;
}
