import { isAbsolute, relative } from 'node:path';
import { safeText } from '../../diagnostics/text-width.ts';
import { commandLineWords } from '../../diagnostics/words.ts';
import { formatBytes } from '../../report/format-number.ts';
import { evaluate, type TrainEvent } from '../../train/api.ts';
import { widenThreadPool } from '../../train/data/thread-pool.ts';
import { flag, number } from '../arguments.ts';
import type { Arguments, RunCommand } from '../command.ts';
import { exitCodes, type Io } from '../io.ts';
import { printDiagnostics, printJson } from '../print-diagnostics.ts';
import { paintFor } from '../style.ts';
import { evalJson, evalText } from '../training/eval-text.ts';
import { explained } from '../training/explained.ts';
import { evaluateRequest } from '../training/requests.ts';

/** `enetc eval [spec] --weights FILE --data DIR`, `enetc eval --run RUN` */
export const evalCommand: RunCommand = (args, io) =>
  explained(args, io, async () => {
    widenThreadPool(number(args, 'workers'));
    const screen = createEvalScreen(args, io);
    const evaluation = await evaluate(await evaluateRequest(args, io), { onEvent: screen.onEvent });
    screen.clear();
    const { network, split, classes, backend, rounded } = evaluation;
    const weights = shownPath(evaluation.weights, io);
    const data = shownPath(evaluation.data, io);
    if (flag(args, 'json')) printJson({ weights, data, split, backend, rounded, ...evalJson(evaluation, classes) }, io);
    else {
      const what = `${network.graph.name}, ${weights}, ${split} of ${data}, on ${backend}${rounded ? ', rounded as int8 files hold it' : ''}`;
      io.stdout.write(evalText(evaluation, classes, what, paintFor(args, io)));
    }
    return exitCodes.ok;
  });

/** As the user would type it, where it lies in the current folder. */
function shownPath(path: string, io: Io): string {
  const within = relative(io.cwd, path);
  return within === '' || within.startsWith('..') || isAbsolute(within) ? path : within;
}

/** Shows the progress of an evaluation, and what it warns of. */
function createEvalScreen(args: Arguments, io: Io) {
  let shown = false;
  const clear = () => {
    if (shown) io.stderr.write('\r\x1b[K');
  };
  const warn = (message: string) => {
    clear();
    io.stderr.write(`warning: ${safeText(message)}\n`);
  };
  return {
    clear,
    onEvent(event: TrainEvent) {
      if (event.kind === 'diagnostics') printDiagnostics(event.diagnostics, args, io);
      else if (event.kind === 'warning') warn(commandLineWords(event.words));
      else if (event.kind === 'skipped') warn(`'${event.name}' cannot be read and is skipped: ${event.reason}`);
      else if (event.kind === 'evaluating' && io.stderr.isTTY) {
        shown = true;
        const { done, batches } = event;
        io.stderr.write(`\r\x1b[Kevaluating, batch ${done} of ${batches}, ${formatBytes(process.memoryUsage.rss())}`);
      }
    },
  };
}
