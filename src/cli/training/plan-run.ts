import { basename, resolve } from 'node:path';
import { recipeFor } from '../../train/augment/recipe.ts';
import { digestOf } from '../../train/data/digest.ts';
import { openDataset } from '../../train/data/open-dataset.ts';
import type { Dataset } from '../../train/data/types.ts';
import { parseProgression } from '../../train/progressive.ts';
import type { NetworkRequest, RunConfig, StartWeights } from '../../train/run/run-config.ts';
import { copySpec, type SpecCopy } from '../../train/run/spec-copy.ts';
import { RunError } from '../../train/run-error.ts';
import type { ResolvedSettings } from '../../train/settings.ts';
import { version } from '../../version.ts';
import { type Arguments, list, number, text } from '../arguments.ts';
import type { Network } from '../build-network.ts';
import { type Io, usageError } from '../io.ts';
import { scalingRequest } from '../scaling-request.ts';
import { openSpec, type Spec } from '../spec.ts';
import { requireWeights } from '../weights-request.ts';
import { checkClasses, classTensors, hasClasses, imageOf } from './classified-network.ts';
import { validationSplit } from './loader-options.ts';
import { settingsFromArguments } from './settings-from-arguments.ts';
import { followStartWeights } from './start-weights.ts';
import { compileNetwork } from './trained-network.ts';

/** A run that the command line describes, before anything of it is written. */
export interface RunPlan {
  readonly config: RunConfig;
  readonly copy: SpecCopy;
  /** What the run's folder is called by: `efficientnet-b0`. */
  readonly name: string;
  readonly spec: Spec;
  readonly network: Network;
  readonly dataset: Dataset;
}

/** Reads spec, data and options of a new run and sees whether they fit. The caller closes the dataset. */
export async function planRun(args: Arguments, io: Io): Promise<RunPlan> {
  const path = text(args, 'data');
  if (path === undefined) throw usageError('--data is missing: the images to train on', 'train');
  requireWeights(args);
  const settings = settingsFromArguments(args);
  const spec = await openSpec(args.operands[0], io, 'train');
  const asked = networkRequest(args, spec, settings);
  const first = compileNetwork(spec, asked, args, io);
  const dataset = await openDataset(resolve(io.cwd, path), {
    seed: settings.seed,
    channels: imageOf(first.graph).channels,
    ...(settings.validation !== undefined && { validation: settings.validation }),
  });
  try {
    const images = imagesOf(dataset);
    checkEnoughClasses(dataset);
    const wanted = withClasses(asked, first, dataset, args);
    const built = wanted === asked ? first : compileNetwork(spec, wanted, args, io);
    checkClasses(built.graph, dataset, (_, found) =>
      hasClasses(built)
        ? `--classes ${found} sets the spec's parameter 'classes'`
        : `the spec has no parameter 'classes' that could be set: give its last layer ${found} outputs`,
    );
    const changed = wanted.set?.classes !== undefined ? classTensors(spec, wanted, built.graph) : [];
    const weights = startWeights(args, io, changed);
    const { network, request } = followStartWeights(spec, built, wanted, weights, args, io);
    const copy = copySpec(network.program);
    const config: RunConfig = {
      format: 1,
      version,
      spec: copy.entry,
      network: request,
      data: resolve(io.cwd, path),
      classes: dataset.classes,
      images,
      backend: text(args, 'backend') ?? 'auto',
      ...(weights && { weights }),
      settings: { ...settings, augment: settings.augment ?? recipeFor(dataset.look).augment },
    };
    return { config, copy, name: runName(spec, network), spec, network, dataset };
  } catch (e) {
    dataset.close();
    throw e;
  }
}

/** @throws RunError for a single class, mostly a folder too high: every network is right about all of its images. */
function checkEnoughClasses({ classes, path, kind }: Dataset): void {
  if (classes.length > 1) return;
  const high =
    kind === 'folders' ? `. Where the classes are folders in '${classes[0]}', --data has to name that folder` : '';
  throw new RunError(`'${path}' has one class, '${classes[0]}': training takes two at least${high}`);
}

/** Which images there are to train on and to validate with. @throws RunError where there are none to train on. */
export function imagesOf(dataset: Dataset): RunConfig['images'] {
  const { train } = dataset.splits;
  if (!train || train.count === 0) {
    const others = Object.keys(dataset.splits).join(' and ');
    throw new RunError(`'${dataset.path}' has no images to train on${others && `, only for ${others}`}`);
  }
  const name = validationSplit(dataset);
  const validation = name && dataset.splits[name];
  const digest = digestOf(validation ? [train, validation] : [train]);
  return { train: train.count, validation: validation?.count ?? 0, digest };
}

/** The point that the options name; of a progression its last size. */
function networkRequest(args: Arguments, spec: Spec, { progressive }: ResolvedSettings): NetworkRequest {
  const request = scalingRequest(args, spec);
  if (progressive === undefined) return request;
  const { to } = parseProgression(progressive);
  if (request.resolution !== undefined && request.resolution !== to) {
    throw usageError(
      `--resolution ${text(args, 'resolution')} and --progressive ${progressive} end at different sizes`,
      'train',
    );
  }
  return { ...request, resolution: to };
}

/** `--classes`, or the data's number where the spec can have any and the command line sets none. */
function withClasses(request: NetworkRequest, network: Network, dataset: Dataset, args: Arguments): NetworkRequest {
  const asked = number(args, 'classes');
  if (asked !== undefined && request.set?.classes !== undefined) {
    throw usageError('--classes and --set classes exclude each other', 'train');
  }
  if (request.set?.classes !== undefined) return request;
  if (asked === undefined && !hasClasses(network)) return request;
  return { ...request, set: { ...request.set, classes: String(asked ?? dataset.classes.length) } };
}

/** @param implied tensors that another number of classes gives another shape: they may be missing from the file. */
function startWeights(args: Arguments, io: Io, implied: readonly string[]): StartWeights | undefined {
  const file = text(args, 'weights');
  if (file === undefined) return undefined;
  const map = text(args, 'weights-map');
  return {
    file: resolve(io.cwd, file),
    ...(map !== undefined && { map }),
    allowMissing: [...list(args, 'allow-missing'), ...implied],
  };
}

function runName(spec: Spec, { point }: Network): string {
  const label = spec.label ?? point.model.toLowerCase();
  const suffix = point.variant ?? (point.phi === undefined ? undefined : `phi${point.phi}`);
  return basename(suffix === undefined ? label : `${label}-${suffix}`);
}
