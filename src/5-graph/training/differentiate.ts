import { type Graph, type GraphNode, shapeOf, type TensorSpec, type ValueRef } from '../graph.ts';
import type { Op, OpKind, OpOf } from '../ops.ts';
import type { StepRef } from './program.ts';
import type { Lowered, Rule, RuleContext } from './rule.ts';
import { batchNorm, conv, linear } from './rules-affine.ts';
import { activation, add, dropout, dropPath, mul } from './rules-pointwise.ts';
import { avgPool, channelShuffle, concat, globalAvgPool, maxPool, pad, split } from './rules-spatial.ts';
import { batched, type StepBuilder } from './step-builder.ts';

/** One rule an op: what it is made of in a step, and how gradients go back. */
const rules: { readonly [K in OpKind]: Rule<K> } = {
  input: ({ b, op, node }) => ({ outputs: [b.input(op.name, batched(node.shapes[0] ?? []))] }),
  conv,
  batchNorm,
  activation,
  globalAvgPool,
  maxPool,
  avgPool,
  linear,
  dropout,
  dropPath,
  add,
  mul,
  concat,
  split,
  channelShuffle,
  pad,
  cast: () => {
    throw new Error('a network trains in float32, as it was written: no pass has put a cast in it');
  },
};

export interface ForwardOptions {
  /** Whether dropout drops and batch norms use their batch. */
  readonly training: boolean;
  /** Whether a tensor's gradient will be wanted. */
  trains(spec: TensorSpec): boolean;
  /** The variable that holds a tensor: its own, or its average. */
  variable(spec: TensorSpec): string;
  /** The name of the function's input of noise. */
  readonly noise: { readonly name: string; readonly count: number };
}

/** A network's nodes in a function, ready to go back. */
export interface Forward {
  /** The value of a node's output. */
  value(ref: ValueRef): StepRef;
  /** The batch's statistics, for the running averages. */
  readonly statistics: readonly { readonly spec: TensorSpec; readonly value: StepRef; readonly momentum: number }[];
  /**
   * Reverse mode: adds the gradients of all tensors that train, given the gradient of one value. In the order in which
   * they come about, last layer first.
   */
  backward(of: ValueRef, gradient: StepRef): readonly (readonly [spec: TensorSpec, gradient: StepRef])[];
}

/** How many numbers of noise each sample of a network takes in training. */
export function noiseCount(graph: Graph): number {
  let count = 0;
  for (const { op, shapes } of graph.nodes) {
    if (op.kind === 'dropPath') count += 1;
    if (op.kind === 'dropout') count += (shapes[0] ?? []).reduce((a, b) => a * b, 1);
  }
  return count;
}

/** Lowers a network into the step ops of a function. */
export function addForward(b: StepBuilder, graph: Graph, options: ForwardOptions): Forward {
  const lowered: Lowered[] = [];
  const statistics: { spec: TensorSpec; value: StepRef; momentum: number }[] = [];
  /** Whether something that trains is in a node or before it. */
  const reaches: boolean[] = [];
  let offset = 0;
  const noise = (count: number) => {
    const at = offset;
    offset += count;
    return { value: b.input(options.noise.name, batched([options.noise.count])), offset: at };
  };
  const value = (ref: ValueRef) => lowered[ref.node]?.outputs[ref.output] as StepRef;

  for (const node of graph.nodes) {
    reaches.push(
      node.tensors.some((spec) => options.trains(spec)) || node.inputs.some(({ node: before }) => reaches[before]),
    );
    const context: RuleContext<OpKind> = {
      b,
      node,
      op: node.op as OpOf<OpKind>,
      inputs: node.inputs.map(value),
      inputShapes: node.inputs.map((ref) => shapeOf(graph, ref)),
      training: options.training,
      tensor(role) {
        const spec = node.tensors.find((t) => t.role === role);
        return spec && { spec, value: b.variable(options.variable(spec), spec.shape) };
      },
      trains: options.trains,
      passes: (input) => reaches[node.inputs[input]?.node ?? -1] === true,
      noise,
      statistic: (spec, value, momentum) => void statistics.push({ spec, value, momentum }),
    };
    const rule = rules[node.op.kind] as (context: RuleContext<OpKind> & { op: Op }) => Lowered;
    lowered.push(rule(context));
  }
  return {
    value,
    statistics,
    backward: (of, gradient) => pullBack(b, graph.nodes, lowered, reaches, of, gradient),
  };
}

function pullBack(
  b: StepBuilder,
  nodes: readonly GraphNode[],
  lowered: readonly Lowered[],
  reaches: readonly boolean[],
  of: ValueRef,
  gradient: StepRef,
): [TensorSpec, StepRef][] {
  /** The gradients that came back to each output of each node, not yet summed. */
  const arrived = nodes.map(({ shapes }) => shapes.map((): StepRef[] => []));
  const arrive = (ref: ValueRef, value: StepRef) => void arrived[ref.node]?.[ref.output]?.push(value);
  arrive(of, gradient);
  const gradients: [TensorSpec, StepRef][] = [];
  for (let id = of.node; id >= 0; id--) {
    const [node, { pull }] = [nodes[id] as GraphNode, lowered[id] as Lowered];
    const came = arrived[id] ?? [];
    if (!reaches[id] || !pull || came.every((list) => list.length === 0)) continue;
    const dy = came.map((list, output) => {
      if (list.length < 2) return list[0];
      return b.one({ kind: 'add' }, list, batched(node.shapes[output] ?? []), node.path);
    });
    const { inputs, tensors = [] } = pull(dy);
    for (const [spec, value] of tensors) gradients.push([spec, value]);
    for (const [i, value] of inputs.entries()) {
      const ref = node.inputs[i] as ValueRef;
      if (value && reaches[ref.node]) arrive(ref, value);
    }
  }
  return gradients;
}
