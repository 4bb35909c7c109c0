import { closeSync, existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { Variable } from '../../5-graph/training/program.ts';
import { option, words } from '../../diagnostics/words.ts';
import { writeFileAtomically } from '../../node/atomic-file.ts';
import { orUndefined } from '../../node/or-undefined.ts';
import { openRegular, randomAccess, UnreadableFile } from '../../node/regular-file.ts';
import { readProblem } from '../../node/system-errors.ts';
import type { Checkpoint } from '../../weights/checkpoint.ts';
import { openSafetensors } from '../../weights/readers/readers.ts';
import { writeSafetensors } from '../../weights/write-safetensors.ts';
import { RunError } from '../run-error.ts';
import { checkpointsFolder, type RunFolder } from './run-folder.ts';
import { stateProblem, type TrainState } from './state.ts';

/** How many states are kept: one more than needed, in case a disk falsely reports that it has written. */
const kept = 2;
const format = 'enetc training state 1';

export interface SavedState {
  readonly state: TrainState;
  /** Of every variable. */
  readonly values: ReadonlyMap<string, Float32Array>;
}

/** A damaged checkpoint. */
export interface DamagedState {
  /** As the user calls it. */
  readonly path: string;
  readonly reason: string;
}

/**
 * Writes a training's state as `checkpoints/step-00001000.safetensors`, then removes all but the last two.
 * The variables are its tensors; the rest is JSON in its metadata.
 * @returns the file's path as given by the user.
 */
export function writeState(
  folder: RunFolder,
  state: TrainState,
  variables: readonly Variable[],
  values: ReadonlyMap<string, Float32Array>,
  hash: string,
): string {
  const name = stateName(state.step);
  const text = JSON.stringify(state);
  const sum = checksum(
    text,
    variables.map((variable) => valueNamed(values, variable.name)),
  );
  const metadata = { format, config: hash, state: text, crc32: sum };
  writeFileAtomically(join(folder.path, checkpointsFolder, name), (sink) => {
    writeSafetensors(sink, variables, (variable) => valueNamed(values, variable.name), { metadata });
  });
  for (const old of stateNames(folder).slice(kept)) rmSync(join(folder.path, checkpointsFolder, old), { force: true });
  return join(folder.shown, checkpointsFolder, name);
}

/**
 * The newest undamaged state of a run; undefined if it ended before it had one.
 * @param hashes the marks of the run's configuration, see `configHashes`.
 * @param damaged called for each newer damaged one, which is renamed so that it is not tried again. @throws RunError if all are damaged, or if the newest belongs to another configuration.
 */
export function readState(
  folder: RunFolder,
  variables: readonly Variable[],
  hashes: readonly string[],
  damaged: (state: DamagedState) => void,
): SavedState | undefined {
  const found: (DamagedState & { readonly name: string })[] = [];
  for (const name of stateNames(folder)) {
    const shown = join(folder.shown, checkpointsFolder, name);
    const read = withState(folder, name, hashes, ({ checkpoint, state, text }) => {
      const values = new Map<string, Float32Array>();
      for (const { name: variable, shape } of variables) {
        const stored = checkpoint.tensors.get(variable);
        if (!stored) throw new RunError(`'${shown}' lacks '${variable}': it was written by another version of enetc`);
        if (stored.shape.join() !== shape.join() || stored.dtype !== 'F32') {
          return `'${variable}' is ${stored.dtype} of shape [${stored.shape.join(', ')}] and not F32 of [${shape.join(', ')}]`;
        }
        values.set(variable, checkpoint.read(variable).slice());
      }
      const sum = checkpoint.metadata.get('crc32');
      const now = checksum(text, [...values.values()]);
      return sum === undefined || sum === now ? { state, values } : 'its checksum does not match its contents';
    });
    if (typeof read !== 'string') {
      for (const state of found) {
        setAside(join(folder.path, checkpointsFolder, state.name));
        damaged({ path: state.path, reason: state.reason });
      }
      return read;
    }
    found.push({ name, path: shown, reason: read });
  }
  if (found.length === 0) return undefined;
  const list = found.map(({ path, reason }) => `'${path}' (${reason})`).join(', ');
  const weights = join(folder.shown, 'last.safetensors');
  throw new RunError(
    words`no checkpoint of '${folder.shown}' can be read: ${list}. Start a new run from its weights with ${option('weights', weights)}`,
  );
}

/** A run's progress, from its newest readable state, without the variables. Undefined if it has none. */
export function readPosition(folder: RunFolder, hashes: readonly string[]): TrainState | undefined {
  for (const name of stateNames(folder)) {
    const state = withState(folder, name, hashes, (opened) => opened.state);
    if (typeof state !== 'string') return state;
  }
  return undefined;
}

/** The path of the newest state as given by the user, where there is one. */
export function newestState(folder: RunFolder): string | undefined {
  const [name] = stateNames(folder);
  return name === undefined ? undefined : join(folder.shown, checkpointsFolder, name);
}

interface OpenedState {
  readonly checkpoint: Checkpoint;
  readonly state: TrainState;
  /** The state's JSON. */
  readonly text: string;
}

/**
 * Opens a state and passes it to `use`; returns a text that states what is wrong if it is damaged. @throws RunError if
 * it belongs to another configuration, or currently cannot be read.
 */
function withState<T>(
  folder: RunFolder,
  name: string,
  hashes: readonly string[],
  use: (opened: OpenedState) => T | string,
): T | string {
  const shown = join(folder.shown, checkpointsFolder, name);
  let file: number;
  try {
    file = openRegular(join(folder.path, checkpointsFolder, name));
  } catch (e) {
    if (e instanceof UnreadableFile && e.damaged) return e.message;
    throw new RunError(`'${shown}' cannot be read: ${readProblem(e)}`);
  }
  try {
    const { checkpoint, diagnostics } = openSafetensors(randomAccess(file), shown);
    if (!checkpoint) return diagnostics[0]?.message ?? 'it is not a safetensors file';
    const text = checkpoint.metadata.get('state');
    if (text === undefined || checkpoint.metadata.get('format') !== format) return 'it is not a training state';
    if (!hashes.includes(checkpoint.metadata.get('config') ?? '')) {
      throw new RunError(
        words`'${shown}' belongs to another configuration: config.json or spec/ of '${folder.shown}' was changed. Start a new run from these weights with ${option('weights', join(folder.shown, 'last.safetensors'))}`,
      );
    }
    const state: unknown = orUndefined(() => JSON.parse(text));
    const problem = stateProblem(state);
    if (problem !== undefined) return problem;
    const { step } = state as TrainState;
    return stateName(step) === name
      ? use({ checkpoint, state: state as TrainState, text })
      : `it is the state of step ${step}`;
  } catch (e) {
    if (e instanceof RunError) throw e;
    return readProblem(e);
  } finally {
    closeSync(file);
  }
}

/** A digest of the whole state: any change in it, by a disk or a person, is detected. */
function checksum(text: string, values: readonly Float32Array[]): string {
  let sum = crc32(text);
  for (const { buffer, byteOffset, byteLength } of values)
    sum = crc32(new Uint8Array(buffer, byteOffset, byteLength), sum);
  return sum.toString(16).padStart(8, '0');
}

/**
 * Renames it to a name that no state has. A folder that cannot be written ends the run at its next checkpoint anyway.
 */
function setAside(path: string): void {
  try {
    rmSync(`${path}.damaged`, { recursive: true, force: true });
    renameSync(path, `${path}.damaged`);
  } catch {
    // It stays where it is, and is skipped again.
  }
}

function stateName(step: number): string {
  return `step-${String(step).padStart(9, '0')}.safetensors`;
}

function stepOf(name: string): number {
  return Number(/\d+/.exec(name)?.[0]);
}

/** Newest first. */
function stateNames({ path, shown }: RunFolder): string[] {
  const folder = join(path, checkpointsFolder);
  if (!existsSync(folder)) return [];
  try {
    return readdirSync(folder)
      .filter((name) => /^step-\d+\.safetensors$/.test(name))
      .sort((a, b) => stepOf(b) - stepOf(a));
  } catch (e) {
    throw new RunError(`'${join(shown, checkpointsFolder)}' cannot be read: ${readProblem(e)}`);
  }
}

function valueNamed(values: ReadonlyMap<string, Float32Array>, name: string): Float32Array {
  const value = values.get(name);
  if (!value) throw new Error(`the runner has no variable '${name}'`);
  return value;
}
