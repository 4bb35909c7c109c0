import { option, type Words, words } from '../diagnostics/words.ts';
import { RunError } from './run-error.ts';

/** Image sizes that grow over a run, from its first epoch to its last (Tan & Le 2021, EfficientNetV2). */
export interface Progression {
  readonly from: number;
  readonly to: number;
  readonly stages: number;
}

/** The step between sizes; most networks have a stride of 32, but padding makes up for the rest. */
const grain = 8;

/** Reads `128-224` or `128-224/4`. @throws RunError */
export function parseProgression(text: string): Progression {
  const match = /^(\d{1,5})-(\d{1,5})(?:\/(\d{1,3}))?$/.exec(text);
  const refuse = (why: Words) => new RunError(why, { setting: 'progressive' });
  if (!match) {
    throw refuse(words`${option('progressive')} takes FROM-TO or FROM-TO/STAGES, such as 128-224/4, not '${text}'`);
  }
  const given = option('progressive', text);
  const [from, to, stages] = [Number(match[1]), Number(match[2]), Number(match[3] ?? 4)];
  if (from < 1 || to <= from) throw refuse(words`${given}: the second size must be above the first`);
  if (stages < 2) throw refuse(words`${given}: a progression has at least two stages`);
  return { from, to, stages };
}

/**
 * The size of an epoch's images: the run is cut into stages of equal length, whose sizes are evenly spaced, multiples of 8
 * between the ends.
 * @param epoch from 0.
 */
export function sizeOfEpoch({ from, to, stages }: Progression, epoch: number, epochs: number): number {
  const stage = Math.min(stages - 1, Math.floor((epoch * stages) / epochs));
  if (stage === 0) return from;
  if (stage === stages - 1) return to;
  return Math.round((from + ((to - from) * stage) / (stages - 1)) / grain) * grain;
}
