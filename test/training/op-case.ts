import { elements } from '../../src/5-graph/graph.ts';
import type { StepProgram, StepRef, StepShape, Variable } from '../../src/5-graph/training/program.ts';
import { createStepBuilder, type StepBuilder } from '../../src/5-graph/training/step-builder.ts';
import type { HostTensor } from '../../src/backends/runner.ts';
import { nextUnit, randomState } from '../../src/weights/random.ts';

/**
 * Small programs that hold each op and each update, with what they are fed: the same for every runner, and for the
 * plain formulas in double precision.
 */
export interface OpCase {
  readonly name: string;
  /** One function, `run`. What it gives without batch is added to variables `result/...`, which start as zeros. */
  readonly program: StepProgram;
  readonly variables: ReadonlyMap<string, Float32Array>;
  readonly inputs: Readonly<Record<string, HostTensor>>;
}

/** What stands behind the batch of all cases: odd, and another number than any size. */
export const batch = 3;

/** What a case is made with: values that are fed or held, and results. */
export interface CaseBuilder {
  readonly b: StepBuilder;
  /** A value with a batch, between the two bounds, of these logical sizes. */
  sample(dims: readonly number[], low?: number, high?: number): StepRef;
  /** A value that is held. */
  held(shape: readonly number[], layout: Variable['layout'], low?: number, high?: number): StepRef;
  /** A held value's name, to be changed by an update. */
  slot(name: string, shape: readonly number[], layout: Variable['layout'], low?: number, high?: number): string;
  number(value: number): StepRef;
  result(value: StepRef, layout?: Variable['layout']): void;
}

export function opCase(name: string, build: (c: CaseBuilder) => void): OpCase {
  const b = createStepBuilder();
  const variables: Variable[] = [];
  const values = new Map<string, Float32Array>();
  const inputs: Record<string, HostTensor> = {};
  const state = randomState(7, name);
  const numbers = (count: number, low: number, high: number) =>
    Float32Array.from({ length: count }, () => low + (high - low) * nextUnit(state));
  let next = 0;
  const c: CaseBuilder = {
    b,
    sample(dims, low = -1, high = 1) {
      const input = `x${next++}`;
      const shape: StepShape = { batch: true, dims };
      const [channels = 1, ...space] = dims;
      const held = dims.length === 3 ? [...space, channels] : dims;
      inputs[input] = { shape: [batch, ...held], data: numbers(batch * elements(dims), low, high) };
      return b.input(input, shape);
    },
    slot(variable, shape, layout, low = -1, high = 1) {
      variables.push({ name: variable, shape, layout, start: 'weights' });
      values.set(variable, numbers(elements(shape), low, high));
      return variable;
    },
    held(shape, layout, low, high) {
      return b.variable(c.slot(`v${next++}`, shape, layout, low, high), shape);
    },
    number(value) {
      const input = `n${next++}`;
      inputs[input] = { shape: [], data: Float32Array.of(value) };
      return b.input(input);
    },
    result(value, layout = 'vector') {
      const { batch: hasBatch, dims } = b.shapeOf(value);
      const output = `y${next++}`;
      if (hasBatch || dims.length === 0) return b.output(output, value);
      const variable = `result/${output}`;
      variables.push({ name: variable, shape: dims, layout, start: { constant: 0 } });
      values.set(variable, new Float32Array(elements(dims)));
      b.update({ kind: 'accumulate', variable, value });
    },
  };
  build(c);
  return { name, program: { name, variables, functions: [b.finish('run')] }, variables: values, inputs };
}

export const batched = (dims: readonly number[]): StepShape => ({ batch: true, dims });
export const plain = (dims: readonly number[]): StepShape => ({ batch: false, dims });
export const scalar = plain([]);
