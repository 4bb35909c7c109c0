import type { StepFunction, StepRef } from '../../../src/5-graph/training/program.ts';
import type { HostTensor } from '../../../src/backends/runner.ts';
import type { StepOpOf } from '../../../src/ops/step-ops.ts';
import { type BackwardKind, backward, lossGradient } from './backward.ts';
import { type ForwardKind, forward } from './forward.ts';
import { type Doubles, fromChannelsLast, fromList, zeros } from './tensor.ts';
import { updated } from './updates.ts';

export type DoubleVariables = ReadonlyMap<string, Doubles>;

/**
 * Outputs of a function in double precision, in logical order. Only what they need is computed.
 * @param names of outputs; all where left out.
 */
export function referenceOutputs(
  fn: StepFunction,
  variables: DoubleVariables,
  inputs: Readonly<Record<string, HostTensor>>,
  names?: readonly string[],
): Map<string, Doubles> {
  const value = evaluator(fn, variables, inputs);
  const wanted = fn.outputs.filter(({ name }) => !names || names.includes(name));
  return new Map(wanted.map((output) => [output.name, value(output.value)]));
}

/** The variables after a function's updates. */
export function referenceUpdates(
  fn: StepFunction,
  variables: DoubleVariables,
  inputs: Readonly<Record<string, HostTensor>>,
): DoubleVariables {
  const value = evaluator(fn, variables, inputs);
  const after = new Map(variables);
  for (const update of fn.updates) updated(update, value, after);
  return after;
}

function evaluator(fn: StepFunction, variables: DoubleVariables, inputs: Readonly<Record<string, HostTensor>>) {
  const done = new Map<number, Doubles[]>();
  function compute(node: number): Doubles[] {
    const known = done.get(node);
    if (known) return known;
    const { op, inputs: refs } = fn.nodes[node] as StepFunction['nodes'][number];
    const result = outputsOf(op, refs);
    done.set(node, result);
    return result;
  }
  const value = ({ node, output }: StepRef): Doubles => compute(node)[output] as Doubles;

  function outputsOf(op: StepFunction['nodes'][number]['op'], refs: readonly StepRef[]): Doubles[] {
    if (op.kind === 'input') {
      const { shape, data } = inputs[op.name] as HostTensor;
      return [fromChannelsLast(shape, data)];
    }
    if (op.kind === 'variable') return [variables.get(op.name) as Doubles];
    if (isBackward(op)) {
      // What a batch norm keeps is a runner's own affair.
      const given = op.kind === 'batchNormGrad' ? refs.slice(0, 3) : refs;
      return backward(op, given.map(value));
    }
    const given = refs.map(value);
    const result = forward(op as StepOpOf<ForwardKind>, given);
    if (op.kind === 'softmaxCrossEntropy' || op.kind === 'focalLoss') {
      // Only asked for where somebody reads it: finite differences take their time.
      return [
        ...result,
        ...(reads(
          fn,
          fn.nodes.findIndex((n) => n.op === op),
        )
          ? [lossGradient(op, given)]
          : []),
      ];
    }
    return op.kind === 'batchNorm' ? [...result, zeros([0])] : result;
  }
  return value;
}

function reads(fn: StepFunction, node: number): boolean {
  const reading = [...fn.nodes.flatMap((n) => n.inputs), ...fn.outputs.map((o) => o.value)];
  return reading.some((ref) => ref.node === node && ref.output === 1);
}

function isBackward(op: StepFunction['nodes'][number]['op']): op is StepOpOf<BackwardKind> {
  // a convolution's gradient is the forward half of one that is transposed
  return op.kind !== 'convGradInput' && (op.kind === 'biasGrad' || /Grad(Input|Weight)?$/.test(op.kind));
}

/** The values of variables, as a runner gives and takes them. */
export function doubleVariables(
  shapes: readonly { readonly name: string; readonly shape: readonly number[] }[],
  values: ReadonlyMap<string, Float32Array>,
): DoubleVariables {
  return new Map(shapes.map(({ name, shape }) => [name, fromList(shape, values.get(name) as Float32Array)]));
}
