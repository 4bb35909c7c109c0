import { nounFor } from '../../diagnostics/noun-for.ts';
import { safeText } from '../../diagnostics/text-width.ts';
import { formatPercent } from '../../report/format-number.ts';
import type { WorkerEvent } from '../../study/queue/worker-events.ts';
import { flag } from '../arguments.ts';
import type { Arguments } from '../command.ts';
import type { Io } from '../io.ts';

/** Shows what a worker does: a line for each event, or with `--json` an object. Problems go to standard error too. */
export function createWorkerScreen(args: Arguments, io: Io): (event: WorkerEvent) => void {
  return (event) => {
    if (flag(args, 'json')) io.stdout.write(`${JSON.stringify(event)}\n`);
    const problem = problemOf(event);
    if (problem !== undefined) io.stderr.write(`warning: ${safeText(problem)}\n`);
    else if (event.kind !== 'away' && !flag(args, 'json') && !flag(args, 'quiet'))
      io.stdout.write(`${safeText(lineOf(event))}\n`);
  };
}

function problemOf(event: WorkerEvent): string | undefined {
  if (event.kind === 'study' && event.refused !== undefined) {
    return `no trainings of the study ${event.study} are done here: ${event.refused}`;
  }
  return event.kind === 'away' ? `the queue does not answer, trying again: ${event.reason}` : undefined;
}

function lineOf(event: Exclude<WorkerEvent, { kind: 'away' }>): string {
  switch (event.kind) {
    case 'listening':
      return `waiting for trainings at ${event.queue}`;
    case 'study':
      return `study ${event.study}: joined`;
    case 'left':
      return `study ${event.study}: left`;
    case 'started':
      return `${event.study} ${event.network}: ${event.epochs} ${nounFor(event.epochs, 'epoch')}`;
    case 'ended': {
      const { state, accuracy, reason } = event.result;
      const how = state === 'trained' ? '' : `, ${state}${reason === undefined ? '' : `: ${reason}`}`;
      return `${event.study} ${event.network}: ${formatPercent(accuracy)}${how}`;
    }
    case 'returned':
      return `${event.study} ${event.network}: left to others`;
    case 'delivered':
      return `${event.study}: delivered a result of an earlier process`;
    case 'back':
      return 'the queue answers again';
  }
}
