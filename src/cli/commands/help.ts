import type { RunCommand } from '../command.ts';
import { findCommand, unknownCommand } from '../commands.ts';
import { commandHelp, generalHelp } from '../help.ts';
import { exitCodes } from '../io.ts';

/** `enetc help [command]` */
export const helpCommand: RunCommand = async (args, io) => {
  const [name] = args.operands;
  const command = name === undefined ? undefined : findCommand(name);
  if (name !== undefined && !command) throw unknownCommand(name);
  io.stdout.write(command ? commandHelp(command) : generalHelp());
  return exitCodes.ok;
};
