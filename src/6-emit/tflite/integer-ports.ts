import { type Graph, type GraphNode, typeOf, type ValueRef } from '../../5-graph/graph.ts';
import { castOf } from '../../5-graph/passes/cast.ts';
import { removeUnreached } from '../../5-graph/passes/remove-unreached.ts';
import { isQuantised, type QuantisedType, sameType } from '../../5-graph/value-type.ts';
import { createDiagnostic, type Diagnostic } from '../../diagnostics/diagnostic.ts';
import type { Metadata } from '../target.ts';

/**
 * A quantised graph with integer inputs and outputs instead of conversions: an input is the result of its first conversion, an output
 * the input of its conversion. Those only read or computed in float32 stay float32, see `reportFloatPorts`.
 */
export function integerPorts(graph: Graph): Graph {
  const types = heldInputs(graph);
  const nodes: GraphNode[] = [];
  const integers: ValueRef[] = [];
  /** Inputs as the real numbers that their integers represent, where something computes with these. */
  const floats = new Map<number, ValueRef>();
  const add = (node: Omit<GraphNode, 'id'>): ValueRef => ({
    node: nodes.push({ ...node, id: nodes.length }) - 1,
    output: 0,
  });
  const asMade = ({ node, output }: ValueRef): ValueRef => ({ ...(integers[node] as ValueRef), output });
  const asFloats = (ref: ValueRef): ValueRef => floats.get(ref.node) ?? asMade(ref);
  for (const node of graph.nodes) {
    const [from] = node.inputs;
    const held = from && types.get(from.node);
    const isConversion = node.op.kind === 'cast' && isQuantised(node.type);
    if (held && isConversion && sameType(held, node.type)) {
      integers.push(asMade(from));
      continue;
    }
    const type = types.get(node.id);
    const made = add({ ...node, inputs: node.inputs.map(isConversion ? asMade : asFloats), ...(type && { type }) });
    integers.push(made);
    if (type) floats.set(node.id, add(castOf(node, made, node.type, `${portName(node)}/dequantized`)));
  }
  const outputs = graph.outputs.map(({ name, value }) => {
    const made = asFloats(value);
    const { op, inputs } = nodes[made.node] as GraphNode;
    return { name, value: op.kind === 'cast' && inputs[0] ? inputs[0] : made };
  });
  return removeUnreached({ ...graph, nodes, outputs });
}

/** The type of each input that something reads as integers, by its number. */
function heldInputs(graph: Graph): ReadonlyMap<number, QuantisedType> {
  const types = new Map<number, QuantisedType>();
  for (const { op, inputs, type } of graph.nodes) {
    const [from] = inputs;
    if (op.kind !== 'cast' || !from || !isQuantised(type) || types.has(from.node)) continue;
    if (graph.inputs.includes(from.node)) types.set(from.node, type);
  }
  return types;
}

/**
 * Warns about each input and output that stays float32, because no integers are computed there. @param graph with integer
 * ports
 */
export function reportFloatPorts(graph: Graph): Diagnostic[] {
  const inputs = graph.inputs.flatMap((id) => {
    const node = graph.nodes[id] as GraphNode;
    return isQuantised(node.type) ? [] : [createDiagnostic('tflite-float-input', node.span, { name: portName(node) })];
  });
  const outputs = graph.outputs.flatMap(({ name, value }) => {
    const { span } = graph.nodes[value.node] as GraphNode;
    return isQuantised(typeOf(graph, value)) ? [] : [createDiagnostic('tflite-float-output', span, { name })];
  });
  return [...inputs, ...outputs];
}

/** The real numbers of integer inputs and outputs: `scale * (q - zero point)`. */
export function portFacts(graph: Graph): Metadata {
  const inputs = graph.inputs.map((node) => {
    return ['input', portName(graph.nodes[node] as GraphNode), { node, output: 0 }] as const;
  });
  const outputs = graph.outputs.map(({ name, value }) => ['output', name, value] as const);
  return [...inputs, ...outputs].flatMap(([kind, name, value]) => {
    const type = typeOf(graph, value);
    if (!isQuantised(type)) return [];
    const { element, scales, zeroPoint } = type;
    return [
      [`enet.${kind}.${name}.quantisation`, JSON.stringify({ type: element, scale: scales[0], zeroPoint })] as const,
    ];
  });
}

function portName({ op, path }: GraphNode): string {
  return op.kind === 'input' ? op.name : path;
}
