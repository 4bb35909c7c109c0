import { readFileSync } from 'node:fs';
import { elements } from '../../src/5-graph/graph.ts';
import { buildTrainingProgram } from '../../src/5-graph/training/build-training-program.ts';
import type { HostTensor } from '../../src/backends/runner.ts';
import type { CompileOptions } from '../../src/compile.ts';
import { compileSpec, isWhole } from '../../src/compile-spec.ts';
import { followWeights } from '../../src/follow-weights.ts';
import { emptyHost } from '../../src/host.ts';
import { libraryModels } from '../../src/library.ts';
import { librarySpec, type Spec } from '../../src/node/open-spec.ts';
import type { Checkpoint } from '../../src/weights/checkpoint.ts';
import { chooseWeights } from '../../src/weights/choose-weights.ts';
import { requiredTensors } from '../../src/weights/required-tensors.ts';
import { portable, type Recipe } from '../portable-weights.ts';
import { channelsLast, distributions, forFunction, startValues } from './golden.ts';
import type { Step, StepTaken } from './step-in-double.ts';

/** What test/reference/training/deep.py says of its golden. */
interface Golden {
  readonly seed: number;
  readonly classes: number;
  readonly rate: number;
  readonly networks: Readonly<Record<string, Reference>>;
}

interface Reference {
  /** Whose names its tensors have: a column of the weight map, or `own` for the library's. */
  readonly source: string;
  readonly image: readonly number[];
  /** Auxiliary outputs count. */
  readonly loss: number;
  readonly norm: number;
  /** Of each tensor: how far the step moves it, and that in the tensor's direction. */
  readonly tensors: readonly (readonly [name: string, shape: readonly number[], length: number, along: number])[];
}

const golden = JSON.parse(readFileSync(new URL('../reference/training/deep.json', import.meta.url), 'utf8')) as Golden;
const { seed, classes, rate } = golden;

const plain = { dropout: '0' };

/** The library's member that the reference's is. Epsilon, padding and momentum follow the column of its weight map. */
const members: Readonly<Record<string, CompileOptions>> = {
  'efficientnet-lite': { convention: 'torch', w: 0.25, set: { ...plain, drop_path: '0' } },
  'mobilenet-v2': { w: 0.25, set: plain },
  mnasnet: { variant: 'a1', w: 0.25, d: 0.2, set: plain },
  senet: { variant: 'legacy_seresnext50_32x4d', set: { layers: '[1, 1, 1, 1]' } },
  googlenet: { set: plain },
  'inception-v3': { set: plain },
  nasnet: { variant: 'large', set: { ...plain, filters: '16', stem_width: '8' } },
  amoebanet: { variant: 'd', set: { ...plain, filters: '16', cells: '1', stem_width: '8' } },
};

/** Networks without class scores of their own, or with large ones: a dense layer scores all of some maps of theirs. */
const scored: Readonly<
  Record<string, { readonly step: string; readonly maps: string; readonly set?: CompileOptions['set'] }>
> = {
  alexnet: { step: 'AlexNet(variant: one_weird_trick)', maps: '[net.conv5]' },
  vgg: { step: 'VGG(variant: vgg11_bn)', maps: '[net.stages]' },
  ssd: { step: 'SSD(classes: 3)', maps: 'net', set: narrowVgg([8, 16, 32]) },
  ssdlite: { step: 'SSDLite(classes: 3, variant: mobilenet_v3_large)', maps: 'net' },
  'deeplab-v3': { step: 'DeepLabV3(classes: 3, variant: mobilenet_v3_large)', maps: 'net' },
  'lr-aspp': { step: 'LRASPP(classes: 3)', maps: 'net' },
  efficientdet: { step: 'EfficientDet(classes: 3, variant: d0)', maps: 'net' },
};

function narrowVgg(channels: readonly number[]): CompileOptions['set'] {
  const cells = channels.flatMap((n, i) => [
    [`net.stages.conv${i + 1}.repeat`, '1'],
    [`net.stages.conv${i + 1}.channels`, `${n}`],
  ]);
  return { ...Object.fromEntries(cells), 'net.stages.conv4.repeat': '1' };
}

/** A member of the library, or a network around it, and how to build it. */
function specOf(name: string, { source, image: [, , height = 0, width = 0] }: Reference) {
  const wrapped = scored[name];
  const point = { resolution: [height, width] } as const;
  if (!wrapped) {
    const { set, ...member } = members[name] as CompileOptions;
    const request: CompileOptions = { ...member, ...point, set: { ...set, classes: String(classes) } };
    return { spec: librarySpec(name) as Spec, request };
  }
  const { module, model } = libraryModels.find((known) => known.name === name) as (typeof libraryModels)[number];
  const text = `import { ${model} } from "${module}"

model Scored {
  input image: [3, 64, 64]
  net: ${wrapped.step}
  scores: Concat([x -> Flatten for x in ${wrapped.maps}])
  classifier: Linear(${classes})
}

weights Scored {
  | path | ${source} |
  | net  | net |
}
`;
  const spec: Spec = { source: { name: 'scored.enet', text }, valid: true, host: emptyHost };
  return { spec, request: { ...wrapped, ...point } };
}

/** The networks of the golden that give class scores by themselves, and the others. */
export const classifiers = Object.keys(members);
export const scoredNetworks = Object.keys(scored);
export const goldenNames = Object.keys(golden.networks);

