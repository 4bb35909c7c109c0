import { existsSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import type { SpecCopy } from '../../2-resolve/spec-copy.ts';
import { option, words } from '../../diagnostics/words.ts';
import { writeTextAtomically } from '../../node/atomic-file.ts';
import { makeFolders } from '../../node/make-folders.ts';
import { readText } from '../../node/regular-file.ts';
import { readProblem } from '../../node/system-errors.ts';
import { isTemporary } from '../../node/temporary-names.ts';
import { RunError } from '../run-error.ts';
import { createNumberedFolder, makeOwnFolder } from './own-folder.ts';
import { readTextOf } from './read-texts.ts';
import { configHashes, formatConfig, parseConfig, type RunConfig } from './run-config.ts';

/**
 * A run's folder. It contains:
 *
 * - `config.json`, `spec/`: what the run is; written once, except for a run that is made longer.
 * - `metrics.jsonl`, `events.out.tfevents.*`, `report.html`: what it did.
 * - `best.safetensors`, `last.safetensors`: the network's weights, for `enetc compile --weights`.
 * - `best.json`: the confusions of the best weights.
 * - `checkpoints/`: the last two states of the training.
 * - `lock`: the process that is writing it.
 */
export interface RunFolder {
  /** Absolute. */
  readonly path: string;
  /** As the user wrote it. */
  readonly shown: string;
}

export const checkpointsFolder = 'checkpoints';
export const specFolder = 'spec';
export const lockFile = 'lock';
const configFile = 'config.json';
/** Within `spec/`, with slashes. */
const specName = /^[^/\\\0][^\\\0]*\.enet$/;

/** The next free one of `runs/NAME-1`, `runs/NAME-2` and so on, created at once so that no other process takes it. */
export function createNumberedRun(cwd: string, name: string): RunFolder {
  return createNumberedFolder(cwd, 'runs', name, 'run');
}

/** Makes a folder for a run, or takes an empty one. @throws RunError for one that is not empty or cannot be made. */
export function createRun(path: string, shown: string): RunFolder {
  makeOwnFolder(path, shown, 'run');
  if (existsSync(join(path, configFile))) {
    throw new RunError(
      words`'${shown}' already holds a run: continue it with ${option('resume', shown)}, or choose another ${option('out')}`,
      { setting: 'out' },
    );
  }
  // All that a run leaves that was killed before it had a configuration.
  const ours = (name: string) =>
    [specFolder, checkpointsFolder, lockFile].includes(name) || name.startsWith(`${lockFile}.`) || isTemporary(name);
  if (!readdirSync(path).every(ours)) {
    throw new RunError(words`'${shown}' is not empty and holds no run: choose another ${option('out')}`, {
      setting: 'out',
    });
  }
  return { path, shown };
}

/** Writes what a run is. From then on it can be resumed. */
export function writeRun({ path }: RunFolder, config: RunConfig, spec: SpecCopy): void {
  rmSync(join(path, specFolder), { recursive: true, force: true });
  for (const [name, text] of spec.files) {
    const file = join(path, specFolder, name);
    makeFolders(dirname(file));
    writeTextAtomically(file, text);
  }
  makeFolders(join(path, checkpointsFolder));
  writeTextAtomically(join(path, configFile), formatConfig(config));
}

/** Writes the configuration of a run that is made longer. Its checkpoints are unchanged. */
export function rewriteConfig({ path }: RunFolder, config: RunConfig): void {
  writeTextAtomically(join(path, configFile), formatConfig(config));
}

/** @throws RunError if a folder holds no run. */
export function requireRun({ path, shown }: RunFolder): void {
  if (!existsSync(join(path, configFile))) throw new RunError(`there is no run in '${shown}': it has no ${configFile}`);
}

/** What a run is, and the marks of its checkpoints (`configHashes`). */
export interface StoredRun {
  readonly config: RunConfig;
  readonly hashes: readonly [string, ...string[]];
}

/** Reads what a run is. @throws RunError if there is none, or it is damaged. */
export function readRun(folder: RunFolder): StoredRun {
  requireRun(folder);
  const { path, shown } = folder;
  const name = join(shown, configFile);
  const config = parseConfig(readTextOf(join(path, configFile), `'${name}'`), name);
  if (!specName.test(config.spec) || config.spec.split('/').includes('..')) {
    throw new RunError(`'${join(shown, configFile)}' is damaged: 'spec' is not a file of ${specFolder}/`);
  }
  return { config, hashes: hashesOf(folder, config) };
}

/** The marks of a configuration's checkpoints, with the spec that the folder holds. */
export function hashesOf({ path, shown }: RunFolder, config: RunConfig): readonly [string, ...string[]] {
  try {
    return configHashes(config, readSpecTexts(path));
  } catch (e) {
    throw new RunError(`the run's spec in '${join(shown, specFolder)}' cannot be read: ${readProblem(e)}`);
  }
}

/** Removes what a killed process left half written. Only the holder of the lock may. */
export function removeLeftovers({ path }: RunFolder): void {
  for (const folder of [path, join(path, checkpointsFolder)]) {
    for (const name of existsSync(folder) ? readdirSync(folder) : []) {
      if (isTemporary(name)) rmSync(join(folder, name), { force: true });
    }
  }
}

/** Texts of the spec's files, each with its path, in the order of the paths. */
function readSpecTexts(path: string): string[] {
  const root = join(path, specFolder);
  const names = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.enet'));
  return names.sort().map((name) => `${name.split(sep).join('/')}\n${readText(join(root, name))}`);
}
