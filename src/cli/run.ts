import { safeOutput, safeText } from '../diagnostics/text-width.ts';
import { isFileError, machineProblem } from '../node/system-errors.ts';
import { parseArguments } from './arguments.ts';
import { findCommand, unknownCommand } from './commands.ts';
import { exitCodes, type Io, isExit } from './io.ts';
import { usesColor } from './style.ts';
import { terminalOutput } from './terminal-output.ts';

/** How much of a message is shown: a name in it can be as long as a command line. */
const mostShown = 2000;

/** Runs a command line, without the program's name, to an exit code. Never throws but for errors in enetc itself. */
export async function run(argv: readonly string[], streams: Io): Promise<number> {
  const io = terminalOutput(argv, streams);
  try {
    return await dispatch(argv, io);
  } catch (e) {
    const problem = isExit(e) ? undefined : isFileError(e) ? e.message : machineProblem(e);
    if (!isExit(e) && problem === undefined) throw e;
    const mark = usesColor(undefined, io, io.stderr) ? '\x1b[1;31merror\x1b[0m' : 'error';
    const message = isExit(e) ? safeOutput(e.message, /(?!)/g) : safeText(problem as string);
    io.stderr.write(`${mark}: ${message.length > mostShown ? `${message.slice(0, mostShown)}...` : message}\n`);
    if (!isExit(e)) return exitCodes.diagnostics;
    if (e.code === exitCodes.usage) {
      io.stderr.write(`Try 'enetc ${e.command ? `${e.command} ` : ''}--help'.\n`);
    }
    return e.code;
  }
}

async function dispatch(argv: readonly string[], io: Io): Promise<number> {
  const [name, ...rest] = argv;
  if (name === undefined) {
    io.stderr.write((await import('./help.ts')).generalHelp());
    return exitCodes.usage;
  }
  if (name === '--help' || name === '-h') {
    io.stdout.write((await import('./help.ts')).generalHelp());
    return exitCodes.ok;
  }
  if (name === '--version' || name === '-V') {
    io.stdout.write(`enetc ${(await import('../version.ts')).version}\n`);
    return exitCodes.ok;
  }
  const command = findCommand(name);
  if (!command) throw unknownCommand(name);
  const args = parseArguments(command, rest);
  if (args.values.has('help')) {
    io.stdout.write((await import('./help.ts')).commandHelp(command));
    return exitCodes.ok;
  }
  return (await command.load())(args, io);
}
