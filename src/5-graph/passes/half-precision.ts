import type { OpKind } from '../../ops/ops.ts';
import { renumberCalls } from '../calls.ts';
import type { Graph, GraphNode, ValueRef } from '../graph.ts';
import { float16, float32, type ValueType } from '../value-type.ts';
import { castOf } from './cast.ts';

/** Ops that square their input: float16 has no square of numbers below 2e-4 or above 256. */
const computedInSingle: ReadonlySet<OpKind> = new Set(['normalise', 'localResponseNorm']);

/**
 * Gives every float32 value and tensor of a network the type float16, except its inputs and outputs, so that callers
 * see no difference. There is a cast right after each input and, at the end, before each output; and around ops that
 * float16 cannot compute.
 */
export function halfPrecision(graph: Graph): Graph {
  const nodes: GraphNode[] = [];
  /** By a node's old number: the number of what gives its value now. */
  const numbers: number[] = [];
  /** By a node's old number: how many nodes there were before it. */
  const starts: number[] = [];
  const add = (node: Omit<GraphNode, 'id'>) => {
    nodes.push({ ...node, id: nodes.length });
    return nodes.length - 1;
  };
  const renumber = ({ node, output }: ValueRef): ValueRef => ({ node: numbers[node] as number, output });

  for (const node of graph.nodes) {
    starts.push(nodes.length);
    const isInput = node.op.kind === 'input';
    const inputs = node.inputs.map(renumber);
    if (computedInSingle.has(node.op.kind)) {
      const wide = inputs.map((value, i) => {
        const { node: from, output } = node.inputs[i] as ValueRef;
        const cast = castOf(graph.nodes[from] as GraphNode, value, float32, `${node.path}/single${i}`, output);
        return { node: add(cast), output: 0 };
      });
      const id = add({ ...node, inputs: wide });
      numbers.push(add(castOf(node, { node: id, output: 0 }, float16, `${node.path}/half`)));
      continue;
    }
    const tensors = node.tensors.map((tensor) => ({ ...tensor, type: halved(tensor.type) }));
    const id = add({ ...node, inputs, tensors, type: isInput ? node.type : halved(node.type) });
    const isCast = node.op.kind === 'input' && node.type.element === 'float32';
    const read: ValueRef = { node: id, output: 0 };
    numbers.push(isCast ? add(castOf(node, read, float16, `${node.op.name}/half`)) : id);
  }
  const end = nodes.length;
  const outputs = graph.outputs.map(({ name, value }) => {
    const made = graph.nodes[value.node] as GraphNode;
    if (made.type.element !== 'float32') return { name, value: renumber(value) };
    const id = add(castOf(made, renumber(value), float32, `${name}/output`, value.output));
    return { name, value: { node: id, output: 0 } };
  });
  // the casts before the outputs belong to the network itself
  const [own, ...inner] = renumberCalls(graph.calls, (node) => starts[node] ?? end);
  const calls = own ? [{ ...own, end: nodes.length }, ...inner] : [];
  return { ...graph, nodes, calls, inputs: nodes.flatMap(({ id, op }) => (op.kind === 'input' ? [id] : [])), outputs };
}

function halved(type: ValueType): ValueType {
  return type.element === 'float32' ? float16 : type;
}
