import { firstStated, type Preprocessing } from '../../4-scale/preprocessing.ts';
import type { ValueRef } from '../../5-graph/graph.ts';
import { opLimits } from '../../ops/limits.ts';
import type { Pair } from '../../ops/pair.ts';
import { statedOfInput, statedPreprocessing } from '../../weights/preprocessing-facts.ts';
import { createNetworkBuilder, type ImportedNetwork, type NetworkBuilder, pruned } from '../network.ts';
import type { Numbers } from '../numbers.ts';
import { Unsayable } from '../unsayable.ts';
import { flattened, type OperatorContext } from './context.ts';
import { type Cut, findCut } from './cut.ts';
import { operators } from './operators.ts';
import type { DeclaredValue, FileNode, OnnxAttribute, OnnxGraph } from './read-graph.ts';
import type { FailedValue, FileValue, LiveValue } from './values.ts';

const noAttribute: OnnxAttribute = {};

/** A network in our ops, or the reason why the file cannot be one. */
export type ToNetwork =
  | { readonly network: ImportedNetwork; readonly failed?: undefined }
  | {
      readonly network?: undefined;
      readonly failed: Omit<FailedValue, 'kind'>;
      /** Where the network can be cut before all that cannot be expressed. */
      readonly cut: Cut;
    };

/**
 * Turns an ONNX graph into a network of our ops: fused and spelled-out forms are one, arithmetic of shapes is done, what the
 * outputs do not depend on is left out.
 * @param size height and width of images, where the file leaves them open
 */
export function toNetwork(graph: OnnxGraph, size?: Pair): ToNetwork {
  const b = createNetworkBuilder();
  const values = new Map<string, FileValue>();
  for (const [name, numbers] of graph.tensors) values.set(name, { kind: 'known', numbers });
  const [batch] = (graph.inputs[0]?.shape ?? []).map(known);
  for (const { name, shape = [] } of graph.inputs) values.set(name, inputValue(b, graph, { name, shape }, size));
  const makers = new Map<string, OperatorContext>();
  const weights = new Map<Numbers, ValueRef>();
  for (const node of graph.nodes) {
    const c: OperatorContext = {
      node,
      opset: graph.opset,
      b,
      batch: batch ?? 1,
      weights,
      value: (i) => (node.inputs[i] ? values.get(node.inputs[i] as string) : undefined),
      attribute: (name) => node.attributes.get(name) ?? noAttribute,
      maker: (i) => makers.get(node.inputs[i] ?? ''),
    };
    const outputs = read(c, values);
    for (const [i, name] of node.outputs.entries()) {
      if (name === '') continue;
      makers.set(name, c);
      values.set(
        name,
        outputs[i] ?? { kind: 'failed', ...named(node), reason: `its output ${i + 1} cannot be expressed` },
      );
    }
  }
  const outputs: { name: string; value: ValueRef }[] = [];
  for (const { name, isFlat } of graph.outputs) {
    const value = values.get(name);
    const failure =
      asFailure(name, value) ?? (isFlat && value?.kind === 'live' ? otherOrder(b, name, value) : undefined);
    if (failure) return { failed: failure, cut: findCut(graph, values, b, (v) => asFailure(name, v) === undefined) };
    if (value?.kind !== 'live') continue;
    outputs.push({ name, value: value.view ? flattened(b, value.ref, name) : value.ref });
  }
  return { network: pruned({ nodes: b.nodes, outputs, preprocessing: preprocessingOf(graph) }) };
}

/** An input as a value: a map whose channels come first, or a vector. One whose channels come last is turned first by all its readers. */
function inputValue(
  b: NetworkBuilder,
  { nodes }: OnnxGraph,
  { name, shape = [] }: DeclaredValue,
  size: Pair | undefined,
): FileValue {
  const [, ...stated] = shape.map(known);
  const isLast = stated.length === 3 && isTurned(nodes, name);
  const [channels, height, width] = isLast ? [stated[2], stated[0], stated[1]] : stated;
  const isOther = [height, width].some((n, axis) => size && n !== undefined && n !== size[axis]);
  if (stated.length === 3 && isOther) {
    const reason = `it is of ${height ?? 'open'} x ${width ?? 'open'} pixels, not of ${size?.join(' x ')}; --resolution is for what a file leaves open`;
    return { kind: 'failed', node: name, type: 'input', reason };
  }
  const own = stated.length === 3 ? [channels, height ?? size?.[0], width ?? size?.[1]] : stated;
  if (own.length === 3 && own.every((n) => n !== undefined)) {
    const ref = b.input(name, own as number[]);
    return { kind: 'live', ref, ...(isLast && { view: { kind: 'last' } }) };
  }
  const advice =
    own.length === 3 && own[0] !== undefined
      ? '; --resolution 224 gives images a size'
      : shape.length === 3
        ? '; export the part of it that takes a batch (the backbone and the head of a detector)'
        : '';
  const reason = `an input is a map of known size, [batch, channels, height, width], but it is [${shape.map((n) => known(n) ?? 'open').join(', ')}]${advice}`;
  return { kind: 'failed', node: name, type: 'input', reason };
}

