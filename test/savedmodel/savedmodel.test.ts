import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { type Graph, shapeOf } from '../../src/5-graph/graph.ts';
import { emit } from '../../src/6-emit/emit.ts';
import { onnxTarget } from '../../src/6-emit/onnx/target.ts';
import { savedModelTarget } from '../../src/6-emit/savedmodel/target.ts';
import { turned } from '../../src/backends/parity/values.ts';
import { randomWeights } from '../../src/weights/random-weights.ts';
import { differenceOf } from '../forms/run-forms.ts';
import { compileLibrary } from '../library-points.ts';
import { memoryFiles } from '../memory-sink.ts';
import { inputsOf, lively, runOrt } from '../onnx/emit.ts';
import { opCases } from '../onnx/op-cases.ts';
import { runReference } from '../onnx/reference.ts';
import { findPython } from '../oracle.ts';
import { type Files, folderInMemory, writeFolder } from '../tfjs/models.ts';

const python = findPython(['tensorflow']);
const folder = mkdtempSync(join(tmpdir(), 'enet-savedmodel-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Job {
  readonly name: string;
  readonly graph: Graph;
  readonly files: Files;
  readonly inputs: Readonly<Record<string, Float32Array>>;
  readonly batch: number;
  /** Whether TensorFlow's converter to TensorFlow Lite is asked as well. */
  readonly convert: boolean;
  readonly expected: readonly ArrayLike<number>[];
}

/** The largest differences of what TensorFlow gives, and of what its converter's file gives; or what went wrong. */
function run(jobs: readonly Job[]): Map<string, { error?: string; difference: number; converted?: number }> {
  const list = jobs.map(({ name, graph, files, inputs, batch, convert }, i) => {
    const place = join(folder, `${i}-${jobs.length}`);
    mkdirSync(place);
    for (const [file, bytes] of files) writeFileSync(join(place, file), bytes);
    const given = graph.inputs.map((id) => {
      const { op, shapes } = graph.nodes[id]!;
      const input = op.kind === 'input' ? op.name : '';
      const [channels = 1, ...space] = shapes[0]!;
      const file = `${place}.${input}.f32`;
      const last = turned(inputs[input]!, batch, shapes[0]!, 'toLast');
      writeFileSync(file, new Uint8Array(last.buffer, last.byteOffset, last.byteLength));
      return [input, { shape: [batch, ...space, channels], file }] as const;
    });
    return { name, folder: place, inputs: Object.fromEntries(given), convert };
  });
  const path = join(folder, `jobs-${jobs.length}.json`);
  writeFileSync(path, JSON.stringify(list));
  const { stdout, stderr } = spawnSync(python as string, [join(import.meta.dirname, 'run.py'), path], {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  const lines = stdout.split('\n').filter((line) => line !== '');
  if (lines.length < jobs.length) throw new Error(stderr.slice(-2000));
  return new Map(
    lines.map((line, i) => {
      const { name, error, outputs, converted } = JSON.parse(line);
      const { graph, expected } = jobs[i] as Job;
      const differenceFrom = (found: Record<string, string>) =>
        differenceOf(
          graph.outputs.map(({ name: output, value }, k) => {
            const bytes = Uint8Array.from(readFileSync(found[output] as string));
            const values = new Float32Array(bytes.buffer);
            const shape = shapeOf(graph, value);
            const size = shape.reduce((a, b) => a * b, 1);
            // loops in double precision take the first sample alone
            return turned(values, values.length / size, shape, 'toFirst').subarray(0, expected[k]!.length);
          }),
          expected,
        );
      if (error !== undefined) return [name, { error, difference: Number.NaN }];
      return [
        name,
        { difference: differenceFrom(outputs), ...(converted && { converted: differenceFrom(converted) }) },
      ];
    }),
  );
}

test.skipIf(!python)('TensorFlow loads and runs each form of each op', () => {
  const jobs = Object.entries(opCases).flatMap(([name, make]): Job[] => {
    const graph = make();
    if (savedModelTarget.check(graph, {}).length > 0) return [];
    const inputs = inputsOf(graph, 2);
    const expected = runReference(graph, lively(), inputsOf(graph));
    return [
      {
        name,
        graph,
        files: writeFolder(savedModelTarget, graph, lively()).files,
        inputs,
        batch: 2,
        convert: false,
        expected,
      },
    ];
  });
  expect(jobs.length).toBeGreaterThan(60);
  const wrong = [...run(jobs)].filter(([, { error, difference }]) => error !== undefined || !(difference < 1e-5));
  expect(wrong).toEqual([]);
});

test.skipIf(!python)("networks give ONNX Runtime's outputs, also converted by TensorFlow", async () => {
  const points = [
    ['efficientnet-lite', { variant: 'lite0', resolution: 64 }],
    ['mobilenet-v3', { variant: 'small', resolution: 65, convention: 'torch' }],
    ['shufflenet-v2', { variant: 'x0_5', resolution: 64 }],
  ] as const;
  const jobs: Job[] = [];
  for (const [library, options] of points) {
    const network = compileLibrary(library, options);
    const graph = network.graph as Graph;
    const checkpoint = randomWeights(graph, 1);
    const onnx = memoryFiles();
    emit(network, onnxTarget, {}, onnx.open, { checkpoint });
    const saved = folderInMemory();
    expect(emit(network, savedModelTarget, {}, saved.open, { checkpoint }).diagnostics).toEqual([]);
    const inputs = inputsOf(graph, 2);
    const expected = await runOrt(onnx.bytes(), graph, inputs, 2);
    jobs.push({ name: library, graph, files: saved.files(), inputs, batch: 2, convert: true, expected });
  }
  for (const [name, { error, difference, converted }] of run(jobs)) {
    expect({ name, error }).toEqual({ name });
    expect(difference, name).toBeLessThan(1e-4);
    expect(converted, name).toBeLessThan(1e-4);
  }
});

test('what is larger than a message can be is refused before anything is written', () => {
  const { graph } = compileLibrary('efficientnet', { variant: 'b0' });
  const [node] = graph!.nodes.filter(({ tensors }) => tensors.length > 0);
  const huge = { ...node!.tensors[0]!, shape: [1 << 15, 1 << 14, 1, 1] };
  const nodes = graph!.nodes.map((n) => (n === node ? { ...n, tensors: [huge] } : n));
  expect(savedModelTarget.check(graph!, {})).toEqual([]);
  const codes = savedModelTarget.check({ ...graph!, nodes }, {}).map(({ code }) => code);
  expect(codes).toEqual(['savedmodel-size']);
});
