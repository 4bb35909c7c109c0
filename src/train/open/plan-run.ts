import { basename, resolve } from 'node:path';
import { copySpec, type SpecCopy } from '../../2-resolve/spec-copy.ts';
import type { Network } from '../../compile-spec.ts';
import { option, type Words, words } from '../../diagnostics/words.ts';
import { classTensors } from '../../fit-weights.ts';
import { openSpecByName, type Spec } from '../../node/open-spec.ts';
import { version } from '../../version.ts';
import { recipeFor } from '../augment/recipe.ts';
import { digestOf } from '../data/digest.ts';
import { openDataset } from '../data/open-dataset.ts';
import type { Dataset } from '../data/types.ts';
import type { Report } from '../events.ts';
import type { NetworkRequest, RunConfig } from '../run/run-config.ts';
import { networkRequest } from '../run/run-network.ts';
import { RunError, SettingError } from '../run-error.ts';
import { checkedSettings, type ResolvedSettings, type Settings } from '../settings.ts';
import { stagesOf } from '../torch/stages-of.ts';
import { requireTorch, type TorchPlace, torchDevice } from '../torch/torch-place.ts';
import { type EngineOptions, requireTorchSettings, runEngine } from '../torch/torch-settings.ts';
import { requireTorchForm } from '../torch/write-program.ts';
import { checkClasses, hasClasses, imageOf } from './classified-network.ts';
import { type Close, closeAll } from './close-all.ts';
import { type CommonOptions, placeOf, requireOptions } from './common-options.ts';
import { compileNetwork, otherSizes, tellOnce, trainedNetwork } from './compile-network.ts';
import { validationSplit } from './loader-options.ts';
import { closeLoaders, openLoaders, type RunLoaders } from './open-loaders.ts';
import {
  followStartWeights,
  type OpenedWeights,
  openStartWeights,
  startWeights,
  type WeightsOptions,
} from './start-weights.ts';

/** What a run trains, on which data and how. Paths are relative to `cwd`. */
export interface RunOptions extends CommonOptions {
  /** The path of a `.enet` file, or a model of the library by its name: `efficientnet`. */
  readonly spec: string | Spec;
  /** Which network of the spec's family. */
  readonly network?: NetworkRequest;
  /** Labelled images: see docs/data.md. */
  readonly data: string;
  /** Sets the spec's parameter `classes`; the data's number by default. */
  readonly classes?: number | undefined;
  readonly settings?: Partial<Settings>;
  readonly weights?: string | WeightsOptions;
  /** The training engine, where it is not one of the backends. */
  readonly engine?: EngineOptions | undefined;
}

/** A run that can be started; nothing of it is written yet. */
export interface RunPlan {
  readonly config: RunConfig;
  readonly copy: SpecCopy;
  /** What the run's folder is named after: `efficientnet-b0`. */
  readonly name: string;
  readonly spec: Spec;
  readonly network: Network;
  readonly dataset: Dataset;
  readonly loaders: RunLoaders;
  readonly weights: OpenedWeights;
  /** Where PyTorch trains it. */
  readonly torch?: TorchPlace;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Closes the data and the weights; a run started from the plan does so at its end. */
  close(): Promise<void>;
}

/**
 * Reads spec, data, weights and settings of a new run, and checks whether they fit.
 * @throws RunError, DataError and FileError for what does not: see `RunError.setting`.
 */
