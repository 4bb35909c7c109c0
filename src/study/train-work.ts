import { checkTrial } from './check-trial.ts';
import type { TrialWork } from './serve-trials.ts';
import { trainTrial } from './train-trial.ts';

/** Trainings with an engine, on images. */
export const trainWork: TrialWork = { train: trainTrial, check: checkTrial };
