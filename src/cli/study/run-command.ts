import { safeText } from '../../diagnostics/text-width.ts';
import { type StudyControl, type StudyOutcome, shownPath } from '../../study/run-study.ts';
import type { StudyEvent } from '../../study/study-events.ts';
import { networkFile } from '../../study/study-folder.ts';
import { findingsText } from '../../study/study-text.ts';
import { findingsJson } from '../../study/write-findings.ts';
import { flag } from '../arguments.ts';
import type { Arguments } from '../command.ts';
import { exitCodes, type Io } from '../io.ts';
import { printAnswer } from '../print-diagnostics.ts';
import { explained } from '../training/explained.ts';
import { listenForStop } from '../training/stop-signals.ts';
import { type LivePage, openLivePage } from './live-page.ts';
import { createStudyScreen } from './study-screen.ts';

/** Runs a study to its end or until a signal stops it, and says what it found. */
export function runStudyCommand(
  args: Arguments,
  io: Io,
  run: (control: StudyControl, screen: ReturnType<typeof createStudyScreen>) => Promise<StudyOutcome>,
  after: (outcome: StudyOutcome) => readonly string[] = () => [],
): Promise<number> {
  return explained(args, io, async () => {
    const screen = createStudyScreen(args, io);
    const signals = listenForStop(() => {
      screen.clear();
      io.stderr.write(
        flag(args, 'queue')
          ? 'stopping: workers finish their trainings and take no more; interrupt again to end at once\n'
          : 'stopping: trainings finish their step and write a checkpoint; interrupt again to end at once\n',
      );
    });
    let page: LivePage | undefined;
    try {
      page = flag(args, 'page') ? await openLivePage(io) : undefined;
      const onEvent = (event: StudyEvent) => {
        screen.onEvent(event);
        page?.onEvent(event);
      };
      const outcome = await run({ signal: signals.signal, onEvent }, screen);
      screen.clear();
      printOutcome(outcome, outcome.finished ? after(outcome) : [], args, io);
      return outcome.finished ? exitCodes.ok : (signals.code() ?? exitCodes.interrupted);
    } finally {
      page?.close();
      screen.clear();
      signals.release();
    }
  });
}

function printOutcome(outcome: StudyOutcome, notes: readonly string[], args: Arguments, io: Io): void {
  const { folder, config, finished, findings } = outcome;
  const value = { folder: folder.shown, finished, ...findingsJson(outcome) };
  if (flag(args, 'quiet') && !flag(args, 'json')) return;
  printAnswer(args, io, value, (paint) => {
    const { best } = findings;
    const lines = [
      `\n${findingsText(outcome, paint)}`,
      ...(best && !config.scale
        ? [`the best network: ${safeText(shownPath(folder, networkFile(config, best.network)))}`]
        : []),
      `report: ${safeText(shownPath(folder, 'report.html'))}`,
      ...notes.map((note) => safeText(note)),
      ...(finished ? [] : [`continue with: ${resuming(outcome, args)}`]),
    ];
    return `${lines.join('\n')}\n`;
  });
}

/** The address of a queue may hold a password, and is not repeated. */
function resuming({ folder }: StudyOutcome, args: Arguments): string {
  const queue = flag(args, 'queue') ? ' --queue URL' : '';
  return `enetc ${args.command.name} --resume ${safeText(folder.shown)}${queue}`;
}