export async function planRun(options: RunOptions, report?: Report): Promise<RunPlan> {
  const { spec: named, backend = 'auto', workers } = options;
  requireOptions(options, ['spec', 'data']);
  const { cwd, env } = placeOf(options);
  const tell = tellOnce(report);
  const settings = checkedSettings(options.settings ?? {});
  const engine = options.engine && runEngine(options.engine, settings);
  if (engine) requireTorchSettings(settings, engine);
  const device = options.engine && torchDevice(backend);
  const torch = options.engine && {
    python: requireTorch(cwd, env, options.engine.python),
    ...{ device, workers, cwd, env },
  };
  const spec = typeof named === 'string' ? openSpecByName(named, cwd) : named;
  const asked = networkRequest(options.network ?? {}, settings);
  const first = compileNetwork(spec, asked, tell);
  const data = resolve(cwd, options.data);
  const dataset = await openTrainingData(data, first, settings);
  const closing: Close[] = [dataset.close];
  const close = () => closeAll(closing);
  try {
    const images = imagesOf(dataset);
    checkEnoughClasses(dataset);
    const wanted = withClasses(asked, options.classes, first, dataset);
    const built = wanted === asked ? first : compileNetwork(spec, wanted, tell);
    checkClasses(built.graph, dataset, (_, found) => classesAdvice(built, found));
    const changed = wanted.set?.classes === undefined ? [] : classTensors(spec, wanted, built.graph);
    // Tensors whose shape depends on the number of classes may be missing from the file.
    const start = startWeights(options.weights, cwd, changed);
    const { network, request } = await followStartWeights(spec, built, wanted, start, tell);
    const copy = copySpec(network.program);
    const config: RunConfig = {
      format: 1,
      version,
      spec: copy.entry,
      network: request,
      data,
      classes: dataset.classes,
      images,
      backend,
      ...(start && { weights: start }),
      settings: { ...settings, augment: settings.augment ?? recipeFor(dataset.look).augment },
      ...(engine && { engine }),
    };
    // what a pipeline keeps is the business of its plan
    const checked = engine ? { ...config.settings, checkpoint: undefined } : config.settings;
    trainedNetwork(network, checked, { keepStatistics: false }, tell);
    if (engine) {
      requireTorchForm(network, otherSizes(spec, config, tell));
      stagesOf(network, { settings, engine });
    }
    const loaders = openLoaders(dataset, network.graph, config.settings, workers);
    closing.push(() => closeLoaders(loaders));
    const weights = await openStartWeights(network, start, settings.seed, request.convention, tell);
    closing.push(weights.close);
    const name = runName(spec, network);
    return { config, copy, name, spec, network, dataset, loaders, weights, ...(torch && { torch }), cwd, env, close };
  } catch (e) {
    await close();
    throw e;
  }
}

/** The data of a run, with the images that its settings hold out. */
export function openTrainingData(
  path: string,
  { graph }: Network,
  { seed, validation }: ResolvedSettings,
): Promise<Dataset> {
  return openDataset(path, {
    seed,
    channels: imageOf(graph).channels,
    ...(validation !== undefined && { validation }),
  });
}

/** @throws RunError for a single class, mostly a folder too high: every network is right about all of its images. */
function checkEnoughClasses({ classes, path, kind }: Dataset): void {
  if (classes.length > 1) return;
  const high =
    kind === 'folders'
      ? words`. If the classes are the folders in '${classes[0] ?? ''}', give that folder as ${option('data')}`
      : [];
  throw new RunError(words`'${path}' has one class, '${classes[0] ?? ''}': training needs at least two${high}`, {
    setting: 'data',
  });
}

/** Which images there are to train on and to validate with. @throws RunError if there are none to train on. */
export function imagesOf(dataset: Dataset): RunConfig['images'] {
  const { train } = dataset.splits;
  if (!train || train.count === 0) {
    const others = Object.keys(dataset.splits).join(' and ');
    throw new RunError(`'${dataset.path}' has no images to train on${others && `, only for ${others}`}`, {
      setting: 'data',
    });
  }
  const name = validationSplit(dataset);
  const validation = name && dataset.splits[name];
  const digest = digestOf(validation ? [train, validation] : [train]);
  return { train: train.count, validation: validation?.count ?? 0, digest };
}

/** The requested number of classes, or the data's where the spec can have any and the request sets none. */
function withClasses(
  request: NetworkRequest,
  asked: number | undefined,
  network: Network,
  dataset: Dataset,
): NetworkRequest {
  if (asked !== undefined && request.set?.classes !== undefined) {
    throw new SettingError('classes', words`${option('classes')} and ${option('set', 'classes')} cannot be combined`);
  }
  if (request.set?.classes !== undefined) return request;
  if (asked === undefined && !hasClasses(network)) return request;
  return { ...request, set: { ...request.set, classes: String(asked ?? dataset.classes.length) } };
}

function classesAdvice(network: Network, found: number): Words {
  return hasClasses(network)
    ? words`${option('classes', found)} sets the spec's parameter 'classes'`
    : words`the spec has no parameter 'classes' that could be set: give its last layer ${found} outputs`;
}

function runName(spec: Spec, { point }: Network): string {
  const label = spec.label ?? point.model.toLowerCase();
  const suffix = point.variant ?? (point.phi === undefined ? undefined : `phi${point.phi}`);
  return basename(suffix === undefined ? label : `${label}-${suffix}`);
}
