import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Graph } from '../../src/5-graph/graph.ts';
import type { Files } from '../tfjs/models.ts';

interface PlainTensor {
  readonly shape: readonly number[];
  readonly data: string;
}

interface Answer {
  readonly error?: string;
  readonly names?: readonly string[];
  readonly outputs?: readonly PlainTensor[];
  readonly state?: Readonly<Record<string, PlainTensor>>;
  readonly bytes?: number;
}

/** How the module is run: as it is, captured, exported, with other strides, in bfloat16. */
export type TorchForm = 'plain' | 'compile' | 'export' | 'channels_last' | 'autocast';

/** A Python with torch, which loads modules as any user of theirs would. */
export interface PythonTorch {
  /** Loads the files of a model, strictly; the names of its state. */
  load(files: Files): Promise<readonly string[]>;
  run(
    graph: Graph,
    inputs: Readonly<Record<string, Float32Array>>,
    batch: number,
    form?: TorchForm,
  ): Promise<Float32Array[]>;
  /** Runs it as training does; the outputs, and the statistics of norms after it. */
  train(
    graph: Graph,
    inputs: Readonly<Record<string, Float32Array>>,
    batch: number,
  ): Promise<{ outputs: Float32Array[]; state: ReadonlyMap<string, Float32Array> }>;
  /** The bytes that autograd keeps for the gradients of a batch, without weights and statistics. */
  kept(graph: Graph, inputs: Readonly<Record<string, Float32Array>>, batch: number): Promise<number>;
  /** Saves its state with `torch.save`. */
  save(file: string): Promise<void>;
  close(): void;
}

export function startTorch(python: string): PythonTorch {
  const child = spawn(python, [join(import.meta.dirname, 'run-model.py')], { stdio: ['pipe', 'pipe', 'ignore'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const root = mkdtempSync(join(tmpdir(), 'enet-torch-'));
  let count = 0;
  const ask = async (request: unknown): Promise<Answer> => {
    child.stdin.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await lines.next();
    if (done) throw new Error('Python has ended');
    const answer = JSON.parse(value) as Answer;
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer;
  };
  const given = (graph: Graph, inputs: Readonly<Record<string, Float32Array>>, batch: number) =>
    graph.inputs.map((id) => {
      const node = graph.nodes[id]!;
      const values = inputs[node.op.kind === 'input' ? node.op.name : '']!;
      return {
        shape: [batch, ...node.shapes[0]!],
        data: Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64'),
      };
    });
  return {
    async load(files) {
      const folder = join(root, String(count++));
      mkdirSync(folder);
      for (const [name, bytes] of files) writeFileSync(join(folder, name), bytes);
      try {
        return (await ask({ load: folder })).names ?? [];
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
    async run(graph, inputs, batch, form = 'plain') {
      return ((await ask({ run: given(graph, inputs, batch), form })).outputs ?? []).map(numbersOf);
    },
    async train(graph, inputs, batch) {
      const { outputs = [], state = {} } = await ask({ run: given(graph, inputs, batch), training: true });
      return {
        outputs: outputs.map(numbersOf),
        state: new Map(Object.entries(state).map(([name, tensor]) => [name, numbersOf(tensor)])),
      };
    },
    async kept(graph, inputs, batch) {
      return (await ask({ kept: given(graph, inputs, batch) })).bytes ?? Number.NaN;
    },
    async save(file) {
      await ask({ save: file });
    },
    close() {
      child.stdin.end();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

function numbersOf({ data }: PlainTensor): Float32Array {
  return new Float32Array(Uint8Array.from(Buffer.from(data, 'base64')).buffer);
}
