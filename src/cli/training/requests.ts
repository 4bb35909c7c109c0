import type { BackendRequest } from '../../backends/backend.ts';
import type { EvaluateOptions, ResumeOptions, RunOptions, WeightsOptions } from '../../train/api.ts';
import { type Setting, type Settings, settingTable } from '../../train/settings.ts';
import { flag, list, number, text } from '../arguments.ts';
import { askedPreprocessing } from '../asked-preprocessing.ts';
import type { Arguments } from '../command.ts';
import { type Io, usageError } from '../io.ts';
import { askedLabels } from '../labels.ts';
import { openMapped } from '../mapped-spec.ts';
import { refuseScaling } from '../open-run.ts';
import { pinnedWeights } from '../open-weights.ts';
import { scalingRequest } from '../scaling-request.ts';
import { requireWeights } from '../weights-request.ts';

/** What a command line asks `planRun` for. */
export async function runRequest(args: Arguments, io: Io): Promise<RunOptions> {
  const data = text(args, 'data');
  if (data === undefined) throw usageError('--data is missing: the images to train on', 'train');
  requireWeights(args);
  const weights = await weightsOptions(args, io);
  const spec = await openMapped(args.operands[0], args, io);
  return {
    spec,
    network: scalingRequest(args, spec),
    data,
    classes: number(args, 'classes'),
    settings: givenSettings(args),
    ...(weights && { weights }),
    engine: engineRequest(args),
    ...common(args, io),
  };
}

function engineRequest(args: Arguments): RunOptions['engine'] {
  if (!flag(args, 'engine')) {
    const idle = ['nproc', 'parallel', 'sync-batch-norm', 'pipeline-schedule', 'python'].find((name) =>
      flag(args, name),
    );
    if (idle !== undefined) throw usageError(`--${idle} needs --engine pytorch`, 'train');
    return undefined;
  }
  return {
    name: 'pytorch',
    processes: number(args, 'nproc'),
    parallel: text(args, 'parallel'),
    pipelineSchedule: text(args, 'pipeline-schedule'),
    syncBatchNorm: flag(args, 'sync-batch-norm'),
    python: text(args, 'python'),
  };
}

/** What a command line asks `openRun` for. */
export function resumeRequest(args: Arguments, io: Io): ResumeOptions {
  const [data, python] = [text(args, 'data'), text(args, 'python')];
  return { epochs: number(args, 'epochs'), data, python, ...common(args, io) };
}

/** What a command line asks `evaluate` for. */
export async function evaluateRequest(args: Arguments, io: Io): Promise<EvaluateOptions> {
  requireWeights(args);
  const weights = await weightsOptions(args, io);
  const data = text(args, 'data');
  const how = {
    split: text(args, 'split') as EvaluateOptions['split'],
    crop: number(args, 'crop'),
    labels: await askedLabels(args, io),
    batch: number(args, 'batch'),
    ...common(args, io),
  };
  const run = text(args, 'run');
  if (run !== undefined) {
    if (args.operands.length > 0) throw usageError('--run takes no spec: a run has its own', 'eval');
    refuseScaling(args);
    if (askedPreprocessing(args))
      throw usageError(
        '--mean, --std, --channel-order and --interpolation cannot be given with --run: a run has its own',
        'eval',
      );
    return { run, data, ...(weights && { weights }), ...how };
  }
  if (data === undefined) throw usageError('--data is missing: the images to evaluate on', 'eval');
  if (!weights) throw usageError('--weights is missing: the trained weights', 'eval');
  const spec = await openMapped(args.operands[0], args, io);
  return { spec, network: scalingRequest(args, spec), weights, data, ...how };
}

/** The settings that are given; what cannot be meant is found out by whoever takes them. */
export function givenSettings(args: Arguments): Partial<Settings> {
  const given = Object.entries(settingTable as Readonly<Record<string, Setting>>).filter(([name]) => flag(args, name));
  return Object.fromEntries(
    given.map(([name, { kind }]) => {
      const written = text(args, name) as string;
      return [name, kind === 'flag' ? true : kind === 'number' ? Number(written) : written];
    }),
  );
}

async function weightsOptions(args: Arguments, io: Io): Promise<WeightsOptions | undefined> {
  const file = text(args, 'weights');
  return file === undefined
    ? undefined
    : {
        file: await pinnedWeights(file, io),
        key: text(args, 'weights-key'),
        map: text(args, 'weights-map'),
        allowMissing: list(args, 'allow-missing'),
      };
}

function common(args: Arguments, io: Io) {
  return {
    backend: text(args, 'backend') as BackendRequest | undefined,
    workers: number(args, 'workers'),
    cwd: io.cwd,
    env: io.env,
  };
}