/** What leaves the axes of its first input where they are. */
const keepsAxes = /^(Cast|Identity|Pad|Add|Sub|Mul|Div|Relu|Clip)$/;

/** Whether all readers of a value move its channels to the front, at once or after steps that leave them where they are. */
function isTurned(nodes: readonly FileNode[], name: string, steps = 8): boolean {
  const readers = nodes.filter(({ inputs }) => inputs.includes(name));
  const turns = ({ type, attributes, inputs, outputs }: FileNode): boolean =>
    type === 'Transpose'
      ? String(attributes.get('perm')?.integers) === '0,3,1,2'
      : keepsAxes.test(type) && inputs[0] === name && steps > 0 && isTurned(nodes, outputs[0] ?? '', steps - 1);
  return readers.length > 0 && readers.every(turns);
}

/** The size of an axis; some files have -1 for an open one. */
function known(n: number | undefined): number | undefined {
  return n !== undefined && n > 0 && n <= opLimits.channels ? n : undefined;
}

function named({ name, type, domain }: FileNode): { node: string; type: string } {
  return { node: name, type: domain ? `${domain}.${type}` : type };
}

function read(c: OperatorContext, values: ReadonlyMap<string, FileValue>): readonly FileValue[] {
  const { node } = c;
  const failed = node.inputs.map((name) => values.get(name)).find((value) => value?.kind === 'failed');
  if (failed) return node.outputs.map(() => failed);
  const operator = node.domain === '' && Object.hasOwn(operators, node.type) ? operators[node.type] : undefined;
  try {
    if (node.refused !== undefined) throw new Unsayable(node.refused);
    if (!operator) throw new Unsayable('the language has no such operator');
    const given = operator(c);
    return 'kind' in given ? [given] : given;
  } catch (e) {
    if (!(e instanceof Unsayable)) throw e;
    return node.outputs.map((): FileValue => ({ kind: 'failed', ...named(node), reason: e.message }));
  }
}

function asFailure(output: string, value: FileValue | undefined): Omit<FailedValue, 'kind'> | undefined {
  const at = { node: output, type: 'output' };
  if (!value) return { ...at, reason: 'no node makes it' };
  if (value.kind === 'failed') return value;
  if (value.kind === 'known') return { ...at, reason: 'it does not depend on the input' };
  if (value.kind === 'formula') return { ...at, reason: 'it is a function that is not an activation of the language' };
  if (value.kind === 'part') return { ...at, reason: 'it is only known as a part of a norm or of a pool' };
  if (value.norm) return { ...at, reason: 'it is a norm without weights' };
  if (value.view && value.view.kind !== 'flat') return { ...at, reason: 'its axes are rearranged' };
  return undefined;
}

/** Of a flattened map with more than one pixel, whose elements have another order here. */
function otherOrder(b: NetworkBuilder, name: string, { ref, view }: LiveValue): Omit<FailedValue, 'kind'> | undefined {
  const [channels = 1, height = 1, width = 1] = b.shapeOf(ref);
  if (view?.kind !== 'flat' || channels === 1 || height * width === 1) return undefined;
  const reason = 'a flattened map cannot be an output: its elements are ordered differently here';
  return { node: name, type: 'output', reason };
}

/** What the file states of the pictures of its inputs: of the only input, or of those that our own keys name. */
function preprocessingOf({ inputs, metadata, pixels }: OnnxGraph): Readonly<Record<string, Preprocessing>> {
  const found = inputs.flatMap(({ name, shape }) => {
    const channels = shape?.[1];
    const only = inputs.length === 1;
    const own = only ? statedPreprocessing(metadata) : statedOfInput(metadata, name);
    const bytes = only && pixels === 'bytes' && channels !== undefined ? ofBytes(channels) : undefined;
    const all = firstStated(own, bytes);
    const fits = [all?.mean, all?.std].every((numbers) => !numbers || numbers.length === channels);
    return all && fits ? [[name, all] as const] : [];
  });
  return Object.fromEntries(found);
}

/** Pixels from 0 to 255 as they are, which the network scales itself. */
function ofBytes(channels: number): Preprocessing {
  const all = (value: number) => Array.from({ length: channels }, () => value);
  return { mean: all(0), std: all(1 / 255) };
}
