import { codes } from '../../diagnostics/catalog.ts';
import type { Command } from '../command.ts';
import { commands } from '../commands.ts';
import type { Option } from '../option.ts';

/** The shells that there is a completion script for. */
export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/** What scripts know of the library: the models' names, each with its variants. */
export type KnownModels = readonly { readonly name: string; readonly variants: readonly string[] }[];

/** What an operand or a value can be: words, and perhaps files. */
export interface Candidates {
  readonly words: readonly string[];
  readonly files: boolean;
}

/** What may stand as an operand of a command. */
export function operandCandidates(command: Command, models: KnownModels): Candidates {
  const names = models.map((m) => m.name);
  switch (command.completes) {
    case 'spec':
      return { words: names, files: true };
    case 'code':
      return { words: [...names, ...codes], files: true };
    case 'path':
      return { words: [], files: true };
    case 'command':
      return { words: commands.map((c) => c.name), files: false };
    case 'shell':
      return { words: shells, files: false };
    case 'backend':
      return { words: ['install', 'list', 'remove', 'tensorflow'], files: false };
    case 'weights':
      return { words: ['inspect', 'convert', 'verify', 'diff', 'init', ...names], files: true };
    default:
      return { words: [], files: false };
  }
}

/** What may stand as an option's value. */
export function valueCandidates(option: Option, models: KnownModels): Candidates {
  if (option.completes === 'variant') return { words: models.flatMap((m) => m.variants), files: false };
  if (option.completes === 'spec') return { words: models.map((m) => m.name), files: false };
  return { words: option.choices ?? [], files: option.completes === 'file' };
}
