import type { StepProgram, StepRef, StepShape, Update, Variable } from '../../src/5-graph/training/program.ts';
import { createStepBuilder, scalar } from '../../src/5-graph/training/step-builder.ts';
import type { HostTensor } from '../../src/backends/runner.ts';
import type { StepOp } from '../../src/ops/step-ops.ts';
import { batched } from '../../src/ops/steps.ts';
import { nextUnit, randomState } from '../../src/weights/random.ts';

/** A program of one function, `run`, with what to feed it. */
export interface Case {
  readonly name: string;
  readonly program: StepProgram;
  readonly variables: ReadonlyMap<string, Float32Array>;
  readonly inputs: Readonly<Record<string, HostTensor>>;
}

export interface CaseBuilder {
  /** An input with the batch before `dims`, which are logical. */
  fed(name: string, dims: readonly number[], fill?: Fill): StepRef;
  number(name: string, value: number): StepRef;
  variable(name: string, shape: readonly number[], fill?: Fill): StepRef;
  /** Adds an op whose outputs are outputs of the function, but for `hidden` ones. Dims alone stand behind a batch. */
  op(op: StepOp, inputs: readonly StepRef[], ...shapes: readonly OutputShape[]): readonly StepRef[];
  update(update: Update): void;
  guard(value: StepRef): void;
}

type OutputShape = StepShape | readonly number[];

/** The shape of an output without batch. */
export function whole(...dims: readonly number[]): StepShape {
  return { batch: false, dims };
}

/** The shape of what a runner keeps for itself. */
export const hidden = whole();

const unlisted = new WeakSet<object>([hidden]);

/** A shape behind the batch of what is not an output: only other ops read it. */
export function inner(...dims: readonly number[]): StepShape {
  const shape = batched(dims);
  unlisted.add(shape);
  return shape;
}

/** Numbers from a number in (0, 1). */
export type Fill = (unit: number, index: number) => number;
/** Of both signs, without special values. */
export const signed: Fill = (unit) => 4 * unit - 2;
export const positive: Fill = (unit) => 0.2 + unit;

/** Builds a case. Its numbers come from its name alone. */
export function buildCase(name: string, build: (c: CaseBuilder) => void, batch = 2): Case {
  const b = createStepBuilder();
  const variables: Variable[] = [];
  const values = new Map<string, Float32Array>();
  const inputs: Record<string, HostTensor> = {};
  const fill = (key: string, count: number, fn: Fill) => {
    const state = randomState(7, `${name}/${key}`);
    return Float32Array.from({ length: count }, (_, i) => fn(nextUnit(state), i));
  };
  build({
    fed(key, dims, fn = signed) {
      const [c = 0, h = 0, w = 0] = dims;
      const shape = dims.length === 3 ? [batch, h, w, c] : [batch, ...dims];
      inputs[key] = { shape, data: fill(key, product(shape), fn) };
      return b.input(key, batched(dims));
    },
    number(key, value) {
      inputs[key] = { shape: [], data: Float32Array.of(value) };
      return b.input(key, scalar);
    },
    variable(key, shape, fn = signed) {
      if (!values.has(key)) variables.push({ name: key, shape, layout: layoutOf(shape), start: 'weights' });
      values.set(key, fill(key, product(shape), fn));
      return b.variable(key, shape);
    },
    op(op, from, ...shapes) {
      const refs = b.add(
        op,
        from,
        shapes.map((shape) => ('dims' in shape ? shape : batched(shape))),
      );
      refs.forEach((ref, i) => {
        if (!unlisted.has(shapes[i] as OutputShape)) b.output(`${op.kind} ${ref.node}:${i}`, ref);
      });
      return refs;
    },
    update: b.update,
    guard: b.guard,
  });
  return { name, program: { name, variables, functions: [b.finish('run')] }, variables: values, inputs };
}

function layoutOf(shape: readonly number[]): Variable['layout'] {
  if (shape.length === 4) return shape[1] === 1 && (shape[0] as number) > 1 ? 'depthwise' : 'conv';
  return shape.length === 2 ? 'linear' : shape.length === 3 ? 'map' : 'vector';
}

function product(shape: readonly number[]): number {
  return shape.reduce((all, n) => all * n, 1);
}
