import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A Python that has the train.py of a folder, and runs parts of it. */
export interface PythonTrain {
  ask(request: { readonly what: string; readonly [key: string]: unknown }): Promise<unknown>;
  close(): void;
}

export function startTrain(python: string, folder: string): PythonTrain {
  const child = spawn(python, [join(import.meta.dirname, 'train-driver.py'), folder], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (part) => {
    errors += part;
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async ask(request) {
      child.stdin.write(`${JSON.stringify(request)}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error(`Python has ended:\n${errors}`);
      return JSON.parse(value);
    },
    close: () => child.stdin.end(),
  };
}

/** Runs a program to its end; what it printed. Throws where it fails. */
export function runToEnd(command: string, args: readonly string[], cwd: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: { ...process.env, OMP_NUM_THREADS: '1' } });
    let printed = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (part) => {
        printed += part;
      });
    }
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve(printed) : reject(new Error(`ended with ${code}:\n${printed}`))));
  });
}
