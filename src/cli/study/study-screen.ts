import { nounFor } from '../../diagnostics/noun-for.ts';
import { safeText } from '../../diagnostics/text-width.ts';
import { commandLineWords } from '../../diagnostics/words.ts';
import { formatPercent } from '../../report/format-number.ts';
import { costText, costTitles, pointText } from '../../study/point-text.ts';
import { costOf, type StudyConfig } from '../../study/study-config.ts';
import type { StudyEvent } from '../../study/study-events.ts';
import type { TrialRecord } from '../../study/trial-log.ts';
import type { TrainEvent } from '../../train/api.ts';
import { flag } from '../arguments.ts';
import type { Arguments } from '../command.ts';
import type { Io } from '../io.ts';
import { printDiagnostics } from '../print-diagnostics.ts';
import { createStatusLine } from '../status-line.ts';

/** Shows a study to people: a line for each training, and on a terminal what is under way. */
export function createStudyScreen(args: Arguments, io: Io) {
  const status = createStatusLine(args, io);
  const isSilent = flag(args, 'quiet') || flag(args, 'json');
  let config: StudyConfig | undefined;
  const columns = () => (io.stderr.columns ?? 100) - 1;
  const line = (text: string) => {
    status.clear();
    if (!isSilent) io.stdout.write(`${safeText(text)}\n`);
  };
  return {
    clear: status.clear,
    onTrainEvent(event: TrainEvent) {
      if (event.kind === 'warning') status.warn(commandLineWords(event.words));
      if (event.kind === 'diagnostics') printDiagnostics(event.diagnostics, args, io);
    },
    onEvent(event: StudyEvent) {
      if (event.kind === 'study') {
        config = event.config;
        if (event.known > 0) line(`${event.known} ${nounFor(event.known, 'training')} known already`);
      } else if (event.kind === 'rung') {
        const { epochs, networks, rung } = event;
        const most = rung === 0 ? 'up to ' : '';
        line(`${epochs} ${nounFor(epochs, 'epoch')}: ${most}${networks} ${nounFor(networks, 'network')}`);
      } else if (event.kind === 'queue') {
        if (event.away === undefined) status.warn('the queue answers again');
        else status.warn(`the queue does not answer, trying again: ${event.away}`);
      } else if (event.kind === 'trial') line(trialLine(event.record, config as StudyConfig));
      else {
        const shown = event.running.map(({ subject, done, epochs, accuracy, worker }) => {
          const reached = accuracy === undefined ? '' : ` ${formatPercent(accuracy, 1)}`;
          const where = worker === undefined ? '' : ` on ${worker}`;
          return `#${subject.trial} ${done.toFixed(1)}/${epochs}${reached}${where}`;
        });
        if (!flag(args, 'quiet'))
          status.progress(`${event.trained} trained; ${safeText(shown.join(', '))}`.slice(0, columns()));
      }
    },
  };
}

function trialLine(record: TrialRecord, { cost }: StudyConfig): string {
  const { trial, state, accuracy, epochs, reason } = record;
  const how = state === 'trained' ? '' : `  ${state}${reason === undefined ? '' : `: ${reason}`}`;
  return `  #${trial}  ${epochs} ep  ${formatPercent(accuracy)}  ${costText(cost, costOf(record, cost))} ${costTitles[cost]}  ${pointText(record)}${how}`;
}
