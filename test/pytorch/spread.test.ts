import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { graphTensors } from '../../src/5-graph/graph.ts';
import { writeStages } from '../../src/6-emit/pytorch/stages/write-stages.ts';
import { writeTrain } from '../../src/6-emit/pytorch/train-script/write-train.ts';
import { writeModel } from '../../src/6-emit/pytorch/write-model.ts';
import { type Compilation, compile } from '../../src/compile.ts';
import { type PipelinePlan, type PlanOptions, planPipeline } from '../../src/pipeline/plan.ts';
import { stdlib } from '../../src/stdlib.generated.ts';
import { build, model } from '../language/build.ts';
import { findPython } from '../oracle.ts';
import { checkpointAfter, goldenNetwork, meta, startCheckpoint, stepInputs } from '../training/golden.ts';
import {
  channelsFirst,
  checkpoints,
  furthest,
  numbersIn,
  readTensors,
  type Tensors,
  writeFolder,
  writePictures,
  writeTensors,
} from './train-files.ts';

const python = findPython(['torch', 'safetensors', 'PIL']);
const root = mkdtempSync(join(tmpdir(), 'enet-spread-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

type Graph = NonNullable<Compilation['graph']>;

function planned(graph: Graph, options: PlanOptions): PipelinePlan {
  const plan = planPipeline(graph, options);
  if ('problem' in plan) throw new Error(plan.problem);
  return plan;
}

/** Runs the driver in two processes, without torchrun, which takes seconds itself; its answers. */
async function drive(folder: string, requests: readonly object[]): Promise<Record<string, unknown>[]> {
  const given = await Promise.all(requests.map(async (request) => ({ ...request, port: await freePort() })));
  writeFileSync(join(folder, 'request.json'), JSON.stringify(given));
  const [, ended] = start(folder, [join(import.meta.dirname, 'spread-driver.py'), folder], await freePort());
  await ended;
  return JSON.parse(readFileSync(join(folder, 'answers.json'), 'utf8')) as Record<string, unknown>[];
}

/** Starts a script in two processes; what resolves when both have ended well. */
function start(folder: string, argv: readonly string[], port: number): [ChildProcess[], Promise<unknown>] {
  const common = { MASTER_ADDR: '127.0.0.1', MASTER_PORT: String(port), WORLD_SIZE: '2', OMP_NUM_THREADS: '1' };
  const children = ['0', '1'].map((rank) =>
    spawn(python!, argv, { cwd: folder, env: { ...process.env, ...common, RANK: rank, LOCAL_RANK: rank } }),
  );
  const ends = children.map(
    (child) =>
      new Promise<void>((resolve, reject) => {
        let printed = '';
        child.stderr.on('data', (part) => {
          printed += part;
        });
        child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(printed))));
      }),
  );
  return [children, Promise.all(ends)];
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

describe.skipIf(!python)('two gloo processes', () => {
  test('a pipeline has the gradients of one process, and statistics of all images of a step', async () => {
    const network = build(
      model(
        '  input image: [3, 16, 16]\n  a: c: Conv(8, 3, stride: 2) -> n: BatchNorm -> relu\n  b: c: Conv(8, 3) -> n: BatchNorm -> relu -> Add(a) -> GlobalAvgPool\n  l: Linear(2)\n  return l\n  auxiliary 0.3: a -> e: Linear(2)',
      ),
    );
    // a cut through a norm and its convolution, and over it the sum's other part and an auxiliary output
    const pipeline = planned(network.graph, { stages: 2, batch: 12, microBatches: 4, cuts: ['b.n'] });
    const folder = writeFolder(join(root, 'gradients'), network, pipeline);
    const asked = { what: 'gradients', micro_batches: 4, size: 3 };
    const answers = await drive(folder, [
      { ...asked, schedule: 'gpipe', recomputes: false },
      { ...asked, schedule: 'gpipe', recomputes: true },
      { ...asked, schedule: '1f1b', recomputes: true },
      { ...asked, schedule: '1f1b', recomputes: false, micro_batches: 5, size: 2 },
    ]);
    for (const { gradients, statistics, updates } of answers) {
      expect(gradients).toBeLessThan(1e-12);
      expect(statistics).toBeLessThan(1e-12);
      expect(updates).toEqual([1]);
    }
  });

  test('a pipeline needs the memory that the plan states', async () => {
    const options = { variant: 'b0', resolution: 96, set: { classes: '10' } };
    const network = compile({ name: 'b0', text: stdlib['std/efficientnet']! }, options);
    const pipeline = planned(network.graph!, { stages: 2, batch: 16, microBatches: 4, schedule: 'gpipe' });
    const folder = writeFolder(join(root, 'memory'), { ...network, graph: network.graph! }, pipeline);
    const [answer] = await drive(folder, [{ what: 'memory' }]);
    for (const [i, bytes] of (answer as unknown as number[]).entries()) {
      const ratio = bytes / pipeline.stages[i]!.memory.total;
      expect(ratio, `stage ${i + 1}`).toBeGreaterThan(0.85);
      expect(ratio, `stage ${i + 1}`).toBeLessThan(1.15);
    }
  });

  test('pipeline, shards and copies take the steps of the golden', async () => {
    const optimiser = 'rmsprop';
    const run = meta.runs[optimiser];
    const network = goldenNetwork({ optimiser });
    const { graph } = network;
    const folder = join(root, 'golden');
    mkdirSync(folder);
    writeFileSync(join(folder, 'model.py'), writeModel(graph));
    writeFileSync(join(folder, 'train.py'), writeTrain(graph, true));
    const plan = planned(graph, { stages: 2, batch: meta.batch, microBatches: 1, schedule: 'gpipe' });
    writeFileSync(join(folder, 'stages.py'), writeStages(graph, plan));
    const shapes = new Map([...graphTensors(graph)].map(({ tensor: { name, shape } }) => [name, shape]));
    const start = network.valuesOf(startCheckpoint());
    const named = (values: ReadonlyMap<string, Float32Array>): Tensors =>
      new Map([...values].map(([name, data]) => [name, { shape: shapes.get(name)!, data }]));
    writeTensors(join(folder, 'start.safetensors'), named(start));
    for (const step of run.steps.keys()) {
      const { image, targets, sample_weights, noise } = stepInputs(network, run, step);
      const given = { image: channelsFirst(image!), targets: targets!, sample_weights: sample_weights!, noise: noise! };
      writeTensors(join(folder, `step-${step}.safetensors`), new Map(Object.entries(given)));
    }
    const { rate, decay, weight_decay, ...others } = run.settings;
    const settings = { optimiser, weight_decay, ...others, ...(decay && { rms_decay: decay }) };
    const features = shapes.get('classifier.weight')![1];
    const asked = { what: 'golden', steps: run.steps.length, rate, features };
    const kinds = ['pipeline', 'ddp', 'fsdp'];
    await drive(
      folder,
      kinds.map((parallel) => ({
        ...asked,
        settings: { ...settings, parallel, batch: meta.batch, sync_batch_norm: parallel !== 'pipeline' },
      })),
    );
    for (const kind of kinds) {
      let averages = start;
      for (const step of run.steps.keys()) {
        const after = network.valuesOf(checkpointAfter(optimiser, step));
        // the average of the first update keeps 2 / 11 of itself
        averages = new Map(
          [...after].map(([name, to]) => [name, to.map((v, i) => (2 * averages.get(name)![i]! + 9 * v) / 11)]),
        );
        const all = [...(await readTensors(join(folder, `${kind}-${step}.safetensors`)))];
        const found = new Map(all.filter(([name]) => !name.includes('/')));
        const kept = all.filter(([name]) => name.endsWith('/ema')).map(([name, v]) => [name.slice(0, -4), v] as const);
        expect(furthest(found, after), `${kind} ${step}`).toBeLessThan(1e-5);
        expect(furthest(new Map(kept), averages), `${kind} ${step}`).toBeLessThan(1e-5);
      }
    }
  });
});

