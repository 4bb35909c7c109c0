import { elements, type Graph, graphTensors } from '../../5-graph/graph.ts';
import type { Variable } from '../../5-graph/training/program.ts';
import type { VariableValues } from '../../backends/runner.ts';
import type { WeightSource } from '../../weights/weight-source.ts';

/**
 * The values that a training's variables begin with. They are made one after the other, copies directly after their
 * originals: a network with its optimiser's state is never entirely in the host's memory.
 */
export function* startValues(graph: Graph, variables: readonly Variable[], source: WeightSource): VariableValues {
  const tensors = new Map([...graphTensors(graph)].map(({ tensor }) => [tensor.name, tensor]));
  const copies = new Map<string, string[]>();
  for (const { name, start } of variables) {
    if (typeof start === 'object' && 'copyOf' in start)
      copies.set(start.copyOf, [...(copies.get(start.copyOf) ?? []), name]);
  }
  const numbersOf = ({ name, shape, start }: Variable): Float32Array | undefined => {
    if (start === 'weights') {
      const tensor = tensors.get(name);
      if (!tensor) throw new Error(`'${name}' is not a tensor of '${graph.name}'`);
      return source.read(tensor).slice();
    }
    return 'constant' in start ? new Float32Array(elements(shape)).fill(start.constant) : undefined;
  };
  for (const variable of variables) {
    const numbers = numbersOf(variable);
    if (!numbers) continue;
    yield [variable.name, numbers];
    for (const copy of copies.get(variable.name) ?? []) yield [copy, numbers];
  }
}