/** The step that the golden has of a network, and how to compare what it gives. */
export function goldenStep(name: string): { readonly step: Step; worst(taken: StepTaken): Worst } {
  const reference = golden.networks[name] as Reference;
  const { spec, request } = specOf(name, reference);
  const compiled = compileSpec(spec, request);
  if (!isWhole(compiled)) throw new Error(compiled.diagnostics.map((d) => d.message).join('\n'));
  const shapes = new Map(reference.tensors.map(([tensor, shape]) => [tensor, shape]));
  const norms = new Set([...shapes.keys()].flatMap((key) => (key.endsWith('.running_var') ? [key.slice(0, -12)] : [])));
  const numbers = (key: string, shape: readonly number[], recipe: Recipe) =>
    portable(seed, `${name}/${key}`, elements(shape), recipe);
  const checkpointOf = (read: (tensor: string, shape: readonly number[]) => Float32Array): Checkpoint => ({
    name,
    tensors: new Map([...shapes].map(([tensor, shape]) => [tensor, { name: tensor, shape, dtype: 'F32' }])),
    metadata: new Map(),
    read: (tensor) => read(tensor, shapes.get(tensor) as readonly number[]),
  });
  const start = checkpointOf((tensor, shape) => numbers(tensor, shape, recipeOf(tensor, shape, norms)));
  const { program, graph } = followWeights(spec, compiled, request, start, undefined).network;
  const { training, diagnostics: said } = buildTrainingProgram(graph, { optimiser: 'sgd' });
  if (!training) throw new Error(said.map((d) => d.message).join('\n'));
  // directions are read as weights are, though variances may be negative in them
  const valuesOf = (checkpoint: Checkpoint) => {
    const { source, diagnostics } = chooseWeights(program, graph, {
      checkpoint,
      allowUnsound: true,
      ...(request.convention && { convention: request.convention }),
    });
    if (!source) throw new Error(diagnostics.map((d) => d.message).join('\n'));
    return new Map([...requiredTensors(graph)].map(({ tensor }) => [tensor.name, source.read(tensor).slice()]));
  };
  const before = valuesOf(start);
  const directions = valuesOf(
    checkpointOf((tensor, shape) => numbers(`${tensor}/direction`, shape, ['uniform', -1, 1])),
  );
  const [batch = 0] = reference.image;
  const image = { shape: reference.image, data: numbers('image', reference.image, ['normal', 1]) };
  const inputs: Record<string, HostTensor> = {
    image: channelsLast(image),
    targets: distributions(numbers('targets', [batch, classes], ['uniform', 0, 1]), [batch, classes]),
    sample_weights: { shape: [batch], data: new Float32Array(batch).fill(1) },
    // above every rate: all is kept
    noise: { shape: [batch, training.noise], data: new Float32Array(batch * training.noise).fill(1) },
    rate: scalar(rate),
    momentum: scalar(0),
    weight_decay: scalar(0),
    ema_share: scalar(0.9),
  };
  const step: Step = {
    program: training.program,
    variables: startValues(training, before),
    directions,
    inputs: forFunction(training, 'train', inputs),
  };

  return {
    step,
    worst({ outputs, changes }) {
      const off = (got: number, expected: number, scale = Math.abs(expected)) => Math.abs(got - expected) / scale;
      const largest = Math.max(...reference.tensors.map(([, , length]) => length));
      // what of ours is filled from a tensor of the reference's is what gets that tensor's direction
      const ownNames = new Map([...directions].map(([own, values]) => [keyOf(values), own]));
      const worst = {
        off: Math.max(off(outputs.loss!, reference.loss), off(outputs.norm!, reference.norm)),
        at: 'loss',
      };
      for (const [theirs, shape, length, along] of reference.tensors) {
        const own = ownNames.get(keyOf(numbers(`${theirs}/direction`, shape, ['uniform', -1, 1]))) as string;
        const got = changes[own] as readonly [number, number];
        const least = Math.max(length, largest * 1e-6);
        const here = Math.max(off(got[0], length, least), off(got[1], along, least));
        if (!(here <= worst.off)) Object.assign(worst, { off: here, at: `${theirs}: ${got} for ${length}, ${along}` });
      }
      return worst;
    },
  };
}

/** What is furthest from the reference, relative to its length. */
export interface Worst {
  readonly off: number;
  readonly at: string;
}

/** How a tensor begins: the rule of test/reference/training/step.py. */
function recipeOf(name: string, shape: readonly number[], norms: ReadonlySet<string>): Recipe {
  const [, module = '', member = ''] = /^(.*)\.(.*)$/.exec(name) ?? [];
  if (norms.has(module)) return /^(running_var|weight)$/.test(member) ? ['uniform', 0.5, 1.5] : ['normal', 0.1];
  if (name.endsWith('bias')) return ['normal', 0.1];
  const [first = 1] = shape;
  return ['normal', Number(Math.sqrt(2 / Math.floor(elements(shape) / first)).toPrecision(6))];
}

/** What tells a direction from all others. */
function keyOf(values: Float32Array): string {
  return `${values.length} ${values.subarray(0, 4).join(' ')}`;
}

function scalar(value: number): HostTensor {
  return { shape: [], data: Float32Array.of(value) };
}
