import { parse } from '../../1-parse/parse.ts';
import { libraryModels } from '../../library.ts';
import { stdlib } from '../../stdlib.generated.ts';
import { variantNames } from '../variant-names.ts';
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
    const { ast } = parse({ name: module, text: stdlib[module] ?? '' });
    const node = ast.declarations.find((d) => d.kind === 'model' && d.name.name === model);
    return { name, variants: node?.kind === 'model' ? variantNames(node) : [] };
  });
  return scripts[shell](models);
}
