import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseQueueAddress } from '../../study/queue/queue-address.ts';
import type { StudyPlace } from '../../study/run-study.ts';
import type { TrialProgram } from '../../study/trial-pool.ts';
import { number, text } from '../arguments.ts';
import type { Arguments } from '../command.ts';
import { type Io, usageError } from '../io.ts';

/** Where a study is computed. */
export function placeOf(args: Arguments, io: Io): StudyPlace {
  const queue = text(args, 'queue');
  const workers = number(args, 'workers');
  if (queue !== undefined && workers !== undefined) {
    throw usageError("--workers are child processes, and --queue has none: start 'enetc worker'", args.command.name);
  }
  return {
    program: trialProgram(),
    workers,
    ...(queue !== undefined && { queue: parseQueueAddress(queue) }),
    cwd: io.cwd,
    env: io.env,
  };
}

/** What child processes run. The bundle has it in a file of its own. */
export function trialProgram(): TrialProgram {
  const bundled = join(import.meta.dirname, 'trial-worker.cjs');
  return { file: existsSync(bundled) ? bundled : join(import.meta.dirname, '../trial-worker-from-source.mjs') };
}
