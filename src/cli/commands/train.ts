import { join } from 'node:path';
import { openRun, planRun, startRun } from '../../train/api.ts';
import { widenThreadPool } from '../../train/data/thread-pool.ts';
import { number, text } from '../arguments.ts';
import type { Arguments, RunCommand } from '../command.ts';
import { exitCodes, usageError } from '../io.ts';
import { globalOptions } from '../options.ts';
import { resumeOptions } from '../train-options.ts';
import { explained } from '../training/explained.ts';
import { resumeRequest, runRequest } from '../training/requests.ts';
import { announceRun, reportEnd } from '../training/run-texts.ts';
import { createScreen } from '../training/screen.ts';
import { listenForStop } from '../training/stop-signals.ts';

/** `enetc train [spec] --data DIR`, `enetc train --resume RUN` */
export const trainCommand: RunCommand = (args, io) =>
  explained(args, io, async () => {
    widenThreadPool(number(args, 'workers'));
    const resumed = text(args, 'resume');
    if (resumed !== undefined) refuseOthers(args);
    const screen = createScreen(args, io);
    const { onEvent } = screen;
    const run =
      resumed === undefined
        ? await startRun(
            await planRun(await runRequest(args, io), { onEvent }),
            { out: text(args, 'out') },
            { onEvent },
          )
        : await openRun(resumed, resumeRequest(args, io), { onEvent });
    const signals = listenForStop(() => {
      screen.clear();
      io.stderr.write('stopping after this step, with a checkpoint; interrupt again to end at once\n');
    });
    try {
      announceRun(run, args, io);
      const outcome = await run.train({ signal: signals.signal });
      screen.clear();
      reportEnd(outcome, run.config.classes, args, io);
      return outcome.finished ? exitCodes.ok : (signals.code() ?? exitCodes.interrupted);
    } finally {
      screen.clear();
      signals.release();
      await run.close();
    }
  });

/** @throws a usage error for what cannot be given with `--resume`. */
function refuseOthers(args: Arguments): void {
  const allowed = new Set(['epochs', ...[...resumeOptions, ...globalOptions].map((option) => option.name)]);
  const other = [...args.values.keys()].find((option) => !allowed.has(option));
  if (other !== undefined) {
    const weights = join(text(args, 'resume') as string, 'last.safetensors');
    throw usageError(
      `--${other} cannot be given with --resume: a run keeps its settings, except --epochs, which extends it. A new run can start from its weights: --weights ${weights}`,
      'train',
    );
  }
  if (args.operands.length > 0) throw usageError('--resume takes no spec: a run has its own', 'train');
}
