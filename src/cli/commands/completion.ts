import type { RunCommand } from '../command.ts';
import { completionScript } from '../completion/index.ts';
import { shells } from '../completion/words.ts';
import { exitCodes, usageError } from '../io.ts';

/** `enetc completion <bash | zsh | fish>` */
export const completionCommand: RunCommand = async (args, io) => {
  const [shell] = args.operands;
  const known = shells.find((s) => s === shell);
  if (!known) {
    const problem = shell === undefined ? 'which shell?' : `there is no completion for '${shell}':`;
    throw usageError(`${problem} bash, zsh or fish`, 'completion');
  }
  io.stdout.write(completionScript(known));
  return exitCodes.ok;
};
