import { descriptorOf } from '../../ops/ops.ts';
import type { Graph, GraphNode, ValueRef } from '../graph.ts';
import { biasType, float32, isQuantised, type QuantisedType, sameType, type ValueType } from '../value-type.ts';
import { castOf } from './cast.ts';

/** Which values and weights of a network are quantised, and which ops compute with them. By the numbers of nodes. */
export interface QuantisationPlan {
  /** The types of integer ops' results, and of values that any op is to read quantised. */
  readonly values: ReadonlyMap<number, QuantisedType>;
  /**
   * The ops that compute in integers: all their inputs and outputs are in `values`. Others compute in float32 on what the
   * integers represent.
   */
  readonly integer: ReadonlySet<number>;
  /** The weight types of convolutions and linear layers, which then read quantised values. */
  readonly weights: ReadonlyMap<number, QuantisedType>;
}

/**
 * Gives values and tensors the types of a plan, with casts between different types: to integers and back. Inputs and outputs stay float32. A float layer with an int8 weight also reads rounded inputs: some engines multiply integers before they convert them.
 * @param graph in float32, with norms folded.
 */
export function quantise(graph: Graph, { values, integer, weights }: QuantisationPlan): Graph {
  const nodes: GraphNode[] = [];
  const numbers: number[] = [];
  const casts = new Map<string, ValueRef>();
  const add = (node: Omit<GraphNode, 'id'>) => {
    nodes.push({ ...node, id: nodes.length });
    return nodes.length - 1;
  };
  const nodeOf = ({ node }: ValueRef) => graph.nodes[node] as GraphNode;
  const suffix = ({ output }: ValueRef) => (output === 0 ? '' : `:${output}`);
  const cast = (ref: ValueRef, from: ValueRef, type: ValueType, name: string): ValueRef => {
    const key = `${ref.node}:${ref.output} ${name} ${isQuantised(type) ? [...type.scales, type.zeroPoint] : ''}`;
    const known = casts.get(key);
    if (known) return known;
    const made = nodeOf(ref);
    const path = made.op.kind === 'input' ? made.op.name : made.path;
    const value = { node: add(castOf(made, from, type, `${path}/${name}${suffix(ref)}`, ref.output)), output: 0 };
    casts.set(key, value);
    return value;
  };
  const asMade = ({ node, output }: ValueRef): ValueRef => ({ node: numbers[node] as number, output });
  const asIntegers = (ref: ValueRef): ValueRef => {
    if (integer.has(ref.node)) return asMade(ref);
    const type = values.get(ref.node);
    if (!type) throw new Error(`'${nodeOf(ref).path}' is read as integers and has no type`);
    return cast(ref, asMade(ref), type, 'quantized');
  };
  /** For ops that join values: converts each to one type, rounded once. */
  const asType = (ref: ValueRef, type: QuantisedType): ValueRef => {
    const own = integer.has(ref.node) ? values.get(ref.node) : undefined;
    if (own && sameType(own, type)) return asMade(ref);
    return cast(ref, asMade(ref), type, own ? 'requantized' : 'quantized');
  };
  const asFloats = (ref: ValueRef): ValueRef =>
    integer.has(ref.node) ? cast(ref, asMade(ref), float32, 'dequantized') : asMade(ref);
  const asRounded = (ref: ValueRef): ValueRef => cast(ref, asIntegers(ref), float32, 'dequantized');

  for (const node of graph.nodes) {
    const weight = weights.get(node.id);
    const isInteger = integer.has(node.id);
    const held = isInteger ? (values.get(node.id) as QuantisedType) : undefined;
    const joined = held && node.inputs.length > 1 && descriptorOf(node.op).movesOnly ? held : undefined;
    const asRead = joined
      ? (ref: ValueRef) => asType(ref, joined)
      : isInteger
        ? asIntegers
        : weight
          ? asRounded
          : asFloats;
    const inputs = node.inputs.map(asRead);
    const type = held ?? node.type;
    const [input] = node.inputs;
    const scale = weight && input ? (values.get(input.node)?.scales[0] ?? 1) : 1;
    // a product of matrices can give float32 from sums of integers, to which its bias is added
    const sumsIntegers = isInteger || node.op.kind === 'linear';
    const tensors = node.tensors.map((tensor) => {
      if (!weight) return tensor;
      if (tensor.role === 'weight') return { ...tensor, type: weight };
      return sumsIntegers ? { ...tensor, type: biasType(weight, scale) } : tensor;
    });
    numbers.push(add({ ...node, inputs, type, tensors }));
  }
  const outputs = graph.outputs.map(({ name, value }) => ({ name, value: asFloats(value) }));
  return { ...graph, nodes, inputs: nodes.flatMap(({ id, op }) => (op.kind === 'input' ? [id] : [])), outputs };
}
