// A child process of a worker whose trainings take a fixed time and no engine: what a network reaches follows from its spec. It keeps
// to the rules of a real training: it holds its run, goes on from the last checkpoint, one for each epoch, and leaves one when it is
// stopped. Every step that it does is a byte of the file FIXED_STEPS.
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { waitUntilFree } from '../../../src/study/run-holder.ts';
import { serveTrials } from '../../../src/study/serve-trials.ts';
import type { TrialControl } from '../../../src/study/train-trial.ts';
import type { TrialJob } from '../../../src/study/trial-job.ts';
import type { TrialResult } from '../../../src/study/trial-log.ts';
import { lockRun } from '../../../src/train/run/run-lock.ts';

const stepsPerEpoch = 10;
const { FIXED_STEP_MS = '0', FIXED_STEPS } = process.env;

serveTrials({ train, check: async () => undefined });

async function train(job: TrialJob, { signal, progress }: TrialControl): Promise<TrialResult | undefined> {
  if (!(await waitUntilFree(job.out, signal))) return undefined;
  mkdirSync(job.out, { recursive: true });
  const release = lockRun({ path: job.out, shown: job.out });
  const checkpoint = join(job.out, 'step');
  const end = job.epochs * stepsPerEpoch;
  try {
    let step = existsSync(checkpoint) ? Number(readFileSync(checkpoint, 'utf8')) : 0;
    while (step < end) {
      await setTimeout(Number(FIXED_STEP_MS));
      step++;
      if (FIXED_STEPS !== undefined) appendFileSync(FIXED_STEPS, '.');
      if (signal.aborted || step % stepsPerEpoch === 0) writeFileSync(checkpoint, String(step));
      if (signal.aborted && step < end) return undefined;
      progress(step / stepsPerEpoch, undefined);
    }
    return resultOf(job);
  } finally {
    release();
  }
}

function resultOf({ spec, epochs }: TrialJob): TrialResult {
  const digest = createHash('sha256').update(readFileSync(spec)).digest();
  const accuracies = Array.from({ length: epochs }, (_, e) => {
    const noise = (digest[(e % 31) + 1] as number) / 255;
    return Math.min(1, 0.5 + (0.3 * (digest[0] as number)) / 255 + 0.1 * (1 - 0.5 ** (e + 1)) + 0.02 * noise);
  });
  return { state: 'trained', accuracy: Math.max(...accuracies), accuracies, seconds: 0 };
}
