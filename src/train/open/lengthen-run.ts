import { option, type Words, words } from '../../diagnostics/words.ts';
import { runLength } from '../loop/run-length.ts';
import { parseProgression, sizeOfEpoch } from '../progressive.ts';
import { lengthened } from '../run/run-config.ts';
import { hashesOf } from '../run/run-folder.ts';
import type { TrainState } from '../run/state.ts';
import { readPosition } from '../run/state-file.ts';
import { learningRate } from '../schedule.ts';
import { type ResolvedSettings, requireSetting } from '../settings.ts';
import type { RunLoaders } from './open-loaders.ts';
import type { StoredNetwork } from './stored-network.ts';

export interface LongerRun {
  readonly run: StoredNetwork;
  /** The run's state. Undefined before its first checkpoint. */
  readonly position: TrainState | undefined;
}

/** The run with more epochs. Nothing is written. @throws SettingError, RunError if it would not be longer. */
export function lengthenRun(run: StoredNetwork, epochs: number): LongerRun {
  requireSetting('epochs', epochs);
  const { folder, config, hashes } = run;
  const position = readPosition(folder, hashes);
  const longer = lengthened(config, epochs, position?.step ?? 0, folder.shown);
  return { run: { ...run, config: longer, hashes: hashesOf(folder, longer) }, position };
}

/**
 * How a lengthened run differs from one that had the length from the start: sentences for users. Empty where the course does
 * not depend on the length, or before the first step.
 */
export function jumpsOf(
  position: TrainState | undefined,
  before: ResolvedSettings,
  after: ResolvedSettings,
  { train }: RunLoaders,
): Words[] {
  if (!position || position.step === 0) return [];
  const { step, epoch } = position;
  const jumps: Words[] = [];
  const end = `the result differs from that of a run of ${after.epochs} epochs from the start`;
  if (after.schedule === 'cosine') {
    const rateOf = (settings: ResolvedSettings) =>
      Number(learningRate(settings, step, runLength(settings, train)).toPrecision(3));
    jumps.push(
      `the cosine schedule spans the whole run, so that the learning rate jumps from ${rateOf(before)} to ${rateOf(after)} after step ${step}: ${end}`,
    );
  }
  if (after.progressive !== undefined) {
    const progression = parseProgression(after.progressive);
    const sizeAt = ({ epochs }: ResolvedSettings) => sizeOfEpoch(progression, Math.min(epoch, epochs - 1), epochs);
    const [from, to] = [sizeAt(before), sizeAt(after)];
    jumps.push(
      words`the image sizes of ${option('progressive')} are spread over the whole run, so that ${from === to ? 'they grow later' : `the size jumps from ${from} to ${to}`} in epoch ${epoch + 1}: ${end}`,
    );
  }
  return jumps;
}
