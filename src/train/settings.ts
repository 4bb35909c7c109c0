import { option, type Words, words } from '../diagnostics/words.ts';
import { SettingError } from './run-error.ts';

/**
 * The settings of a training run, as one table: the command line's options, their checks, their defaults and the file
 * `config.json` are all made from it. Defaults are the EfficientNet paper's recipe as its reference code has it
 * (tensorflow/tpu, models/official/efficientnet/main.py and utils.py).
 */

interface Described {
  readonly description: Words;
}

interface NumberSetting extends Described {
  readonly kind: 'number';
  readonly value: string;
  /** Undefined if the default follows from other settings or the data; `resolveSettings` and the loop say how. */
  readonly default: number | undefined;
  readonly whole?: true;
  readonly least?: number;
  readonly below?: number;
  readonly most?: number;
}

interface ChoiceSetting extends Described {
  readonly kind: 'choice';
  readonly choices: readonly string[];
  readonly default: string | undefined;
}

interface FlagSetting extends Described {
  readonly kind: 'flag';
}

interface TextSetting extends Described {
  readonly kind: 'text';
  readonly value: string;
  readonly default: undefined;
}

export type Setting = NumberSetting | ChoiceSetting | FlagSetting | TextSetting;

const number = <D extends number | undefined>(
  value: string,
  preset: D,
  description: Words,
  bounds: Pick<NumberSetting, 'whole' | 'least' | 'below' | 'most'> = {},
) => ({ kind: 'number' as const, value, default: preset, description, ...bounds });
const choice = <const C extends readonly string[], D extends C[number] | undefined>(
  choices: C,
  preset: D,
  description: Words,
) => ({ kind: 'choice' as const, choices, default: preset, description });
const flag = (description: Words) => ({ kind: 'flag' as const, description });
const text = (value: string, description: Words) => ({
  kind: 'text' as const,
  value,
  default: undefined,
  description,
});

const count = { whole: true, least: 1, most: 1e9 } as const;
const from0 = { least: 0 } as const;
const share = { least: 0, below: 1 } as const;
const upTo1 = { least: 0, most: 1 } as const;

const cropShare = { least: 0.01, most: 1 } as const;

