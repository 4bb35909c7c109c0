import { libraryModels } from '../../library.ts';
import { declaredModel } from '../library-names.ts';
import { bashScript } from './bash.ts';
import { fishScript } from './fish.ts';
import type { KnownModels, Shell } from './words.ts';
import { zshScript } from './zsh.ts';

const scripts: Readonly<Record<Shell, (models: KnownModels) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

/** The completion script for a shell, made from the table of commands. */
export function completionScript(shell: Shell): string {
  return scripts[shell](libraryModels.map((model) => ({ name: model.name, variants: declaredModel(model).variants })));
}
