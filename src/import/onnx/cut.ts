import type { ValueRef } from '../../5-graph/graph.ts';
import type { NetworkBuilder } from '../network.ts';
import type { FileNode, OnnxGraph } from './read-graph.ts';
import type { FileValue } from './values.ts';

/** Where a network can be cut, so that what follows is left out. */
export interface Cut {
  /** The tensors at which it is cut, in the order of the file. */
  readonly names: readonly string[];
  /** How many nodes are kept and left out, without those that only hold numbers. */
  readonly kept: number;
  readonly left: number;
}

/**
 * The last tensors before what cannot be expressed: all that the rest of the network reads. Empty where that reads the inputs alone.
 * @param isOutput whether a value can be an output as it is
 */
export function findCut(
  graph: OnnxGraph,
  values: ReadonlyMap<string, FileValue>,
  b: NetworkBuilder,
  isOutput: (value: FileValue) => boolean,
): Cut {
  const makers = makersOf(graph);
  const computed = dependents(b);
  const found = new Set<string>();
  const wanted = outputNames(graph);
  visit(wanted, makers, (name) => {
    const value = values.get(name);
    if (value?.kind === 'known') return false;
    if (value?.kind === 'live' && !computed.has(value.ref.node)) return false;
    if (!value || !makers.has(name) || !isOutput(value)) return true;
    found.add(name);
    return false;
  });
  const names = graph.nodes.flatMap(({ outputs }) => outputs.filter((name) => found.has(name)));
  return { names, ...sizes(wanted, names, makers) };
}

/** How many nodes are kept and left out by a cut at tensors. */
export function sizeOfCut(graph: OnnxGraph, names: readonly string[]): Cut {
  return { names, ...sizes(outputNames(graph), names, makersOf(graph)) };
}

/** The names of a graph's outputs. */
export function outputNames({ outputs }: OnnxGraph): readonly string[] {
  return outputs.map(({ name }) => name);
}

function sizes(wanted: readonly string[], names: readonly string[], makers: ReadonlyMap<string, FileNode>) {
  const [all, kept] = [nodesBefore(wanted, makers), nodesBefore(names, makers)];
  return { kept: kept.size, left: [...all].filter((node) => !kept.has(node)).length };
}

function makersOf({ nodes }: OnnxGraph): Map<string, FileNode> {
  return new Map(nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
}

/** Goes from tensors to those that they are made of. @param next whether to go on before a tensor */
function visit(names: readonly string[], makers: ReadonlyMap<string, FileNode>, next: (name: string) => boolean): void {
  const seen = new Set<string>();
  const left = [...names];
  for (let name = left.pop(); name !== undefined; name = left.pop()) {
    if (name === '' || seen.has(name)) continue;
    seen.add(name);
    if (next(name)) left.push(...(makers.get(name)?.inputs ?? []));
  }
}

/** The nodes that tensors depend on. */
function nodesBefore(names: readonly string[], makers: ReadonlyMap<string, FileNode>): Set<FileNode> {
  const nodes = new Set<FileNode>();
  visit(names, makers, (name) => {
    const node = makers.get(name);
    if (node && node.type !== 'Constant') nodes.add(node);
    return true;
  });
  return nodes;
}

/** The nodes that depend on an input, and are none. */
function dependents({ nodes }: NetworkBuilder): Set<number> {
  const found = new Set<number>();
  const isInput = ({ node }: ValueRef) => nodes[node]?.op.kind === 'input' || found.has(node);
  for (const [i, { inputs }] of nodes.entries()) if (inputs.some(isInput)) found.add(i);
  return found;
}
