import { option, words } from '../../diagnostics/words.ts';
import type { RunEngine } from '../run/run-config.ts';
import { SettingError } from '../run-error.ts';
import { type ResolvedSettings, resolveSettings, type SettingName } from '../settings.ts';

/** Another engine than a backend, as it is asked for. */
export interface EngineOptions {
  readonly name: 'pytorch';
  /** How many processes compute; 1 by default. */
  readonly processes?: number | undefined;
  /** How they share the work: copies of the network (`ddp`), the default of several. */
  readonly parallel?: string | undefined;
  /** Whether batch norms take their statistics over the batches of all processes. */
  readonly syncBatchNorm?: boolean | undefined;
  /** The Python that has PyTorch; looked for by default. */
  readonly python?: string | undefined;
}

/** Whether `train.py` has a setting, or none but its default. */
const torchSettings: Readonly<Record<SettingName, 'taken' | 'default'>> = {
  epochs: 'taken',
  batch: 'taken',
  accumulate: 'taken',
  checkpoint: 'default',
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
  loss: 'default',
  gamma: 'default',
  'label-smoothing': 'taken',
  'class-weights': 'default',
  balanced: 'default',
  quantize: 'default',
  ema: 'taken',
  evaluate: 'taken',
  validation: 'taken',
  augment: 'taken',
  magnitude: 'default',
  operations: 'default',
  flip: 'taken',
  crop: 'taken',
  mixup: 'default',
  cutmix: 'default',
  erase: 'default',
  progressive: 'default',
  freeze: 'default',
  'freeze-norms': 'default',
  head: 'default',
  'head-rate': 'default',
  'save-every': 'taken',
  'log-every': 'taken',
  seed: 'taken',
};

/** Settings as the engine takes them: its augmentation is `basic` by default. @throws SettingError for what it does not have */
export function settingsForTorch(settings: ResolvedSettings): ResolvedSettings {
  const preset = resolveSettings({});
  const names = Object.keys(torchSettings) as SettingName[];
  const lacking = names.find((name) => torchSettings[name] === 'default' && settings[name] !== preset[name]);
  if (lacking !== undefined) {
    throw new SettingError(lacking, words`${option(lacking)} is not available with ${option('engine', 'pytorch')}`);
  }
  const { augment = 'basic' } = settings;
  if (augment !== 'none' && augment !== 'basic') {
    throw new SettingError('augment', words`${option('engine', 'pytorch')} has ${option('augment', 'none or basic')}`);
  }
  return { ...settings, augment };
}

/** What a run's configuration has of its engine. @throws SettingError for what does not go together */
export function runEngine({ processes = 1, parallel, syncBatchNorm = false }: EngineOptions): RunEngine {
  const chosen = parallel ?? (processes > 1 ? 'ddp' : 'none');
  if (chosen === 'none' && processes > 1) {
    throw new SettingError('parallel', words`${option('nproc', processes)} needs ${option('parallel', 'ddp')}`);
  }
  if (syncBatchNorm && chosen !== 'ddp') {
    throw new SettingError('sync-batch-norm', words`${option('sync-batch-norm')} needs ${option('parallel', 'ddp')}`);
  }
  return { name: 'pytorch', parallel: chosen, 'sync-batch-norm': syncBatchNorm, processes };
}
