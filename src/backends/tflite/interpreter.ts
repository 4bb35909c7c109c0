import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { HostTensor } from '../runner.ts';
import { interpreterScript } from './interpreter-script.ts';

export interface OpenLite {
  /** A path, or the bytes of a file. */
  readonly model: string | Uint8Array;
  readonly threads: number;
  /** Whether the interpreter's default delegate, XNNPACK, computes the ops that it supports. */
  readonly delegate: boolean;
}

/** A model that is open in the interpreter. */
export interface LiteSession {
  /** By the signature's names: the shape of each input, -1 for an open batch. */
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  /** Runs the model, by the signature's names. Image-like values are channels last. @throws Error with what the engine says */
  run(inputs: Readonly<Record<string, HostTensor>>): Promise<Readonly<Record<string, HostTensor>>>;
  /** Runs it again on the same inputs; the milliseconds of each run, as the engine's process measures them. */
  time(runs: number): Promise<readonly number[]>;
  close(): Promise<void>;
}

/** TensorFlow Lite's interpreter in a Python. */
export interface LiteInterpreter {
  /** `LiteRT 2.3.0` */
  readonly engine: string;
  /** @throws Error with the engine's message about the file */
  open(request: OpenLite): Promise<LiteSession>;
  close(): void;
}

interface Answer {
  readonly error?: string;
  readonly engine?: string;
  readonly inputs?: Record<string, readonly number[]>;
  readonly outputs?: Record<string, { readonly shape: readonly number[]; readonly data: string }>;
  readonly milliseconds?: readonly number[];
}

/**
 * Starts a Python that has LiteRT or TensorFlow. @param wanted which of the two; by default the first that is available
 * @throws Error with the reason why it has none
 */
export async function startInterpreter(python: string, wanted?: 'litert' | 'tensorflow'): Promise<LiteInterpreter> {
  const args = ['-c', interpreterScript, ...(wanted ? [wanted] : [])];
  const child: ChildProcessByStdio<Writable, Readable, null> = spawn(python, args, {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const failed = new Promise<never>((_, reject) => child.once('error', reject));
  failed.catch(() => {});
  // a Python that ends is noticed by its missing answer
  child.stdin.on('error', () => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const receive = async (): Promise<Answer> => {
    const { value, done } = await Promise.race([lines.next(), failed]);
    if (done) throw new Error('Python ended without an answer');
    const answer = JSON.parse(value) as Answer;
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer;
  };
  const ask = (request: object, bytes?: Uint8Array) => {
    child.stdin.write(`${JSON.stringify(request)}\n`);
    if (bytes) child.stdin.write(bytes);
    return receive();
  };
  const { engine = '' } = await receive();
  let next = 0;
  return {
    engine,
    async open({ model, threads, delegate }) {
      const id = next++;
      const isPath = typeof model === 'string';
      const request = { open: isPath ? model : model.length, id, threads, delegate };
      const { inputs = {} } = await ask(request, isPath ? undefined : model);
      return {
        inputs,
        async run(values) {
          const fed = Object.entries(values).map(([name, value]) => [name, toPlain(value)]);
          const { outputs = {} } = await ask({ run: id, inputs: Object.fromEntries(fed) });
          return Object.fromEntries(
            Object.entries(outputs).map(([name, { shape, data }]) => {
              const bytes = Uint8Array.from(Buffer.from(data, 'base64'));
              return [name, { shape, data: new Float32Array(bytes.buffer) }];
            }),
          );
        },
        time: async (runs) => (await ask({ time: id, runs })).milliseconds ?? [],
        close: async () => void (await ask({ close: id })),
      };
    },
    close: () => child.stdin.end(),
  };
}

function toPlain({ shape, data }: HostTensor) {
  return { shape, data: Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64') };
}
