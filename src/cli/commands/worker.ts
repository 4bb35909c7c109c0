import { resolve } from 'node:path';
import { parseQueueAddress } from '../../study/queue/queue-address.ts';
import { serveQueue } from '../../study/queue/serve-queue.ts';
import { number, text } from '../arguments.ts';
import type { RunCommand } from '../command.ts';
import { exitCodes, usageError } from '../io.ts';
import { trialProgram } from '../study/place.ts';
import { createWorkerScreen } from '../study/worker-screen.ts';
import { explained } from '../training/explained.ts';
import { listenForStop } from '../training/stop-signals.ts';

/** `enetc worker --queue URL` */
export const workerCommand: RunCommand = (args, io) =>
  explained(args, io, async () => {
    const url = text(args, 'queue');
    if (url === undefined) throw usageError('--queue is missing: where studies queue trainings', 'worker');
    const [data, runs] = ['data', 'runs'].map((name) => {
      const path = text(args, name);
      return path === undefined ? undefined : resolve(io.cwd, path);
    });
    const address = parseQueueAddress(url);
    const signals = listenForStop(() => {
      io.stderr.write(
        'stopping: trainings finish their step and are left to others with a checkpoint; interrupt again to end at once\n',
      );
    });
    try {
      await serveQueue(
        {
          address,
          program: trialProgram(),
          concurrency: number(args, 'concurrency') ?? 1,
          data,
          runs,
          cwd: io.cwd,
          env: io.env,
        },
        { signal: signals.signal, onEvent: createWorkerScreen(args, io) },
      );
      return signals.code() ?? exitCodes.interrupted;
    } finally {
      signals.release();
    }
  });
