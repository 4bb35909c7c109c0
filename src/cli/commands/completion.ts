import type { RunCommand } from '../commands.ts';
import { completionScript, shells } from '../completion/index.ts';
import { exitCodes, usageError } from '../io.ts';

/** `enetc completion <bash | zsh | fish>` */
export const completionCommand: RunCommand = async (args, io) => {
  const [shell] = args.operands;
  const known = shells.find((s) => s === shell);
  if (!known)
    throw usageError(
      shell === undefined
        ? 'which shell? bash, zsh or fish'
        : `there is no completion for '${shell}': bash, zsh or fish`,
      'completion',
    );
  io.stdout.write(await completionScript(known));
  return exitCodes.ok;
};
