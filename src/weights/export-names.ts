import type { Program } from '../2-resolve/program.ts';
import { elements, type Graph, type GraphNode, type TensorSpec } from '../5-graph/graph.ts';
import { type Diagnostic, hasErrors } from '../diagnostics/diagnostic.ts';
import type { Checkpoint } from './checkpoint.ts';
import { checkpointDiagnostics } from './checkpoint-diagnostics.ts';
import { nameTensors } from './choose-weights.ts';
import { matchCheckpoint } from './match-checkpoint.ts';
import { requiredTensors } from './required-tensors.ts';
import type { WeightSource } from './weight-source.ts';

/** A tensor to write: one of ours, or a part of it along the first axis. */
export interface ExportedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** The name of our tensor. */
  readonly node: GraphNode;
  readonly tensor: TensorSpec;
  /** Where the part begins, in elements. */
  readonly begin: number;
}

/** A network's tensors under its own names, in the order of its nodes. */
export function ownNames(graph: Graph): readonly ExportedTensor[] {
  return [...requiredTensors(graph)].map(({ node, tensor }) => ({
    name: tensor.name,
    shape: tensor.shape,
    node,
    tensor,
    begin: 0,
  }));
}

/**
 * A network's tensors under the names that a checkpoint has for them, with its shapes, in its order. The stars of a weight map pair by order, so that a map alone does not determine the other side's names: a checkpoint of that side does. @param map the column of the model's weight map; by default found from the checkpoint's names.
 * @returns no tensors if the checkpoint lacks some, or has them in another shape.
 */
export function namesLike(
  program: Program,
  graph: Graph,
  like: Checkpoint,
  map?: string,
): { readonly tensors?: readonly ExportedTensor[]; readonly diagnostics: readonly Diagnostic[] } {
  const named = nameTensors(program, graph, like, map);
  if (!named.view) return named;
  const required = [...requiredTensors(graph)];
  const own = required.map(({ tensor }) => tensor);
  const match = matchCheckpoint(own, named.view.tensors, named.namings);
  const { diagnostics } = checkpointDiagnostics(like.name, own, match, [], []);
  if (hasErrors(diagnostics)) return { diagnostics };
  const there = named.view.tensors;
  const exported = new Map<string, ExportedTensor>();
  for (const { node, tensor } of required) {
    let begin = 0;
    for (const short of match.names.get(tensor.name) ?? []) {
      const { name = short, shape = [] } = there.get(short) ?? {};
      exported.set(name, { name, shape, node, tensor, begin });
      begin += elements(shape);
    }
  }
  const tensors = [...like.tensors.keys()].flatMap((name) => exported.get(name) ?? []);
  return { tensors, diagnostics };
}

/** The values of tensors to write, from the weights of the network. */
export function exportedValues(source: WeightSource): (tensor: ExportedTensor) => Float32Array {
  return ({ tensor, shape, begin }) => source.read(tensor).subarray(begin, begin + elements(shape));
}
