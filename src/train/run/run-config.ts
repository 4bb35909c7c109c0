import { createHash } from 'node:crypto';
import { channelOrders, interpolations } from '../../4-scale/preprocessing.ts';
import type { ScalingRequest } from '../../4-scale/scaling.ts';
import { type BackendRequest, backendRequests } from '../../backends/backend.ts';
import { nounFor } from '../../diagnostics/noun-for.ts';
import { option, words } from '../../diagnostics/words.ts';
import { RunError } from '../run-error.ts';
import {
  clashOf,
  dependsOnLength,
  type ResolvedSettings,
  requiredSettings,
  type SettingName,
  settingProblem,
  settingTable,
} from '../settings.ts';
import { aCount, aNumber, anObject, anyOf, aText, type JsonShape, listOf, mapOf, oneOf } from './shape.ts';

/** Which network of its family a run trains: as it was requested, so that the request can be repeated. */
export interface NetworkRequest extends ScalingRequest {
  readonly model?: string;
}

/** Where a run's weights came from, where they were not initialised. */
export interface StartWeights {
  /** Absolute. */
  readonly file: string;
  /** See `CheckpointSource`. */
  readonly key?: string;
  readonly map?: string;
  readonly allowMissing: readonly string[];
}

/** PyTorch with the `train.py` that the target `pytorch` writes, and its specific settings, by its options' names. */
export interface RunEngine {
  readonly name: 'pytorch';
  readonly [setting: string]: string | number | boolean;
}

/**
 * How many processes contribute their own batches to each step: one, or those of PyTorch; stages of a pipeline share
 * theirs.
 */
export function stepProcesses({ engine }: RunConfig): number {
  if (engine?.parallel === 'pipeline') return 1;
  return typeof engine?.processes === 'number' ? engine.processes : 1;
}

/** Everything that defines a run, as `config.json` in its folder. */
export interface RunConfig {
  readonly format: 1;
  /** Of the compiler. */
  readonly version: string;
  /** The spec's entry within the folder's `spec/`. */
  readonly spec: string;
  readonly network: NetworkRequest;
  /** Absolute. */
  readonly data: string;
  readonly classes: readonly string[];
  /** How many there are to train on, and to validate with; and a digest of their names and labels (`digestOf`). */
  readonly images: { readonly train: number; readonly validation: number; readonly digest: string };
  /** As requested: `auto`, `cpu`. */
  readonly backend: BackendRequest;
  readonly weights?: StartWeights;
  readonly settings: ResolvedSettings;
  /** The training engine, where it is not one of the backends; with its own settings. */
  readonly engine?: RunEngine;
  /**
   * The numbers of epochs that the run had before it was made longer, and the steps that were done by then; only where the
   * course of a run depends on its length, so that these numbers decide what the weights are.
   */
  readonly lengthened?: readonly { readonly epochs: number; readonly step: number }[];
}

export function formatConfig(config: RunConfig): string {
  return `${JSON.stringify(config, undefined, 2)}\n`;
}

/** Reads `config.json`. @throws RunError for anything else, or for another version of the format. */
export function parseConfig(text: string, shown: string): RunConfig {
  let value: Partial<RunConfig> | null;
  try {
    value = JSON.parse(text) as Partial<RunConfig> | null;
  } catch (e) {
    throw new RunError(`'${shown}' is damaged: it is not JSON (${(e as Error).message})`);
  }
  if (typeof value !== 'object' || value === null || value.format !== 1) {
    throw new RunError(`'${shown}' is not a configuration of a run that this version of enetc reads`);
  }
  const problem = configShape(value, '') ?? settingsProblem((value as RunConfig).settings);
  if (problem !== undefined) throw new RunError(`'${shown}' is damaged: ${problem}`);
  return value as RunConfig;
}

const preprocessingShape = anObject(
  {},
  {
    mean: listOf(aNumber()),
    std: listOf(aNumber()),
    crop: aNumber(0, 1),
    interpolation: oneOf(...interpolations),
    channelOrder: oneOf(...channelOrders),
  },
);

