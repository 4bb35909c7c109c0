import { type Graph, type Shape, shapeOf, type ValueRef } from '../../../5-graph/graph.ts';
import { type Instance, lastReaders, type ValueKey, valueKey } from '../instances.ts';
import { variableName } from '../python-text.ts';
import { type NodeRange, sliceInstance } from './slice.ts';
import type { StagePlan } from './stage-plan.ts';

/** A value that a stage hands to the next, made by it or by an earlier one. */
export interface Handed {
  readonly value: ValueKey;
  /** Its name in the code: from the path of what makes it. */
  readonly name: string;
  /** For one image. */
  readonly shape: Shape;
  /** Whether a gradient comes back to it: something before it trains. */
  readonly trains: boolean;
}

/** A stage: its part of the network's own model, which reads and gives what crosses its ends. */
export interface NetworkPart {
  readonly instance: Instance;
  readonly inputNames: readonly string[];
  /** The last stage hands over the network's outputs, followed by auxiliary ones. */
  readonly handsOver: readonly Handed[];
}

/** Cuts a network into the stages of a plan. */
export function cutIntoStages(graph: Graph, root: Instance, { stages }: StagePlan): readonly NetworkPart[] {
  const inputs = new Set(graph.inputs);
  const ops = graph.nodes.filter(({ id }) => !inputs.has(id));
  const trains = trainedNodes(graph);
  const named = namer(graph);
  const handed = (ref: ValueRef): Handed => ({
    value: valueKey(ref),
    name: named(ref),
    shape: shapeOf(graph, ref),
    trains: trains[ref.node] === true,
  });
  let begin = 0;
  let given = graph.inputs.map((node) => handed({ node, output: 0 }));
  return stages.map(({ ops: count }, number): NetworkPart => {
    const range = { first: ops[begin]?.id ?? 0, end: ops[begin + count]?.id ?? graph.nodes.length };
    begin += count;
    const isLast = number === stages.length - 1;
    const outputs = [...graph.outputs, ...graph.auxiliary].map(({ value }) => value);
    const handsOver = (isLast ? outputs : crossing(graph, range)).map(handed);
    const part = sliceInstance(graph, root, range);
    const stage: NetworkPart = {
      instance: { ...part, inputs: given.map(({ value }) => value), outputs: handsOver.map(({ value }) => value) },
      inputNames: given.map(({ name }) => name),
      handsOver,
    };
    given = handsOver;
    return stage;
  });
}

/** What is made before the end of a range and read after it, in the order of making. */
function crossing(graph: Graph, { end }: NodeRange): ValueRef[] {
  const readers = lastReaders(graph);
  return graph.nodes
    .slice(0, end)
    .flatMap(({ id, shapes }) => shapes.map((_shape, output) => ({ node: id, output })))
    .filter((ref) => (readers.get(valueKey(ref)) ?? -1) >= end);
}

/** By the number of a node: whether its value depends on something that trains. */
function trainedNodes(graph: Graph): readonly boolean[] {
  const trains: boolean[] = [];
  for (const { id, inputs, tensors } of graph.nodes) {
    trains[id] = tensors.some(({ trainable }) => trainable) || inputs.some(({ node }) => trains[node]);
  }
  return trains;
}

/** Names for values, all different. */
function namer(graph: Graph): (ref: ValueRef) => string {
  const names = new Map<ValueKey, string>();
  const taken = new Set<string>();
  return (ref) => {
    const known = names.get(valueKey(ref));
    if (known !== undefined) return known;
    const node = graph.nodes[ref.node];
    const called = node?.op.kind === 'input' ? node.op.name : (node?.path ?? '').replaceAll('.', '_');
    const wanted = variableName(called);
    let name = wanted;
    for (let n = 2; taken.has(name); n++) name = `${wanted}_${n}`;
    taken.add(name);
    names.set(valueKey(ref), name);
    return name;
  };
}
