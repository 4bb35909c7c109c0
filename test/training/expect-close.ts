import { expect } from 'vitest';
import type { HostTensor, StepRunner } from '../../src/backends/runner.ts';
import type { Case } from './case-builder.ts';
import { doubleVariables, referenceOutputs, referenceUpdates } from './reference/run-function.ts';
import { type Doubles, fromChannelsLast } from './reference/tensor.ts';

/**
 * Runs a case and holds its outputs and variables to the reference in double precision.
 * @param tolerance relative to the largest number of a tensor, or to one where all are smaller.
 */
export async function expectAsReference(runner: StepRunner, given: Case, tolerance: number): Promise<void> {
  const fn = given.program.functions[0];
  if (!fn) throw new Error(`${given.name} has no function`);
  const variables = doubleVariables(given.program.variables, given.variables);
  await runner.write(given.variables);
  const outputs = await runner.run(fn.name, given.inputs);
  for (const [name, expected] of referenceOutputs(fn, variables, given.inputs)) {
    const got = outputs[name] as HostTensor;
    const shape = fn.outputs.find((output) => output.name === name)?.value;
    const batch = shape && fn.nodes[shape.node]?.shapes[shape.output]?.batch === true;
    // What has a batch comes with its channels last.
    const logical = batch ? fromChannelsLast(got.shape, got.data) : { shape: got.shape, data: got.data };
    expect(logical.shape, name).toEqual(expected.shape);
    expectClose(logical.data, expected, tolerance, name);
  }
  const after = await runner.read();
  for (const [name, expected] of referenceUpdates(fn, variables, given.inputs)) {
    expectClose(after.get(name) as Float32Array, expected, tolerance, name);
  }
}

function expectClose(got: ArrayLike<number>, { data }: Doubles, tolerance: number, what: string): void {
  const scale = data.reduce((most, v) => Math.max(most, Math.abs(v)), 1);
  const worst = { off: 0, at: -1 };
  data.forEach((v, i) => {
    const off = Math.abs((got[i] as number) - v) / scale;
    if (Number.isNaN(worst.off) || off <= worst.off) return;
    Object.assign(worst, { off, at: i });
  });
  const [wanted, had] = [data[worst.at], got[worst.at]];
  expect(worst.off, `${what}: ${had} for ${wanted} at ${worst.at}`).toBeLessThanOrEqual(tolerance);
}
