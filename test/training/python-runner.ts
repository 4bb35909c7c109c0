import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { StepProgram } from '../../src/5-graph/training/program.ts';
import { emitTrainingModel } from '../../src/6-emit/tfjs/saved-model/emit-training-model.ts';
import type { HostTensor, StepRunner } from '../../src/backends/runner.ts';

interface PlainTensor {
  readonly shape: readonly number[];
  readonly data: string;
}

/** A Python with TensorFlow, which runs SavedModels as any user of theirs would. */
export interface PythonTensorflow {
  createRunner(program: StepProgram): Promise<StepRunner>;
  /** Runs a signature of the model that was loaded last. */
  run(signature: string, inputs: Readonly<Record<string, HostTensor>>): Promise<Record<string, HostTensor>>;
  close(): void;
}

export function startPython(python: string): PythonTensorflow {
  const script = join(import.meta.dirname, 'run-saved-model.py');
  const child: ChildProcessByStdio<Writable, Readable, null> = spawn(python, [script], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async (request: unknown): Promise<Record<string, PlainTensor>> => {
    child.stdin.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await lines.next();
    if (done) throw new Error('Python has ended');
    const answer = JSON.parse(value) as { outputs: Record<string, PlainTensor> } | { error: string };
    if ('error' in answer) throw new Error(answer.error);
    return answer.outputs;
  };
  const run: PythonTensorflow['run'] = async (signature, inputs) => {
    const fed = Object.fromEntries(Object.entries(inputs).map(([name, tensor]) => [name, toPlain(tensor)]));
    const outputs = await ask({ run: signature, inputs: fed });
    return Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, fromPlain(tensor)]));
  };
  return {
    run,
    async createRunner(program) {
      const folder = mkdtempSync(join(tmpdir(), 'enet-saved-model-'));
      const shapes = new Map(program.variables.map(({ name, shape }) => [name, shape]));
      try {
        writeFileSync(join(folder, 'saved_model.pb'), emitTrainingModel(program).pb);
        await ask({ load: folder });
      } finally {
        rmSync(folder, { recursive: true });
      }
      return {
        run,
        async read(names = [...shapes.keys()]) {
          const all = await run('read', {});
          return new Map(names.map((name) => [name, (all[name] as HostTensor).data]));
        },
        async write(values) {
          const inputs = [...values].map(([name, data]) => [name, { shape: shapes.get(name) as number[], data }]);
          await run('write', Object.fromEntries(inputs));
        },
        memory: () => undefined,
        close: () => {},
      };
    },
    close: () => child.stdin.end(),
  };
}

function toPlain({ shape, data }: HostTensor): PlainTensor {
  return { shape, data: Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64') };
}

function fromPlain({ shape, data }: PlainTensor): HostTensor {
  const bytes = Uint8Array.from(Buffer.from(data, 'base64'));
  return { shape, data: new Float32Array(bytes.buffer) };
}
