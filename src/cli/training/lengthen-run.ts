import { runLength } from '../../train/loop/run-length.ts';
import { parseProgression, sizeOfEpoch } from '../../train/progressive.ts';
import { lengthened } from '../../train/run/run-config.ts';
import { hashesOf } from '../../train/run/run-folder.ts';
import type { TrainState } from '../../train/run/state.ts';
import { readPosition } from '../../train/run/state-file.ts';
import { learningRate } from '../../train/schedule.ts';
import { type ResolvedSettings, settingProblem } from '../../train/settings.ts';
import { type Arguments, number, text } from '../arguments.ts';
import { usageError } from '../io.ts';
import type { RunLoaders } from './open-loaders.ts';
import type { OpenedRun } from './open-run.ts';

export interface LongerRun {
  readonly run: OpenedRun;
  /** Where the run stands. Undefined before its first checkpoint. */
  readonly position: TrainState | undefined;
}

/** The run that `--epochs` beside `--resume` asks for; undefined where it does not. Nothing is written. */
export function lengthenRun(run: OpenedRun, args: Arguments): LongerRun | undefined {
  const epochs = number(args, 'epochs');
  if (epochs === undefined) return undefined;
  const problem = settingProblem('epochs', epochs);
  if (problem !== undefined) throw usageError(`--epochs ${problem}, not '${text(args, 'epochs')}'`, 'train');
  const { folder, config, hashes } = run;
  const position = readPosition(folder, hashes);
  const longer = lengthened(config, epochs, position?.step ?? 0, folder.shown);
  return { run: { ...run, config: longer, hashes: hashesOf(folder, longer) }, position };
}

/**
 * What a run that is made longer does differently from one that had the length from the start: sentences for people. None for a
 * course that does not depend on the length, or before the first step.
 */
export function jumpsOf(
  position: TrainState | undefined,
  before: ResolvedSettings,
  after: ResolvedSettings,
  { train }: RunLoaders,
): string[] {
  if (!position || position.step === 0) return [];
  const { step, epoch } = position;
  const jumps: string[] = [];
  if (after.schedule === 'cosine') {
    const rateOf = (settings: ResolvedSettings) =>
      Number(learningRate(settings, step, runLength(settings, train)).toPrecision(3));
    jumps.push(
      `the cosine schedule spans the whole run, so that the learning rate jumps from ${rateOf(before)} to ${rateOf(after)} after step ${step}: the result is not that of a run of ${after.epochs} epochs from the start`,
    );
  }
  if (after.progressive !== undefined) {
    const progression = parseProgression(after.progressive);
    const sizeAt = ({ epochs }: ResolvedSettings) => sizeOfEpoch(progression, Math.min(epoch, epochs - 1), epochs);
    const [from, to] = [sizeAt(before), sizeAt(after)];
    jumps.push(
      `the image sizes of --progressive are spread over the whole run, so that ${from === to ? 'they grow later' : `the size jumps from ${from} to ${to}`} in epoch ${epoch + 1}: the result is not that of a run of ${after.epochs} epochs from the start`,
    );
  }
  return jumps;
}