/** By the option's name, in the order of help. */
export const settingTable = {
  epochs: number(
    'N',
    350,
    words`passes over the training images, 350 by default; with ${option('resume')}, a larger number makes the run longer`,
    count,
  ),
  batch: number('N', 32, 'images in a batch; 32 by default', count),
  accumulate: number('N', 1, 'batches whose gradients make one step, for large batches in little memory', count),
  checkpoint: text(
    'stages|none|BYTES',
    'recompute values for the backward half instead of keeping them: stages keeps only what stages pass on; a size, such as 2GB, is the most memory for a step; none by default',
  ),
  optimiser: choice(['rmsprop', 'sgd', 'adamw'], 'rmsprop', "rmsprop by default, with TensorFlow's semantics"),
  rate: number(
    'R',
    undefined,
    'learning rate for 256 images per step, scaled with the batch; 0.016 by default (sgd 0.1, adamw 0.00025)',
    from0,
  ),
  schedule: choice(['exponential', 'cosine', 'constant'], 'exponential', 'how the rate falls; exponential by default'),
  warmup: number('EPOCHS', 5, 'epochs in which the rate rises from 0; 5 by default', from0),
  'decay-rate': number('F', 0.97, 'exponential: the factor; 0.97 by default', from0),
  'decay-epochs': number('EPOCHS', 2.4, 'exponential: epochs from one factor to the next; 2.4 by default', from0),
  momentum: number('M', 0.9, 'of rmsprop and sgd; 0.9 by default', share),
  nesterov: flag("sgd with Nesterov's momentum"),
  'rms-decay': number('D', 0.9, 'rmsprop: decay of the average of squared gradients; 0.9 by default', share),
  epsilon: number('E', undefined, 'rmsprop 0.001 by default, adamw 1e-8', from0),
  beta1: number('B', 0.9, 'adamw; 0.9 by default', share),
  beta2: number('B', 0.999, 'adamw; 0.999 by default', share),
  'weight-decay': number(
    'D',
    undefined,
    'on all weights but those of batch norms; 1e-5 by default (sgd 1e-4, adamw 0.05)',
    from0,
  ),
  'clip-norm': number('N', 0, "the gradient's maximum norm; no limit by default", from0),
  loss: choice(['cross-entropy', 'focal'], 'cross-entropy', 'cross-entropy by default'),
  gamma: number('G', 2, 'focal loss: its exponent; 2 by default', from0),
  'label-smoothing': number(
    'S',
    0.1,
    'the share of each target that is spread over all classes; 0.1 by default',
    share,
  ),
  'class-weights': text(
    'balanced|W,W,...',
    'the weight of each class in the loss: by inverse frequency, or one number per class',
  ),
  balanced: flag('draw the images of each class equally often'),
  ema: number('D', 0.9999, 'decay of the averages of the weights; 0.9999 by default, 0 for none', share),
  evaluate: choice(
    ['auto', 'both', 'averages', 'raw'],
    'auto',
    'which weights are validated; auto takes both where validation is small compared with training, else the averages',
  ),
  validation: number(
    'SHARE',
    undefined,
    'share of the training images held out where the data have no validation',
    share,
  ),
  augment: choice(
    ['none', 'basic', 'randaugment', 'autoaugment'],
    undefined,
    'autoaugment by default, basic (crop and flip) for images of 64 pixels or less',
  ),
  magnitude: number('M', 9, 'randaugment: strength of 0 to 30; 9 by default', { least: 0, most: 30 }),
  operations: number('N', 2, 'randaugment: operations per image; 2 by default', count),
  flip: number('P', undefined, 'how often an image is mirrored; 0.5 by default, 0 for small gray images', upTo1),
  crop: number(
    'SHARE',
    undefined,
    "the share of an image's shorter side that evaluation keeps; 0.875 or more by default, 1 for small images",
    cropShare,
  ),
  mixup: number('ALPHA', 0, 'mix pairs of images (Zhang et al. 2018); off by default', from0),
  cutmix: number('ALPHA', 0, 'paste rectangles of other images (Yun et al. 2019); off by default', from0),
  erase: number('P', 0, 'how often a rectangle is erased (Zhong et al. 2017); 0 by default', upTo1),
  progressive: text('FROM-TO[/STAGES]', 'image sizes that grow over the epochs, in 4 stages by default: 128-224'),
  freeze: text('PARTS', 'parts that are not trained: stem,stages.1-4'),
  'freeze-norms': number(
    'EPOCHS',
    undefined,
    'how many epochs at the end batch norms go by their running statistics, which then stay; with quantize a third, 0 otherwise',
    { whole: true, least: 0 },
  ),
  head: text('PARTS', words`what ${option('head-rate')} applies to; by default the section of the last linear layer`),
  'head-rate': number('F', undefined, "the head's rate as a multiple of the others'", from0),
  quantize: flag(
    'train with weights and values rounded as int8 files hold them, for compile --int8 without calibration; 10 epochs without warm-up or averages, with a twentieth of the rate, which falls as a cosine, by default',
  ),
  'save-every': number(
    'STEPS',
    1000,
    'steps between checkpoints, in addition to the one after each epoch; 1000 by default',
    count,
  ),
  'log-every': number('STEPS', 10, 'steps between lines of metrics.jsonl; 10 by default', count),
  seed: number('N', 0, 'of weights, order, augmentation and noise; 0 by default', {
    whole: true,
    least: 0,
    most: Number.MAX_SAFE_INTEGER,
  }),
} as const satisfies Record<string, Setting>;