describe.skipIf(!python)('runs over two gloo processes', () => {
  const network = build(
    model(
      '  input image: [3, 16, 16]\n  a: c: Conv(4, 3, stride: 2) -> n: BatchNorm -> relu\n  b: c: Conv(4, 3) -> n: BatchNorm -> Dropout(0.2) -> Add(a) -> GlobalAvgPool\n  l: Linear(2)',
    ),
  );
  const common =
    '--epochs 2 --workers 0 --warmup 0 --rate 0.5 --ema 0.8 --seed 4 --save-every 1 --freeze a.c --class-weights 1,2 --head-rate 2'.split(
      ' ',
    );
  const options = {
    pipeline: [...common, '--parallel', 'pipeline', '--batch', '3', '--accumulate', '4'],
    fsdp: [...common, '--parallel', 'fsdp', '--batch', '3', '--accumulate', '2'],
  };

  test('go on from a checkpoint, or where they were killed, to the same numbers', async () => {
    const pipeline = planned(network.graph, { stages: 2, batch: 12, microBatches: 4, cuts: ['b.n'], recompute: 'all' });
    const folder = writeFolder(join(root, 'runs'), network, pipeline);
    const pictures = await writePictures(join(root, 'pictures'), { train: 17, val: 5 }, [20, 18]);
    const at = (name: string) => join(root, name);
    const [killed, ended] = start(
      folder,
      ['train.py', pictures, ...options.pipeline, '--out', at('killed')],
      await freePort(),
    );
    while (!checkpoints(at('killed')).some((name) => name >= 'step-000000002')) {
      expect(killed.map(({ exitCode }) => exitCode)).toEqual([null, null]);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    for (const child of killed) child.kill('SIGKILL');
    await ended.catch(() => undefined);
    expect(checkpoints(at('killed')).at(-1)! < 'step-000000006').toBe(true);

    const begun = (kind: keyof typeof options) => ({
      what: 'run',
      argv: [pictures, ...options[kind], '--out', at(kind)],
    });
    expect(await drive(folder, [begun('pipeline'), begun('fsdp')])).toEqual([0, 0]);
    const whole = (file: string) => numbersIn(join(root, file));
    const last = 'checkpoints/step-000000006.safetensors';
    const expected = new Map(
      [`pipeline/${last}`, `fsdp/${last}`, 'pipeline/last.safetensors', 'fsdp/last.safetensors'].map((file) => [
        file,
        whole(file),
      ]),
    );
    for (const kind of ['pipeline', 'fsdp']) rmSync(join(root, kind, last));
    const resumed = (kind: string) => ({ what: 'run', argv: ['--resume', at(kind), '--workers', '0'] });
    expect(await drive(folder, ['pipeline', 'fsdp', 'killed'].map(resumed))).toEqual([0, 0, 0]);
    for (const [file, numbers] of expected) expect(whole(file).equals(numbers), file).toBe(true);
    expect(whole(`killed/${last}`).equals(expected.get(`pipeline/${last}`)!)).toBe(true);
    expect(whole('killed/last.safetensors').equals(expected.get('pipeline/last.safetensors')!)).toBe(true);
    // one file with all tensors, whichever process had them
    const names = async (file: string) => [...(await readTensors(join(root, file))).keys()].sort();
    expect(await names(`pipeline/${last}`)).toEqual(await names(`fsdp/${last}`));
    expect(await names('pipeline/last.safetensors')).toEqual(
      [...graphTensors(network.graph)].map(({ tensor }) => tensor.name).sort(),
    );
  });
});
