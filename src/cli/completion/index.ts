import { chooseModel } from '../../2-resolve/choose-model.ts';
import { resolveProgram } from '../../2-resolve/resolve.ts';
import { variantNames } from '../../3-check/variants.ts';
import { emptyHost } from '../../host.ts';
import { libraryModels } from '../../library.ts';
import { stdlib } from '../../stdlib.generated.ts';
import { bashScript } from './bash.ts';
import { fishScript } from './fish.ts';
import { zshScript } from './zsh.ts';

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/** What scripts know of the library: the models' names, each with its variants. */
export type KnownModels = readonly { readonly name: string; readonly variants: readonly string[] }[];

const scripts: Readonly<Record<Shell, (models: KnownModels) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

/** The completion script for a shell, made from the table of commands. */
export function completionScript(shell: Shell): string {
  const models = libraryModels.map(({ name, module, model }) => {
    const { program } = resolveProgram({ name: module, text: stdlib[module] ?? '' }, emptyHost);
    const declared = chooseModel(program, { model }).model;
    return { name, variants: declared ? variantNames(declared) : [] };
  });
  return scripts[shell](models);
}
