import { didYouMean } from '../../diagnostics/nearest.ts';
import { commands, findCommand, type RunCommand } from '../commands.ts';
import { commandHelp, generalHelp } from '../help.ts';
import { exitCodes, usageError } from '../io.ts';

/** `enetc help [command]` */
export const helpCommand: RunCommand = async (args, io) => {
  const [name] = args.operands;
  const command = name === undefined ? undefined : findCommand(name);
  if (name !== undefined && !command) {
    throw usageError(
      `there is no command '${name}'${didYouMean(
        name,
        commands.map((c) => c.name),
      )}`,
    );
  }
  io.stdout.write(command ? commandHelp(command) : generalHelp());
  return exitCodes.ok;
};
