import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import type { SpecCopy } from '../2-resolve/spec-copy.ts';
import { option, words } from '../diagnostics/words.ts';
import { writeTextAtomically } from '../node/atomic-file.ts';
import { nodeHost } from '../node/host.ts';
import { makeFolders } from '../node/make-folders.ts';
import type { Spec } from '../node/open-spec.ts';
import { orUndefined } from '../node/or-undefined.ts';
import { isTemporary } from '../node/temporary-names.ts';
import type { LatencyTable } from '../search/latency/latency-table.ts';
import { decodeSource } from '../source.ts';
import { createNumberedFolder, makeOwnFolder } from '../train/run/own-folder.ts';
import { readTextOf } from '../train/run/read-texts.ts';
import { RunError } from '../train/run-error.ts';
import { formatStudy, parseStudy, type StudyConfig } from './study-config.ts';
import { digestOf, type LatencyTableText, readTable } from './table-file.ts';

/**
 * A study's folder. It contains:
 *
 * - `config.json`, `spec/`: what the study is; written once.
 * - `latency.json`: the table of a search with latencies; written once.
 * - `trials.jsonl`: one line per training, appended as it ends.
 * - `networks/`: every network that was trained, as a plain spec.
 * - `runs/`: the training of each, as `enetc train` makes them.
 * - `front.json`, `front.svg`, `report.html`: what it found.
 * - `lock`: the process that is writing it.
 */
export interface StudyFolder {
  /** Absolute. */
  readonly path: string;
  /** As the user wrote it. */
  readonly shown: string;
}

const configFile = 'config.json';
export const specFolder = 'spec';
const tableFile = 'latency.json';
export const networksFolder = 'networks';
export const runsFolder = 'runs';
export const trialsFile = 'trials.jsonl';

/**
 * The next free one of `studies/NAME-1`, `studies/NAME-2` and so on, created at once so that no other process takes it.
 */
export function createNumberedStudy(cwd: string, name: string): StudyFolder {
  return createNumberedFolder(cwd, 'studies', name, 'study');
}

/** Makes a folder for a study, or takes an empty one. @throws RunError for one that is not empty or cannot be made. */
export function createStudyFolder(path: string, shown: string): StudyFolder {
  makeOwnFolder(path, shown, 'study');
  if (existsSync(join(path, configFile))) {
    throw new RunError(
      words`'${shown}' already holds a study or a run: continue a study with ${option('resume', shown)}, or choose another ${option('out')}`,
      { setting: 'out' },
    );
  }
  // All that a study leaves that was killed before it had a configuration.
  const ours = (name: string) =>
    [specFolder, networksFolder, runsFolder, tableFile, 'lock'].includes(name) ||
    name.startsWith('lock.') ||
    isTemporary(name);
  if (!readdirSync(path).every(ours)) {
    throw new RunError(words`'${shown}' is not empty and holds no study: choose another ${option('out')}`, {
      setting: 'out',
    });
  }
  return { path, shown };
}

/**
 * Writes what a study is. From then on it can be resumed. The files that the spec imports are copied next to the networks too, so that
 * these compile where they are.
 */
export function writeStudy(
  { path }: StudyFolder,
  config: StudyConfig,
  { entry, files }: SpecCopy,
  table?: LatencyTableText,
): void {
  for (const [name, text] of files) {
    writeWithin(join(path, specFolder, name), text);
    if (name !== entry) writeWithin(join(path, networksFolder, name), text);
  }
  for (const folder of [networksFolder, runsFolder]) makeFolders(join(path, folder));
  if (table) writeTextAtomically(join(path, tableFile), table.text);
  writeTextAtomically(join(path, configFile), formatStudy(config));
}

function writeWithin(file: string, text: string): void {
  makeFolders(dirname(file));
  writeTextAtomically(file, text);
}

/** Where the spec of a network is, within the folder: below `networks/` as the study's spec is below `spec/`. */
export function networkFile({ spec }: Pick<StudyConfig, 'spec'>, network: string): string {
  return posix.join(networksFolder, posix.dirname(spec), `${network}.enet`);
}

/** Whether the spec of a network is written. */
export function hasNetwork({ path }: StudyFolder, config: StudyConfig, network: string): boolean {
  return existsSync(join(path, networkFile(config, network)));
}

/** Writes the spec of a network. */
export function writeNetwork({ path }: StudyFolder, config: StudyConfig, network: string, text: string): void {
  writeWithin(join(path, networkFile(config, network)), text);
}

/** Reads what a study is. @throws RunError if there is none, or it is damaged. */
export function readStudy({ path, shown }: StudyFolder): StudyConfig {
  const file = join(path, configFile);
  if (!existsSync(file)) throw new RunError(`there is no study in '${shown}': it has no ${configFile}`);
  const name = join(shown, configFile);
  return parseStudy(readTextOf(file, `'${name}'`), name);
}

/** The table of latencies that a study began with. @throws RunError if it is missing or different */
export function openStudyTable({ path, shown }: StudyFolder, { table }: StudyConfig): LatencyTable | undefined {
  if (!table) return undefined;
  const file = join(path, tableFile);
  const read = readTable(file, join(shown, tableFile));
  if (digestOf(read) === table.digest) return read.table;
  throw new RunError(`'${join(shown, tableFile)}' is not the table that the study began with: its digest differs`);
}

/** The other studies in a study's parent folder, with their configurations. */
export function* siblingStudies({ path }: StudyFolder): Generator<{ folder: StudyFolder; config: StudyConfig }> {
  const parent = dirname(path);
  for (const name of (orUndefined(() => readdirSync(parent)) ?? []).sort()) {
    const folder = { path: join(parent, name), shown: name };
    if (folder.path === path || !existsSync(join(folder.path, trialsFile))) continue;
    const config = orUndefined(() => readStudy(folder));
    if (config) yield { folder, config };
  }
}

/** The study's own copy of its spec. */
export function openStudySpec({ path, shown }: StudyFolder, { spec }: StudyConfig): Spec {
  const root = join(path, specFolder);
  const file = join(root, spec);
  try {
    return { ...decodeSource(file, readFileSync(file)), host: nodeHost(root, root) };
  } catch {
    throw new RunError(`the study's spec '${join(shown, specFolder, spec)}' cannot be read`);
  }
}
