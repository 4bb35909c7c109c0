import type { Checkpoint } from '../../weights/checkpoint.ts';
import type { GraphModel, TopologyNode } from '../../weights/readers/layers-model/graph-model.ts';
import type { Numbers } from '../numbers.ts';
import type { DeclaredValue, FileNode, OnnxGraph } from '../onnx/read-graph.ts';
import { Unsayable, UnsayableNode } from '../unsayable.ts';
import { shapeAt } from './attributes.ts';
import { type GraphValue, type NodeValue, type OpContext, type OpenNode, operators } from './operators.ts';

/**
 * The nodes of a graph model as a graph of ONNX's operators, maps with their channels first, so that one reader serves all forms.
 * @throws UnsayableNode
 */
export function graphOfNodes(
  { nodes, outputs: stated, shapes, integers, unordered }: GraphModel,
  checkpoint: Checkpoint,
): OnnxGraph {
  const readers = new Map<string, number>();
  for (const name of nodes.flatMap(({ inputs }) => inputs)) readers.set(name, (readers.get(name) ?? 0) + 1);
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const named = stated.map((name) => byName.get(name) ?? failNode({ name, op: 'output' }, 'the file has no such node'));
  const ends =
    named.length > 0
      ? named
      : nodes.filter(({ name, op }) => !readers.has(name) && !/^(Const|NoOp|Placeholder)$/.test(op));
  const tensors = new Map<string, Numbers>();
  const inputs: DeclaredValue[] = [];
  const made: OpenNode[] = [];
  /** By output: the node that gives it. */
  const makers = new Map<string, OpenNode>();
  let count = 0;
  const unique = (name: string) => `${name}:${count++}`;

  const input = (node: TopologyNode): NodeValue => {
    const shape = shapeAt(node, 'shape') ?? [];
    const [batch, ...own] = shape;
    if (own.length !== 1 && own.length !== 3) return failNode(node, 'the file does not say which size it has');
    const [height, width, channels] = own;
    const name = `image${inputs.length === 0 ? '' : inputs.length + 1}`;
    inputs.push({ name, shape: [batch, ...(own.length === 3 ? [channels, height, width] : own)] });
    return { kind: 'live', name, rank: shape.length };
  };

  const constant = ({ name }: TopologyNode): GraphValue => {
    const whole = integers.get(name);
    if (whole) return { kind: 'sizes', list: whole };
    const tensor = checkpoint.tensors.get(name);
    if (!tensor) return { kind: 'other' };
    const { shape } = tensor;
    if (!tensors.has(name)) tensors.set(name, { shape, isReal: true, read: () => checkpoint.read(name).slice() });
    return { kind: 'numbers', name, shape, stored: shapes.get(name) ?? shape, isUnordered: unordered.has(name) };
  };

  const contextOf = (node: TopologyNode, given: readonly GraphValue[]): OpContext => ({
    node,
    inputs: given,
    seenAs(name, shape) {
      const own = tensors.get(name) as Numbers;
      if (String(own.shape) === String(shape)) return name;
      const seen = `${name}:${shape.join('x')}`;
      tensors.set(seen, tensors.get(seen) ?? { ...own, shape });
      return seen;
    },
    numbers(numbers) {
      const name = unique('numbers');
      tensors.set(name, numbers);
      return name;
    },
    add(type, read, attributes = {}) {
      const output = unique(node.name);
      const names = read.map((name) => name ?? '');
      while (names.at(-1) === '') names.pop();
      const own = new Map(Object.entries(attributes));
      const open = { type, domain: '', name: node.name, inputs: names, outputs: [output], attributes: own };
      made.push(open);
      makers.set(output, open);
      return output;
    },
    // A value that another node also reads must not be changed.
    makerOf: (name) => (readers.get(node.inputs[0] ?? '') === 1 ? makers.get(name) : undefined),
  });

  /** A node that stays as it is, so that the graph can be cut before it. */
  const refuse = (node: TopologyNode, given: readonly GraphValue[], reason: string): GraphValue => {
    const output = unique(node.name);
    const inputs = given.flatMap((value) => (value.kind === 'live' || value.kind === 'refused' ? [value.name] : []));
    const attributes = new Map();
    made.push({ type: node.op, domain: '', name: node.name, inputs, outputs: [output], attributes, refused: reason });
    return { kind: 'refused', name: output };
  };

  const resultOf = (node: TopologyNode, given: readonly GraphValue[]): GraphValue => {
    if (node.op === 'Const') return constant(node);
    if (node.op === 'Placeholder') return input(node);
    const read = Object.hasOwn(operators, node.op) ? operators[node.op] : undefined;
    try {
      if (given.some(({ kind }) => kind === 'refused')) throw new Unsayable('what it reads cannot be expressed');
      if (node.places.some((place) => place !== 0)) throw new Unsayable('it reads one of several values of a node');
      if (!read) throw new Unsayable('the language has no such operator');
      return read(contextOf(node, given));
    } catch (e) {
      if (!(e instanceof Unsayable)) throw e;
      return refuse(node, given, e.message);
    }
  };

  const values = new Map<string, GraphValue>();
  for (const node of inOrder(nodes, ends)) {
    const given = node.inputs.map((name): GraphValue => values.get(name) ?? { kind: 'other' });
    values.set(node.name, resultOf(node, given));
  }
  const outputs = ends.map((node) => {
    const value = values.get(node.name);
    if (value?.kind === 'refused') return { name: value.name, shown: node.name, isFlat: false };
    if (value?.kind !== 'live') return failNode(node, 'it does not depend on the input');
    return { name: value.name, shown: node.name, isFlat: value.isFlat };
  });
  if (outputs.length === 0) throw new UnsayableNode('the graph', 'it has no outputs');
  // What a node gives has its name, which does not end with a number.
  const results = [...values].flatMap(([name, value]): [string, string][] => {
    const isOwn = value.kind === 'live' && value.name.replace(/:\d+$/, '') === name;
    return isOwn && !inputs.some((one) => one.name === name) ? [[value.name, name]] : [];
  });
  const shown = new Map([...results, ...outputs.map((output): [string, string] => [output.name, output.shown])]);
  const called = (name: string) => shown.get(name) ?? name;
  return {
    name: 'model',
    opset: 20,
    nodes: made.map((node): FileNode => {
      return { ...node, inputs: node.inputs.map(called), outputs: node.outputs.map(called) };
    }),
    inputs,
    outputs: outputs.map(({ name, isFlat }) => ({ name: called(name), ...(isFlat && { isFlat }) })),
    tensors,
    metadata: checkpoint.metadata,
  };
}

function failNode({ name, op }: Pick<TopologyNode, 'name' | 'op'>, reason: string): never {
  throw new UnsayableNode(name, reason, op);
}

/** The nodes that others depend on, and these, in an order in which they can run. @throws UnsayableNode */
function inOrder(nodes: readonly TopologyNode[], ends: readonly TopologyNode[]): readonly TopologyNode[] {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const order: TopologyNode[] = [];
  const state = new Map<string, 'open' | 'done'>();
  for (const end of ends) {
    const stack = state.has(end.name) ? [] : [{ node: end, read: 0 }];
    for (let at = stack.at(-1); at; at = stack.at(-1)) {
      const { node } = at;
      state.set(node.name, 'open');
      const name = node.inputs[at.read++];
      if (name === undefined) {
        state.set(node.name, 'done');
        order.push(node);
        stack.pop();
      } else if (state.get(name) === 'open') failNode(node, 'it depends on itself');
      else if (!state.has(name)) {
        stack.push({ node: byName.get(name) ?? failNode(node, `the file has no node '${name}'`), read: 0 });
      }
    }
  }
  return order;
}
