import { readFileSync } from 'node:fs';
import { elements } from '../../src/5-graph/graph.ts';
import { buildTrainingProgram } from '../../src/5-graph/training/build-training-program.ts';
import type { TrainingOptions, TrainingProgram } from '../../src/5-graph/training/options.ts';
import type { HostTensor } from '../../src/backends/runner.ts';
import type { Checkpoint } from '../../src/weights/checkpoint.ts';
import { chooseWeights } from '../../src/weights/choose-weights.ts';
import { requiredTensors } from '../../src/weights/required-tensors.ts';
import { compileLibrary } from '../library-points.ts';
import { type Golden, goldenCheckpoint, portable, type Recipe } from '../portable-weights.ts';

/** What test/reference/training/make.py says of its goldens. */
interface Meta {
  readonly seed: number;
  readonly batch: number;
  readonly size: number;
  readonly classes: number;
  readonly width: number;
  readonly depth: number;
  readonly noise: number;
  readonly runs: Readonly<Record<'rmsprop' | 'sgd' | 'adamw', Run>>;
  readonly tensors: Golden['tensors'];
}

interface Run {
  readonly settings: Readonly<Record<string, number>>;
  readonly steps: readonly { readonly loss: number; readonly norm: number; readonly logits: readonly number[] }[];
}

const folder = new URL('../reference/training/', import.meta.url);
export const meta = JSON.parse(readFileSync(new URL('meta.json', folder), 'utf8')) as Meta;

/** A small EfficientNet and its training, as the golden's. */
export function goldenNetwork(options: Partial<TrainingOptions> & Pick<TrainingOptions, 'optimiser'>) {
  const { width: w, depth: d, size: resolution, classes } = meta;
  const set = { classes: String(classes) };
  const compiled = compileLibrary('efficientnet', { w, d, resolution, set, convention: 'torch' });
  const { graph, model, program } = compiled;
  if (!graph || !model) throw new Error('it does not compile');
  const { training, diagnostics } = buildTrainingProgram(graph, { nesterov: options.optimiser === 'sgd', ...options });
  if (!training) throw new Error(diagnostics.map((d) => d.message).join());
  const valuesOf = (checkpoint: Checkpoint): Map<string, Float32Array> => {
    const { source, diagnostics } = chooseWeights(program, graph, { checkpoint, map: 'timm' });
    if (!source) throw new Error(diagnostics.map((d) => d.message).join());
    return new Map([...requiredTensors(graph)].map(({ tensor }) => [tensor.name, source.read(tensor).slice()]));
  };
  return { graph, training, valuesOf };
}

/** The weights before the first step, under the reference's names. */
export function startCheckpoint(): Checkpoint {
  return goldenCheckpoint({ ...meta, name: 'start' } as unknown as Golden);
}

/** The reference's weights and statistics after a step. */
export function checkpointAfter(run: keyof Meta['runs'], step: number): Checkpoint {
  const bytes = readFileSync(new URL(`${run}.bin`, folder));
  const all = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  const start = startCheckpoint();
  const parts = new Map<string, Float32Array>();
  let at = step * (all.length / meta.runs[run].steps.length);
  for (const [name, shape] of meta.tensors) {
    parts.set(name, all.subarray(at, at + elements(shape)));
    at += elements(shape);
  }
  return { ...start, read: (name) => parts.get(name) as Float32Array };
}

/** What is fed to a step: images channels last. */
export function stepInputs({ training }: { training: TrainingProgram }, run: Run, step: number) {
  const { batch, size, classes } = meta;
  const made = (name: string, shape: readonly number[], recipe: Recipe): HostTensor => ({
    shape,
    data: portable(meta.seed, `${name} ${step}`, elements(shape), recipe),
  });
  const image = made('image', [batch, 3, size, size], ['normal', 1]);
  const raw = made('targets', [batch, classes], ['uniform', 0, 1]).data;
  const inputs: Record<string, HostTensor> = {
    image: channelsLast(image),
    targets: distributions(raw, [batch, classes]),
    sample_weights: made('sample_weights', [batch], ['uniform', 0.5, 1.5]),
    noise: made('noise', [batch, training.noise], ['uniform', 0, 1]),
    ema_share: scalar(0.9),
    share: scalar(1),
    correction1: scalar(1 - (run.settings.beta1 ?? 0) ** (step + 1)),
    correction2: scalar(1 - (run.settings.beta2 ?? 0) ** (step + 1)),
  };
  for (const [name, value] of Object.entries(run.settings)) inputs[name] = scalar(value);
  return inputs;
}

/** Only what a function takes. */
export function forFunction(training: TrainingProgram, name: string, inputs: Readonly<Record<string, HostTensor>>) {
  const fn = training.program.functions.find((f) => f.name === name);
  return Object.fromEntries((fn?.inputs ?? []).map((i) => [i.name, inputs[i.name] as HostTensor]));
}

/** What every variable starts at, given the network's own tensors. */
export function startValues({ program }: TrainingProgram, own: ReadonlyMap<string, Float32Array>) {
  return new Map(
    program.variables.map(({ name, shape, start }) => {
      if (start === 'weights') return [name, own.get(name) as Float32Array] as const;
      if ('copyOf' in start) return [name, (own.get(start.copyOf) as Float32Array).slice()] as const;
      return [name, new Float32Array(elements(shape)).fill(start.constant)] as const;
    }),
  );
}

function scalar(value: number): HostTensor {
  return { shape: [], data: Float32Array.of(value) };
}

/** Images with their channels last, as programs take them. */
export function channelsLast({ shape, data }: HostTensor): HostTensor {
  const [n = 0, c = 0, h = 0, w = 0] = shape;
  const out = new Float32Array(data.length);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < c; j++)
      for (let k = 0; k < h * w; k++) out[(i * h * w + k) * c + j] = data[(i * c + j) * h * w + k] as number;
  return { shape: [n, h, w, c], data: out };
}

/** Rows of numbers over their sums. */
export function distributions(raw: Float32Array, [rows, classes]: readonly [number, number]): HostTensor {
  const sums = Array.from({ length: rows }, (_, n) =>
    raw.subarray(n * classes, (n + 1) * classes).reduce((a, b) => a + b, 0),
  );
  return { shape: [rows, classes], data: raw.map((v, i) => v / (sums[Math.floor(i / classes)] as number)) };
}
