import { readFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { elements } from '../../src/5-graph/graph.ts';
import { buildTrainingProgram } from '../../src/5-graph/training/build-training-program.ts';
import type { HostTensor } from '../../src/backends/runner.ts';
import type { CompileOptions } from '../../src/compile.ts';
import type { Checkpoint } from '../../src/weights/checkpoint.ts';
import { chooseWeights } from '../../src/weights/choose-weights.ts';
import { requiredTensors } from '../../src/weights/required-tensors.ts';
import { compileLibrary } from '../library-points.ts';
import { findPython } from '../oracle.ts';
import { portable, type Recipe } from '../portable-weights.ts';
import { channelsLast, distributions, forFunction, startValues } from './golden.ts';
import { startDoubleSteps } from './step-in-double.ts';

/** What test/reference/training/families.py says of its golden. */
interface Golden {
  readonly seed: number;
  readonly batch: number;
  readonly size: number;
  readonly classes: number;
  readonly rate: number;
  readonly families: Readonly<Record<string, Family>>;
}

interface Family {
  readonly source: 'timm' | 'torchvision';
  readonly loss: number;
  readonly norm: number;
  readonly tensors: readonly (readonly [name: string, shape: readonly number[], recipe: Recipe])[];
  /** Of each tensor: how far the step moves it, and that in the tensor's direction. */
  readonly changes: readonly (readonly [length: number, along: number])[];
}

const golden = JSON.parse(
  readFileSync(new URL('../reference/training/families.json', import.meta.url), 'utf8'),
) as Golden;
const { seed, batch, size, classes, rate } = golden;

/** Their golden has a large epsilon; with their own these networks take a step in golden-deep.test.ts. */
const smooth: CompileOptions = { conventionSettings: { epsilon: 0.1 } };

/** The library's member that the reference's is. */
const members: Readonly<Record<string, CompileOptions>> = {
  'mobilenet-v1': { w: 0.25, set: { dropout: '0' } },
  'mobilenet-v3': { variant: 'small', w: 0.25, set: { dropout: '0' } },
  'efficientnet-v2': { variant: 'b0', w: 0.25, d: 0.2, set: { dropout: '0', drop_path: '0' } },
  tinynet: { variant: 'e', w: 0.25, d: 0.2, set: { dropout: '0', drop_path: '0' } },
  resnet: { set: { unit: 'BasicBlock', layers: '[1, 1, 1, 1]' } },
  squeezenet: { variant: '1_1', set: { dropout: '0' } },
  repvgg: { set: { layers: '[1, 2, 2, 1]', widths: '[8, 8, 16, 32, 64]' } },
  'efficientnet-lite': { ...smooth, w: 0.25, d: 0.2, set: { dropout: '0', drop_path: '0' } },
  'mobilenet-v2': { ...smooth, w: 0.25, d: 0.2, set: { dropout: '0' } },
  mnasnet: { ...smooth, variant: 'a1', w: 0.25, d: 0.2, set: { dropout: '0' } },
  'shufflenet-v2': {
    set: { widths: '[16, 32, 64, 64]', ...cells(['stage2', 'stage3', 'stage4'], { repeat: 2 }) },
  },
  mobileone: { set: { widths: '[8, 8, 16, 32, 64]', branches: '2', ...cells([0, 1, 2, 3, 4], { repeat: 1 }) } },
};

/** Cells of stages, set to the same values. */
function cells(stages: readonly (string | number)[], values: Readonly<Record<string, number>>): Record<string, string> {
  const set = stages.flatMap((stage) =>
    Object.entries(values).map(([column, v]) => [`stages.${stage}.${column}`, `${v}`]),
  );
  return Object.fromEntries(set);
}

const python = findPython(['tensorflow']);
const steps = python === undefined ? undefined : startDoubleSteps(python);
afterAll(() => steps?.close());

test('every family of the golden is tested', () => {
  expect(Object.keys(members)).toEqual(Object.keys(golden.families));
});

/**
 * One step of SGD of the training SavedModel against PyTorch's, both in double precision, norms by their batch: the loss, the
 * gradient's length, and how far the step moves each weight and each running statistic. In single precision, processors' kernels
 * differ by more than the tolerance: channels that are almost constant amplify how norms are rounded.
 */
test.skipIf(!steps).each(Object.entries(golden.families))('one step of %s', async (name, family) => {
  const { set, ...options } = members[name] as CompileOptions;
  const given = { resolution: size, set: { ...set, classes: String(classes) }, convention: 'torch' as const };
  const { graph, program } = compileLibrary(name, { ...options, ...given });
  if (!graph) throw new Error(`${name} does not compile`);
  const { training } = buildTrainingProgram(graph, { optimiser: 'sgd' });
  if (!training) throw new Error(`${name} does not train`);
  // directions are read as weights are, though variances may be negative in them
  const valuesOf = (read: Checkpoint['read']) => {
    const tensors = family.tensors.map(([tensor, shape]) => [tensor, { name: tensor, shape, dtype: 'F32' }] as const);
    const checkpoint: Checkpoint = { name, tensors: new Map(tensors), metadata: new Map(), read };
    const { source, diagnostics } = chooseWeights(program, graph, {
      checkpoint,
      map: family.source,
      allowUnsound: true,
    });
    if (!source) throw new Error(diagnostics.map((d) => d.message).join('\n'));
    return new Map([...requiredTensors(graph)].map(({ tensor }) => [tensor.name, source.read(tensor).slice()]));
  };
  const numbers = (key: string, shape: readonly number[], recipe: Recipe) =>
    portable(seed, `${name}/${key}`, elements(shape), recipe);
  const recipes = new Map(family.tensors.map(([tensor, shape, recipe]) => [tensor, { shape, recipe }]));
  const made = (tensor: string) => recipes.get(tensor) as { shape: readonly number[]; recipe: Recipe };
  const before = valuesOf((tensor) => numbers(tensor, made(tensor).shape, made(tensor).recipe));
  const directions = valuesOf((tensor) => numbers(`${tensor}/direction`, made(tensor).shape, ['uniform', -1, 1]));

  const image: HostTensor = {
    shape: [batch, 3, size, size],
    data: numbers('image', [batch, 3, size, size], ['normal', 1]),
  };
  const scalar = (value: number): HostTensor => ({ shape: [], data: Float32Array.of(value) });
  const inputs: Record<string, HostTensor> = {
    image: channelsLast(image),
    targets: distributions(numbers('targets', [batch, classes], ['uniform', 0, 1]), [batch, classes]),
    sample_weights: { shape: [batch], data: new Float32Array(batch).fill(1) },
    noise: { shape: [batch, training.noise], data: new Float32Array(batch * training.noise) },
    rate: scalar(rate),
    momentum: scalar(0),
    weight_decay: scalar(0),
    ema_share: scalar(0.9),
  };
  const { outputs, changes } = await (steps as NonNullable<typeof steps>).take({
    program: training.program,
    variables: startValues(training, before),
    directions,
    inputs: forFunction(training, 'train', inputs),
  });

  expect((outputs.loss as number) / family.loss).toBeCloseTo(1, 6);
  expect((outputs.norm as number) / family.norm).toBeCloseTo(1, 6);
  const largest = Math.max(...family.changes.map(([length]) => length));
  // what of ours is filled from a tensor of the reference's is what gets that tensor's direction
  const ownNames = new Map([...directions].map(([own, values]) => [keyOf(values), own]));
  for (const [i, [theirs, shape]] of family.tensors.entries()) {
    const [length, along] = family.changes[i] as readonly [number, number];
    const own = ownNames.get(keyOf(numbers(`${theirs}/direction`, shape, ['uniform', -1, 1]))) as string;
    const got = changes[own] as readonly [number, number];
    const least = Math.max(length, largest * 1e-6);
    const off = Math.max(Math.abs(got[0] - length), Math.abs(got[1] - along)) / least;
    expect(off, `${theirs}: ${JSON.stringify(got)} for ${length}, ${along}`).toBeLessThan(1e-5);
  }
});

/** What tells a direction from all others. */
function keyOf(values: Float32Array): string {
  return `${values.length} ${values.subarray(0, 4).join(' ')}`;
}
