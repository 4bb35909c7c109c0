import { createHash } from 'node:crypto';
import type { ScalingRequest } from '../../4-scale/scaling.ts';
import { RunError } from '../run-error.ts';
import { clashOf, type ResolvedSettings, type SettingName, settingProblem, settingTable } from '../settings.ts';

/** Which network of its family a run trains: what the command line said, to be said again. */
export interface NetworkRequest extends ScalingRequest {
  readonly model?: string;
}

/** Where a run's weights came from, where they were not initialised. */
export interface StartWeights {
  /** Absolute. */
  readonly file: string;
  readonly map?: string;
  readonly allowMissing: readonly string[];
}

/** All that makes a run what it is, as `config.json` in its folder. */
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
  /** As asked for: `auto`, `cpu`. */
  readonly backend: string;
  readonly weights?: StartWeights;
  readonly settings: ResolvedSettings;
}

export function formatConfig(config: RunConfig): string {
  return `${JSON.stringify(config, undefined, 2)}\n`;
}

/** Reads `config.json`. @throws RunError for what is none, or of another version of the format. */
export function parseConfig(text: string, shown: string): RunConfig {
  let value: Partial<RunConfig> | null;
  try {
    value = JSON.parse(text) as Partial<RunConfig> | null;
  } catch (e) {
    throw new RunError(`'${shown}' is no JSON: ${(e as Error).message}`);
  }
  if (typeof value !== 'object' || value === null || value.format !== 1) {
    throw new RunError(`'${shown}' is no configuration of a run that this version reads`);
  }
  const { settings } = value;
  const strings = [value.spec, value.data, value.backend, value.version];
  const sound =
    strings.every((s) => typeof s === 'string') &&
    Array.isArray(value.classes) &&
    typeof value.network === 'object' &&
    typeof value.images === 'object' &&
    typeof settings === 'object';
  if (!sound || !settings) throw new RunError(`'${shown}' lacks a part of a run's configuration`);
  checkSettings(settings, shown);
  return value as RunConfig;
}

function checkSettings(settings: ResolvedSettings, shown: string): void {
  for (const [name, value] of Object.entries(settings)) {
    if (!Object.hasOwn(settingTable, name)) throw new RunError(`'${shown}': there is no setting '${name}'`);
    const problem = settingProblem(name as SettingName, value);
    if (problem) throw new RunError(`'${shown}': '${name}' ${problem}`);
  }
  for (const [name, setting] of Object.entries(settingTable)) {
    const needed = setting.kind === 'flag' || setting.default !== undefined;
    if (needed && !Object.hasOwn(settings, name)) throw new RunError(`'${shown}': the setting '${name}' is missing`);
  }
  const clash = clashOf(settings);
  if (clash) throw new RunError(`'${shown}': '${clash[0]}' ${clash[1]}`);
}

/** What checkpoints are marked with: of everything that decides the numbers of a run, its spec's text included. */
export function configHash(config: RunConfig, specTexts: readonly string[]): string {
  const { network, classes, images, weights, settings, spec } = config;
  const hash = createHash('sha256').update(JSON.stringify({ network, classes, images, weights, settings, spec }));
  for (const text of specTexts) hash.update(`\0${text}`);
  return hash.digest('hex').slice(0, 16);
}
