import { libraryModels } from '../../library.ts';
import type { RunCommand } from '../command.ts';
import { bashScript } from '../completion/bash.ts';
import { fishScript } from '../completion/fish.ts';
import { type KnownModels, type Shell, shells } from '../completion/words.ts';
import { zshScript } from '../completion/zsh.ts';
import { exitCodes, usageError } from '../io.ts';
import { declaredModel } from '../library-names.ts';

/** The scripts are made from the table of commands. */
const scripts: Readonly<Record<Shell, (models: KnownModels) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

/** `enetc completion <bash | zsh | fish>` */
export const completionCommand: RunCommand = async (args, io) => {
  const [shell] = args.operands;
  const known = shells.find((s) => s === shell);
  if (!known) {
    const problem = shell === undefined ? 'which shell?' : `there is no completion for '${shell}':`;
    throw usageError(`${problem} bash, zsh or fish`, 'completion');
  }
  const models = libraryModels.map((model) => ({ name: model.name, variants: declaredModel(model).variants }));
  io.stdout.write(scripts[known](models));
  return exitCodes.ok;
};
