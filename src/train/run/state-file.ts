import { closeSync, existsSync, fstatSync, openSync, readdirSync, readSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Variable } from '../../5-graph/training/program.ts';
import { openSafetensors } from '../../weights/safetensors.ts';
import { writeSafetensors } from '../../weights/write-safetensors.ts';
import { RunError } from '../run-error.ts';
import { writeFileAtomically } from './atomic-file.ts';
import { checkpointsFolder, type RunFolder } from './run-folder.ts';
import type { TrainState } from './state.ts';

/** How many states are kept: one more than needed, for a disk that lies about what it has written. */
const kept = 2;

export interface SavedState {
  readonly state: TrainState;
  /** Of every variable. */
  readonly values: ReadonlyMap<string, Float32Array>;
}

/**
 * Writes a training's state as `checkpoints/step-00001000.safetensors`, then removes all but the last two.
 * The variables are its tensors; the rest is JSON in its metadata.
 * @returns the file's path as the user calls it.
 */
export function writeState(
  folder: RunFolder,
  state: TrainState,
  variables: readonly Variable[],
  values: ReadonlyMap<string, Float32Array>,
  hash: string,
): string {
  const name = stateName(state.step);
  const metadata = { format: 'enetc training state 1', config: hash, state: JSON.stringify(state) };
  writeFileAtomically(join(folder.path, checkpointsFolder, name), (sink) => {
    writeSafetensors(sink, variables, (variable) => valueNamed(values, variable.name), { metadata });
  });
  for (const old of stateNames(folder).slice(kept)) rmSync(join(folder.path, checkpointsFolder, old), { force: true });
  return join(folder.shown, checkpointsFolder, name);
}

/** The newest state of a run; undefined where it was ended before it had one. @throws RunError */
export function readState(folder: RunFolder, variables: readonly Variable[], hash: string): SavedState | undefined {
  const [name] = stateNames(folder);
  if (name === undefined) return undefined;
  const shown = join(folder.shown, checkpointsFolder, name);
  const file = openSync(join(folder.path, checkpointsFolder, name), 'r');
  try {
    const read = (offset: number, length: number) => {
      const bytes = new Uint8Array(length);
      let done = 0;
      for (let n = 1; n > 0 && done < length; done += n) n = readSync(file, bytes, done, length - done, offset + done);
      return bytes.subarray(0, done);
    };
    const { checkpoint, diagnostics } = openSafetensors({ size: fstatSync(file).size, read }, shown);
    if (!checkpoint) throw new RunError(diagnostics[0]?.message ?? `'${shown}' cannot be read`);
    const text = checkpoint.metadata.get('state');
    if (text === undefined) throw new RunError(`'${shown}' is no state of a training`);
    if (checkpoint.metadata.get('config') !== hash) {
      throw new RunError(
        `'${shown}' belongs to another configuration: config.json or spec/ of '${folder.shown}' was changed. Start a new run, from these weights by --weights ${join(folder.shown, 'last.safetensors')}`,
      );
    }
    const values = new Map<string, Float32Array>();
    for (const { name: variable } of variables) {
      if (!checkpoint.tensors.has(variable)) {
        throw new RunError(`'${shown}' lacks '${variable}': it was written by another version of enetc`);
      }
      values.set(variable, checkpoint.read(variable).slice());
    }
    return { state: JSON.parse(text) as TrainState, values };
  } finally {
    closeSync(file);
  }
}

/** The path of the newest state as the user calls it, where there is one. */
export function newestState(folder: RunFolder): string | undefined {
  const [name] = stateNames(folder);
  return name === undefined ? undefined : join(folder.shown, checkpointsFolder, name);
}

function stateName(step: number): string {
  return `step-${String(step).padStart(9, '0')}.safetensors`;
}

/** Newest first. */
function stateNames({ path }: RunFolder): string[] {
  const folder = join(path, checkpointsFolder);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => /^step-\d+\.safetensors$/.test(name))
    .sort()
    .reverse();
}

function valueNamed(values: ReadonlyMap<string, Float32Array>, name: string): Float32Array {
  const value = values.get(name);
  if (!value) throw new Error(`the runner has no variable '${name}'`);
  return value;
}