const conventionShape = anObject(
  {},
  { padding: oneOf('same', 'symmetric'), epsilon: aNumber(0), momentum: aNumber(0, 1), countPad: oneOf(true, false) },
);

const sourceShape = anObject(
  { name: oneOf('tf', 'torch'), settings: conventionShape },
  { preprocessing: preprocessingShape },
);

const engineSettings = mapOf(anyOf(oneOf(true, false), aNumber(), aText));
const engineShape: JsonShape = (value, path) =>
  engineSettings(value, path) ?? oneOf('pytorch')((value as RunEngine).name, `${path}.name`);

const configShape = anObject(
  {
    format: oneOf(1),
    version: aText,
    spec: aText,
    network: anObject(
      {},
      {
        model: aText,
        variant: aText,
        phi: aNumber(),
        rule: oneOf('formula', 'published'),
        d: aNumber(),
        w: aNumber(),
        r: aNumber(),
        resolution: anyOf(aCount, listOf(aCount)),
        set: mapOf(aText),
        convention: oneOf('tf', 'torch'),
        conventionSettings: conventionShape,
        sources: mapOf(sourceShape),
        preprocessing: preprocessingShape,
        weightsPreprocessing: preprocessingShape,
      },
    ),
    data: aText,
    classes: listOf(aText),
    images: anObject({ train: aCount, validation: aCount, digest: aText }),
    backend: oneOf(...backendRequests),
    settings: mapOf(() => undefined),
  },
  {
    weights: anObject({ file: aText, allowMissing: listOf(aText) }, { key: aText, map: aText }),
    engine: engineShape,
    lengthened: listOf(anObject({ epochs: aCount, step: aCount })),
  },
);

/** What is wrong with resolved settings, by the table that the options are made from; undefined if nothing is. */
function settingsProblem(settings: ResolvedSettings): string | undefined {
  for (const [name, value] of Object.entries(settings)) {
    if (!Object.hasOwn(settingTable, name)) return `there is no setting '${name}'`;
    const problem = settingProblem(name as SettingName, value);
    if (problem !== undefined) return `'${name}' ${problem}`;
  }
  const missing = requiredSettings.find((name) => !Object.hasOwn(settings, name));
  if (missing !== undefined) return `the setting '${missing}' is missing`;
  const clash = clashOf(settings);
  return clash && `'${clash[0]}' ${clash[1]}`;
}

/**
 * The mark of checkpoints: a digest of everything that decides the numbers of a run, including its spec's text. The number
 * of epochs is not included where epochs do not depend on it.
 */
export function configHash(config: RunConfig, specTexts: readonly string[]): string {
  const { network, classes, images, weights, spec } = config;
  const { epochs, ...others } = config.settings;
  const settings = dependsOnLength(config.settings) ? config.settings : others;
  const hash = createHash('sha256').update(JSON.stringify({ network, classes, images, weights, settings, spec }));
  for (const text of specTexts) hash.update(`\0${text}`);
  return hash.digest('hex').slice(0, 16);
}

/** The marks that a run's checkpoints may have: first that of new ones, then those from before it was made longer. */
export function configHashes(config: RunConfig, specTexts: readonly string[]): readonly [string, ...string[]] {
  const earlier = (config.lengthened ?? []).map(({ epochs }) =>
    configHash({ ...config, settings: { ...config.settings, epochs } }, specTexts),
  );
  return [configHash(config, specTexts), ...earlier];
}

/** A run made longer. @param step how many steps of it are done. @throws RunError if it would not be longer. */
export function lengthened(config: RunConfig, epochs: number, step: number, shown: string): RunConfig {
  const { settings } = config;
  if (epochs <= settings.epochs) {
    throw new RunError(
      words`the run '${shown}' has ${settings.epochs} ${nounFor(settings.epochs, 'epoch')}: ${option('epochs')} takes a larger number when it is resumed, which makes it longer`,
      { setting: 'epochs' },
    );
  }
  const record = { epochs: settings.epochs, step };
  return {
    ...config,
    settings: { ...settings, epochs },
    ...(dependsOnLength(settings) && { lengthened: [...(config.lengthened ?? []), record] }),
  };
}
