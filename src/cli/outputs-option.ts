import { text } from './arguments.ts';
import type { Arguments } from './command.ts';
import { usageError } from './io.ts';

/** The names that `--outputs` gives, separated by commas. */
export function askedOutputs(args: Arguments): readonly string[] | undefined {
  const names = text(args, 'outputs');
  if (names === undefined) return undefined;
  const outputs = names.split(',').map((name) => name.trim());
  if (outputs.includes(''))
    throw usageError(`--outputs takes names separated by commas, not '${names}'`, args.command.name);
  return outputs;
}
