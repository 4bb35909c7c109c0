import { descriptorOf } from '../../ops/ops.ts';
import { batched } from '../../ops/steps.ts';
import type { Lowered } from '../../ops/training-rule.ts';
import { type Graph, type GraphNode, inputShapeOf, shapeOf, type TensorSpec, type ValueRef } from '../graph.ts';
import type { TrainedQuantisation } from '../quantise/plan-training.ts';
import type { StepRef } from './program.ts';
import { addRoundedWeight, createRoundings, type Roundings } from './roundings.ts';
import type { StepBuilder } from './step-builder.ts';

export interface ForwardOptions {
  /** Whether dropout drops and batch norms use their batch. */
  readonly training: boolean;
  /** Whether batch norms use their running statistics in training, too. */
  readonly keepStatistics: boolean;
  /** Whether a tensor's gradient will be wanted. */
  trains(spec: TensorSpec): boolean;
  /** The variable that holds a tensor: its own, or its average. */
  variable(spec: TensorSpec): string;
  /** The name of the function's input of noise. */
  readonly noise: { readonly name: string; readonly count: number };
  /** What is rounded to int8. */
  readonly quantised?: TrainedQuantisation;
}

/** A network's nodes in a function, ready to go back. */
export interface Forward {
  /** The value of a node's output. */
  value(ref: ValueRef): StepRef;
  /** The batch's statistics, for the running averages. */
  readonly statistics: readonly { readonly name: string; readonly value: StepRef; readonly momentum: number }[];
  /**
   * Reverse mode: adds the gradients of all tensors that train, by name, given those of some values. In the order in
   * which they come about, last layer first.
   */
  backward(seeds: readonly Seed[]): readonly (readonly [tensor: string, gradient: StepRef])[];
}

/** The gradient of a value, to go back from. */
export interface Seed {
  readonly of: ValueRef;
  readonly gradient: StepRef;
}

/** How many numbers of noise each sample of a network takes in training. */
export function noiseCount(graph: Graph): number {
  return graph.nodes.reduce(
    (count, node) => count + descriptorOf(node.op).noise(node.op, inputShapeOf(graph, node)),
    0,
  );
}

/** Lowers a network into the step ops of a function. */
export function addForward(b: StepBuilder, graph: Graph, options: ForwardOptions): Forward {
  const lowered: Lowered[] = [];
  const statistics: { name: string; value: StepRef; momentum: number }[] = [];
  /** Whether something that trains is in a node or before it. */
  const reaches: boolean[] = [];
  let offset = 0;
  const roundings = createRoundings(b, graph, options, (name, value, momentum) =>
    statistics.push({ name, value, momentum }),
  );
  const value = (ref: ValueRef) => roundings.given(ref) ?? (lowered[ref.node]?.outputs[ref.output] as StepRef);

  for (const node of graph.nodes) {
    b.enter({ node: node.id, backward: false });
    reaches.push(
      node.tensors.some((spec) => options.trains(spec)) || node.inputs.some(({ node: before }) => reaches[before]),
    );
    const { op, path } = node;
    const { train, noise } = descriptorOf(op);
    const inputShapes = node.inputs.map((ref) => shapeOf(graph, ref));
    lowered.push(
      train({
        b,
        op,
        path,
        inputs: node.inputs.map((ref) => roundings.read(node.id, ref) ?? value(ref)),
        inputShapes,
        outputShapes: node.shapes,
        training: options.training,
        normsByBatch: !options.keepStatistics,
        tensor(role) {
          const spec = node.tensors.find((t) => t.role === role);
          if (!spec) return undefined;
          const { name, shape } = spec;
          const held = b.variable(options.variable(spec), shape);
          const isRounded = role === 'weight' && options.quantised?.weights.has(node.id);
          const value = isRounded ? addRoundedWeight(b, held, shape, node) : held;
          return { name, shape, value, trains: options.trains(spec) };
        },
        passes: (input) => reaches[node.inputs[input]?.node ?? -1] === true,
        sample: () => value({ node: graph.inputs[0] as number, output: 0 }),
        noise() {
          const at = offset;
          offset += noise(op, inputShapes[0] ?? []);
          return { value: b.input(options.noise.name, batched([options.noise.count])), offset: at };
        },
        statistic: ({ name }, value, momentum) => void statistics.push({ name, value, momentum }),
      }),
    );
    roundings.add(node, (lowered.at(-1) as Lowered).outputs);
  }
  b.enter(undefined);
  return {
    value,
    statistics,
    backward: (seeds) => pullBack(b, graph.nodes, lowered, reaches, seeds, roundings),
  };
}

function pullBack(
  b: StepBuilder,
  nodes: readonly GraphNode[],
  lowered: readonly Lowered[],
  reaches: readonly boolean[],
  seeds: readonly Seed[],
  roundings: Roundings,
): [string, StepRef][] {
  /** The gradients that came back to each output of each node, not yet summed. */
  const arrived = nodes.map(({ shapes }) => shapes.map((): StepRef[] => []));
  const arrive = (ref: ValueRef, value: StepRef) => void arrived[ref.node]?.[ref.output]?.push(value);
  /** The same for those that came to the rounded value. */
  const rounded = nodes.map(({ shapes }) => shapes.map((): StepRef[] => []));
  const sum = (list: readonly StepRef[], node: GraphNode, output: number) =>
    list.length < 2 ? list[0] : b.one({ kind: 'add' }, list, batched(node.shapes[output] ?? []), node.path);
  for (const { of, gradient } of seeds) {
    if (roundings.given(of)) rounded[of.node]?.[of.output]?.push(gradient);
    else arrive(of, gradient);
  }
  /** By tensor: one for each use of a shared step. */
  const gradients = new Map<string, StepRef[]>();
  const shapes = new Map<string, readonly number[]>();
  for (let id = Math.max(...seeds.map(({ of }) => of.node)); id >= 0; id--) {
    const [node, { pull }] = [nodes[id] as GraphNode, lowered[id] as Lowered];
    const came = arrived[id] ?? [];
    const cameRounded = rounded[id] ?? [];
    if (!reaches[id] || !pull || [...came, ...cameRounded].every((list) => list.length === 0)) continue;
    b.enter({ node: id, backward: true });
    for (const [output, list] of cameRounded.entries()) {
      const gradient = sum(list, node, output);
      if (gradient) arrive({ node: id, output }, roundings.pull({ node: id, output }, gradient));
    }
    const dy = came.map((list, output) => sum(list, node, output));
    const { inputs, tensors = [] } = pull(dy);
    for (const [{ name, shape }, value] of tensors) {
      gradients.set(name, [...(gradients.get(name) ?? []), value]);
      shapes.set(name, shape);
    }
    for (const [i, value] of inputs.entries()) {
      const ref = node.inputs[i] as ValueRef;
      if (!value || !reaches[ref.node]) continue;
      if (roundings.read(id, ref)) rounded[ref.node]?.[ref.output]?.push(value);
      else arrive(ref, value);
    }
  }
  b.enter(undefined);
  return [...gradients].map(([name, values]) => {
    if (values.length < 2) return [name, values[0] as StepRef];
    return [name, b.one({ kind: 'add' }, values, { batch: false, dims: shapes.get(name) ?? [] }, name)];
  });
}