type Table = typeof settingTable;
export type SettingName = keyof Table;

type ValueOf<S> = S extends { kind: 'flag' }
  ? boolean
  : S extends { kind: 'number'; default: infer D }
    ? number | (D extends undefined ? undefined : never)
    : S extends { kind: 'choice'; choices: readonly (infer C)[]; default: infer D }
      ? C | (D extends undefined ? undefined : never)
      : string | undefined;

/** A value for each setting. */
export type Settings = { readonly [K in SettingName]: ValueOf<Table[K]> };

/** Settings, including those that the optimiser decides. */
export interface ResolvedSettings extends Settings {
  readonly rate: number;
  readonly epsilon: number;
  readonly 'weight-decay': number;
}

/**
 * What follows from the optimiser. RMSProp: the reference code. SGD: Goyal et al. 2017 and He et al. 2016. AdamW: ConvNeXt
 * (Liu et al. 2022), 4e-3 for 4096 images.
 */
const byOptimiser = {
  rmsprop: { rate: 0.016, epsilon: 1e-3, 'weight-decay': 1e-5 },
  sgd: { rate: 0.1, epsilon: 0, 'weight-decay': 1e-4 },
  adamw: { rate: 2.5e-4, epsilon: 1e-8, 'weight-decay': 0.05 },
} as const;

/** What `quantize` presets: the end of a training that is already done. Ranges would not match averages of the weights. */
const whenQuantised = { epochs: 10, warmup: 0, ema: 0, schedule: 'cosine' } as const satisfies Partial<Settings>;

/** The share of an optimiser's default rate. */
const quantisedRate = 0.05;

/**
 * The share of epochs with rounded values in which norms use their running statistics: at the end the network trains as it will be
 * evaluated (Krishnamoorthi 2018, section 4.2.2).
 */
const quantisedFreeze = 1 / 3;

/**
 * The settings that a run's configuration must have: those with a default, and those that the optimiser decides. A flag that
 * is absent is not set, as in runs that were begun before there was such a flag.
 */
export const requiredSettings: readonly SettingName[] = (Object.keys(settingTable) as SettingName[]).filter((name) => {
  const setting: Setting = settingTable[name];
  return setting.kind !== 'flag' && (setting.default !== undefined || Object.hasOwn(byOptimiser.rmsprop, name));
});

/** Fills in defaults. */
export function resolveSettings(given: Partial<Settings>): ResolvedSettings {
  const presets = Object.fromEntries(
    Object.entries(settingTable).map(([name, setting]) => [name, 'default' in setting ? setting.default : false]),
  ) as unknown as Settings;
  const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const settings: Settings = { ...presets, ...(set.quantize === true && whenQuantised), ...set };
  const preset = byOptimiser[settings.optimiser];
  return {
    ...settings,
    rate: settings.rate ?? preset.rate * (settings.quantize ? quantisedRate : 1),
    'freeze-norms':
      settings['freeze-norms'] ?? (settings.quantize ? Math.floor(settings.epochs * quantisedFreeze) : undefined),
    epsilon: settings.epsilon ?? preset.epsilon,
    'weight-decay': settings['weight-decay'] ?? preset['weight-decay'],
  };
}

/** What is wrong with a value for a setting, to follow the setting's name; undefined if nothing is. */
export function settingProblem(name: SettingName, value: unknown): string | undefined {
  const setting: Setting = settingTable[name];
  if (setting.kind === 'flag') return typeof value === 'boolean' ? undefined : 'is true or false';
  if (setting.kind === 'text') return typeof value === 'string' ? undefined : 'takes a string';
  if (setting.kind === 'choice') {
    return setting.choices.includes(value as string) ? undefined : `takes ${setting.choices.join(' or ')}`;
  }
  const { whole, least, below, most } = setting;
  if (typeof value !== 'number' || !Number.isFinite(value)) return 'takes a number';
  if (whole && !Number.isInteger(value)) return 'takes a whole number';
  if (least !== undefined && value < least) return `takes a number from ${least}`;
  if (below !== undefined && value >= below) return `takes a number below ${below}`;
  if (most !== undefined && value > most) return `takes a number of at most ${most}`;
  return undefined;
}

