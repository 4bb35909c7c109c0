import { basename, resolve } from 'node:path';
import { safeText } from '../../diagnostics/text-width.ts';
import { statOf } from '../../node/file-stat.ts';
import { flag, text } from '../arguments.ts';
import type { RunCommand } from '../command.ts';
import { exitCodes, failure, usageError } from '../io.ts';
import { writeTextFile } from '../output-files.ts';
import { starterSpec } from '../starter-spec.ts';

/** `enetc init [file]` */
export const initCommand: RunCommand = async (args, io) => {
  const from = text(args, 'from');
  const content = from === undefined ? starterSpec : await libraryText(from);
  const given = args.operands[0] ?? `${from ?? 'my-net'}.enet`;
  if (/[/\\]$/.test(given)) throw usageError(`'${given}' is a folder: give the file a name`, 'init');
  const file = given.endsWith('.enet') ? given : `${given}.enet`;
  const path = resolve(io.cwd, file);
  if (statOf(path) && !flag(args, 'force')) throw failure(`'${file}' exists; --force overwrites it`);
  writeTextFile(path, file, content);
  if (!flag(args, 'quiet')) {
    const name = /\s/.test(file) ? `"${safeText(file)}"` : safeText(file);
    io.stdout.write(`wrote ${safeText(basename(file))}; next:\n  enetc summary ${name}\n  enetc compile ${name}\n`);
  }
  return exitCodes.ok;
};

async function libraryText(name: string): Promise<string> {
  const { libraryModels } = await import('../../library.ts');
  const { stdlib } = await import('../../stdlib.generated.ts');
  const model = libraryModels.find((m) => m.name === name);
  if (!model) {
    const { libraryHint } = await import('../library-names.ts');
    throw usageError(`the library has no model '${name}'${libraryHint(name)}`, 'init');
  }
  return stdlib[model.module] ?? '';
}
