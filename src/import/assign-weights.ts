import type { Graph, GraphNode, TensorSpec } from '../5-graph/graph.ts';
import type { WeightSource } from '../weights/weight-source.ts';
import { pairNodes, plainGraph, plainImport } from './canonical.ts';
import type { ImportedNetwork } from './network.ts';
import { filled, type Numbers } from './numbers.ts';

/**
 * The numbers of the file for each tensor of a network; undefined if the network is not the file's.
 * @param folded whether the file has each batch norm folded into the convolution before: the network's norms then change nothing,
 * and have the convolution's bias as theirs
 */
export function assignWeights(network: ImportedNetwork, graph: Graph, folded: boolean): WeightSource | undefined {
  const { plain, graph: built } = plainGraph(graph, folded);
  const imported = plainImport(network);
  const pairs = pairNodes(plain, imported);
  if (!pairs) return undefined;
  const numbers = new Map<string, Numbers>();
  for (const [own, other] of pairs) {
    const node = built.nodes[plain.nodes[own]!.id] as GraphNode;
    const { numbers: given } = network.nodes[imported.nodes[other]!.id]!;
    for (const [i, { name }] of node.tensors.entries()) {
      // Uses of a shared step have a single set of numbers in the file as well.
      if (node.owner !== undefined && numbers.has(name) && numbers.get(name) !== given[i]) return undefined;
      numbers.set(name, given[i] as Numbers);
    }
    if (node.foldedNorm) assignNorm(node, given[1] as Numbers, numbers);
  }
  return {
    read(tensor: TensorSpec) {
      const found = numbers.get(tensor.name);
      if (!found) throw new Error(`the import has no numbers for '${tensor.name}'`);
      return found.read();
    },
  };
}

/** A norm that adds the bias of the file's convolution and otherwise changes nothing. */
function assignNorm({ tensors: own, foldedNorm }: GraphNode, bias: Numbers, numbers: Map<string, Numbers>): void {
  if (!foldedNorm) return;
  const { tensors, epsilon, hadBias } = foldedNorm;
  const values = { running_mean: 0, running_var: 1, weight: Math.sqrt(1 + epsilon) };
  for (const {
    name,
    role,
    shape: [length = 0],
  } of tensors) {
    if (role === 'bias') numbers.set(name, bias);
    else if (role !== 'value') numbers.set(name, filled(length, values[role]));
  }
  const ownBias = own.find(({ role }) => role === 'bias');
  if (ownBias && hadBias) numbers.set(ownBias.name, filled(ownBias.shape[0] ?? 0, 0));
}