/** @throws SettingError for a value that a setting cannot have. */
export function requireSetting(name: SettingName, value: unknown): void {
  const problem = settingProblem(name, value);
  if (problem !== undefined) throw new SettingError(name, words`${option(name)} ${problem}, not '${String(value)}'`);
}

/**
 * Whether an epoch depends on how many there are: a rate that falls to 0, sizes that grow over the run, norms that are frozen at its end.
 */
export function dependsOnLength({ schedule, progressive, 'freeze-norms': freezing = 0 }: Settings): boolean {
  return schedule === 'cosine' || progressive !== undefined || freezing > 0;
}

/** The least epsilon: in 32 bits some backends treat smaller numbers as 0. */
const leastEpsilon = 1.2e-38;

/** A setting that does not go with the others, and why; undefined if all do. */
export function clashOf({ optimiser, epsilon }: ResolvedSettings): readonly [SettingName, string] | undefined {
  if (optimiser === 'sgd' || epsilon >= leastEpsilon) return undefined;
  return ['epsilon', `takes a number from ${leastEpsilon}: without it a weight whose gradients are 0 becomes 0 / 0`];
}

/**
 * Checks the given settings, and fills in the others. @throws SettingError for one that does not exist, has an invalid
 * value, or has no effect with the others.
 */
export function checkedSettings(given: Partial<Settings>): ResolvedSettings {
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(settingTable, name)) throw new SettingError(name, words`there is no setting ${option(name)}`);
    if (value !== undefined) requireSetting(name as SettingName, value);
  }
  const settings = resolveSettings(given);
  const [wrong] = [...idleSettings(given, settings), ...(clashOf(settings) ? [clashOf(settings)] : [])];
  if (wrong) throw new SettingError(wrong[0], words`${option(wrong[0])} ${wrong[1]}`);
  return settings;
}

/** Settings that would be ignored because of the others. Names, and why. */
export function idleSettings(
  given: Partial<Settings>,
  settings: ResolvedSettings,
): readonly (readonly [SettingName, Words])[] {
  const { optimiser, schedule } = settings;
  const only = (name: SettingName, value: string) => words`needs ${option(name, value)}`;
  const idle: [SettingName, boolean, Words][] = [
    ['nesterov', optimiser !== 'sgd', only('optimiser', 'sgd')],
    [
      'momentum',
      optimiser === 'adamw',
      words`has no effect with ${option('optimiser', 'adamw')}, which has ${option('beta1')}`,
    ],
    ['rms-decay', optimiser !== 'rmsprop', only('optimiser', 'rmsprop')],
    ['epsilon', optimiser === 'sgd', words`has no effect with ${option('optimiser', 'sgd')}`],
    ['beta1', optimiser !== 'adamw', only('optimiser', 'adamw')],
    ['beta2', optimiser !== 'adamw', only('optimiser', 'adamw')],
    ['decay-rate', schedule !== 'exponential', only('schedule', 'exponential')],
    ['decay-epochs', schedule !== 'exponential', only('schedule', 'exponential')],
    ['gamma', settings.loss !== 'focal', only('loss', 'focal')],
    ['magnitude', settings.augment !== 'randaugment', only('augment', 'randaugment')],
    ['operations', settings.augment !== 'randaugment', only('augment', 'randaugment')],
    ['flip', settings.augment === 'none', words`is not for ${option('augment', 'none')}`],
    ['head', settings['head-rate'] === undefined, words`needs ${option('head-rate')}`],
  ];
  return idle.filter(([name, isIdle]) => isIdle && given[name] !== undefined).map(([name, , why]) => [name, why]);
}
