import { codes } from '../../diagnostics/catalog.ts';
import { type Command, commands } from '../commands.ts';
import { globalOptions, type Option } from '../options.ts';
import type { KnownModels } from './index.ts';

/** What an operand or a value can be: words, and perhaps files. */
export interface Candidates {
  readonly words: readonly string[];
  readonly files: boolean;
}

const shellNames = ['bash', 'zsh', 'fish'];

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
      return { words: shellNames, files: false };
    case 'backend':
      return { words: ['install', 'list', 'remove', 'tensorflow'], files: false };
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

/** All options of a command. */
export function optionsOf(command: Command): readonly Option[] {
  return [...command.options, ...globalOptions];
}

/** `--output` and `-o`. */
export function spellings(option: Option): string[] {
  return [`--${option.name}`, ...(option.short ? [`-${option.short}`] : [])];
}
