import { option, words } from '../../diagnostics/words.ts';
import type { RunEngine } from '../run/run-config.ts';
import { SettingError } from '../run-error.ts';
import { type ResolvedSettings, resolveSettings, type SettingName } from '../settings.ts';

/** A requested engine other than a backend. */
export interface EngineOptions {
  readonly name: 'pytorch';
  /** How many processes compute; 1 by default. */
  readonly processes?: number | undefined;
  /**
   * How they share the work: copies of the network (`ddp`, the default for several), shares of each tensor (`fsdp`), or stages
   * of the network, one in each (`pipeline`).
   */
  readonly parallel?: string | undefined;
  /** Of a pipeline: the order of its micro-batches, `1f1b` by default. */
  readonly pipelineSchedule?: string | undefined;
  /** Whether batch norms take their statistics over the batches of all processes. */
  readonly syncBatchNorm?: boolean | undefined;
  /** The Python that has PyTorch; searched for by default. */
  readonly python?: string | undefined;
}

/** Whether `train.py` has a setting, or none but its default; a plan of stages has what is recomputed. */
const torchSettings: Readonly<Record<SettingName, 'taken' | 'planned' | 'default'>> = {
  epochs: 'taken',
  batch: 'taken',
  accumulate: 'taken',
  checkpoint: 'planned',
  optimiser: 'taken',
  rate: 'taken',
  schedule: 'taken',
  warmup: 'taken',
  'decay-rate': 'taken',
  'decay-epochs': 'taken',
  momentum: 'taken',
  nesterov: 'taken',
  'rms-decay': 'taken',
  epsilon: 'taken',
  beta1: 'taken',
  beta2: 'taken',
  'weight-decay': 'taken',
  'clip-norm': 'taken',
  loss: 'taken',
  gamma: 'taken',
  'label-smoothing': 'taken',
  'class-weights': 'taken',
  balanced: 'taken',
  quantize: 'default',
  ema: 'taken',
  evaluate: 'taken',
  validation: 'taken',
  augment: 'taken',
  magnitude: 'taken',
  operations: 'taken',
  flip: 'taken',
  crop: 'taken',
  mixup: 'taken',
  cutmix: 'taken',
  erase: 'taken',
  progressive: 'taken',
  freeze: 'taken',
  'freeze-norms': 'taken',
  head: 'taken',
  'head-rate': 'taken',
  'save-every': 'taken',
  'log-every': 'taken',
  seed: 'taken',
};

/** Checks that the engine supports the settings. @throws SettingError for what it does not support */
export function requireTorchSettings(settings: ResolvedSettings, { parallel }: RunEngine): void {
  const preset = resolveSettings({});
  const names = Object.keys(torchSettings) as SettingName[];
  const changed = names.filter((name) => settings[name] !== preset[name]);
  const lacking = changed.find((name) => torchSettings[name] === 'default');
  if (lacking !== undefined) {
    throw new SettingError(lacking, words`${option(lacking)} is not available with ${option('engine', 'pytorch')}`);
  }
  const pipeline = option('parallel', 'pipeline');
  const unplanned = changed.find((name) => torchSettings[name] === 'planned' && settings[name] !== 'none');
  if (unplanned !== undefined && parallel !== 'pipeline') {
    throw new SettingError(
      unplanned,
      words`${option(unplanned)} needs ${pipeline} with ${option('engine', 'pytorch')}`,
    );
  }
  if (settings.progressive !== undefined && parallel === 'pipeline') {
    throw new SettingError(
      'progressive',
      words`${option('progressive')} is not available with ${pipeline}: stages take images of one size`,
    );
  }
}

/** The engine in a run's configuration. @throws SettingError for settings that do not go together */
export function runEngine(
  { processes = 1, parallel, pipelineSchedule, syncBatchNorm = false }: EngineOptions,
  { accumulate }: ResolvedSettings,
): RunEngine {
  const chosen = parallel ?? (processes > 1 ? 'ddp' : 'none');
  if (chosen === 'none' && processes > 1) {
    const needed = option('parallel', 'ddp, fsdp or pipeline');
    throw new SettingError('parallel', words`${option('nproc', processes)} needs ${needed}`);
  }
  if (syncBatchNorm && chosen !== 'ddp' && chosen !== 'fsdp') {
    const needed = option('parallel', 'ddp or fsdp');
    throw new SettingError('sync-batch-norm', words`${option('sync-batch-norm')} needs ${needed}`);
  }
  if (pipelineSchedule !== undefined && chosen !== 'pipeline') {
    const needed = option('parallel', 'pipeline');
    throw new SettingError('pipeline-schedule', words`${option('pipeline-schedule')} needs ${needed}`);
  }
  const tooFew = pipelineSchedule !== 'gpipe' && accumulate < processes;
  if (chosen === 'pipeline' && (processes < 2 || tooFew)) {
    const stages = Math.max(2, processes);
    const needed =
      processes < 2
        ? words`${option('nproc', stages)}, one process per stage`
        : words`${option('accumulate', stages)} or more, one micro-batch per stage`;
    throw new SettingError(
      processes < 2 ? 'nproc' : 'accumulate',
      words`${option('parallel', 'pipeline')} needs ${needed}`,
    );
  }
  return {
    name: 'pytorch',
    parallel: chosen,
    'sync-batch-norm': syncBatchNorm,
    processes,
    ...(pipelineSchedule !== undefined && { 'pipeline-schedule': pipelineSchedule }),
  };
}
