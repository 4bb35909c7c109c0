import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { StepProgram } from '../../src/5-graph/training/program.ts';
import { emitTrainingModel } from '../../src/6-emit/tfjs/saved-model/emit-training-model.ts';
import type { HostTensor } from '../../src/backends/runner.ts';

export interface Step {
  readonly program: StepProgram;
  /** What every variable starts as. */
  readonly variables: ReadonlyMap<string, Float32Array>;
  /** Of what tensors the change is wanted, and in which direction. */
  readonly directions: ReadonlyMap<string, Float32Array>;
  readonly inputs: Readonly<Record<string, HostTensor>>;
}

export interface StepTaken {
  /** The outputs that are one number: the loss, the gradient's length. */
  readonly outputs: Readonly<Record<string, number>>;
  /** Of each tensor: how far the step moves it, and that in the tensor's direction. */
  readonly changes: Readonly<Record<string, readonly [length: number, along: number]>>;
}

/** A Python with TensorFlow that takes a step of the training SavedModel in double precision. */
export function startDoubleSteps(python: string): { take(step: Step): Promise<StepTaken>; close(): void } {
  const child = spawn(python, [join(import.meta.dirname, 'step-in-double.py')], { stdio: ['pipe', 'pipe', 'ignore'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async take({ program, variables, directions, inputs }) {
      const folder = mkdtempSync(join(tmpdir(), 'enet-double-'));
      try {
        const shapes = new Map(program.variables.map(({ name, shape }) => [name, shape]));
        const entries = [
          ...[...variables].map(([name, data]) => ({ role: 'variable', name, shape: shapes.get(name), data })),
          ...[...directions].map(([name, data]) => ({ role: 'direction', name, shape: shapes.get(name), data })),
          ...Object.entries(inputs).map(([name, { shape, data }]) => ({ role: 'input', name, shape, data })),
        ];
        writeFileSync(join(folder, 'saved_model.pb'), emitTrainingModel(program).pb);
        writeFileSync(join(folder, 'step.json'), JSON.stringify(entries.map((e) => [e.role, e.name, e.shape])));
        writeFileSync(
          join(folder, 'numbers.bin'),
          Buffer.concat(entries.map(({ data }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength))),
        );
        child.stdin.write(`${folder}\n`);
        const { value, done } = await lines.next();
        if (done) throw new Error('Python has ended');
        const answer = JSON.parse(value) as StepTaken | { readonly error: string };
        if ('error' in answer) throw new Error(answer.error);
        return answer;
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
    close: () => child.stdin.end(),
  };
}
