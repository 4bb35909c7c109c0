import { commandLineWords } from '../../diagnostics/words.ts';
import type { TrainEvent } from '../../train/api.ts';
import { flag } from '../arguments.ts';
import type { Arguments } from '../command.ts';
import type { Io } from '../io.ts';
import { printDiagnostics } from '../print-diagnostics.ts';
import { createTrainScreen, type Screen } from './train-screen.ts';

/** Shows a run to people, or with `--json` to machines. */
export function createScreen(args: Arguments, io: Io): Screen {
  const quiet = flag(args, 'quiet');
  const screen = flag(args, 'json') ? createJsonScreen(io, quiet) : createTrainScreen(io, quiet);
  return {
    clear: screen.clear,
    onEvent(event) {
      if (event.kind === 'diagnostics') printDiagnostics(event.diagnostics, args, io);
      else screen.onEvent(event);
    },
  };
}

/** A line of JSON for each event; steps are left to `metrics.jsonl`. */
function createJsonScreen(io: Io, quiet: boolean): Screen {
  return {
    clear() {},
    onEvent(event) {
      if (event.kind === 'step' || event.kind === 'evaluating') return;
      if (quiet && (event.kind === 'data' || event.kind === 'warning')) return;
      io.stdout.write(`${JSON.stringify(forMachines(event))}\n`);
    },
  };
}

function forMachines(event: TrainEvent): object {
  if (event.kind === 'warning') return { kind: event.kind, message: commandLineWords(event.words) };
  if (event.kind !== 'skipped') return event;
  const { kind, name, reason } = event;
  return { kind, name, reason };
}
