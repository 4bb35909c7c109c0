import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { didYouMean } from '../diagnostics/nearest.ts';
import { emptyHost } from '../host.ts';
import { statOf } from '../node/file-stat.ts';
import { nodeHost, rootFor } from '../node/host.ts';
import { decodeSpec, librarySpec, type SpecFile, tryOpenSpec } from '../node/open-spec.ts';
import { orUndefined } from '../node/or-undefined.ts';
import { importedName, importFile, isForeign } from './import-file.ts';
import { failure, type Io, usageError } from './io.ts';

/**
 * Opens what an operand means: `-` is standard input, a path is a file, another name is a model of the library, and
 * nothing is the only `.enet` file of the current folder.
 */
export async function openSpec(operand: string | undefined, io: Io, command: string): Promise<SpecFile> {
  if (operand === '-') {
    const host = nodeHost(io.cwd, rootFor(io.cwd, resolve(io.cwd, '<stdin>')));
    return { ...decodeSpec('<stdin>', await io.readStdin()), host };
  }
  if (operand === undefined) return openFile(onlySpec(io.cwd, command), io);
  const stat = statOf(resolve(io.cwd, operand));
  if (stat && isForeign(operand, io.cwd)) return openForeign(operand, io, command);
  if (stat?.isDirectory() === false) return openFile(operand, io);
  if (looksLikePath(operand)) return openFile(operand, io, (await import('./library-names.ts')).libraryHint);
  return openLibraryModel(operand, io);
}

/** Commands that only tell what a network is, and so take one of another program. */
const tellingCommands = ['summary', 'diff', 'graph', 'explain'];

/** The spec of a network that another program wrote. */
async function openForeign(path: string, io: Io, command: string): Promise<SpecFile> {
  if (!tellingCommands.includes(command))
    throw usageError(`'${path}' is not a spec: 'enetc import ${path}' writes one, and its weights`);
  const { imported, diagnostics, close } = await importFile(path, io);
  close();
  if (!imported) throw failure(diagnostics.map(({ message }) => message).join('; '));
  const label = importedName(path);
  return { source: { name: path, text: imported.text }, valid: true, marked: false, host: emptyHost, label };
}

/** Opens a file by its path, as typed. @param hint what else the path can mean, where there is no such file */
export function openFile(path: string, io: Io, hint: (path: string) => string = () => ''): SpecFile {
  const opened = tryOpenSpec(path, io.cwd);
  if (!('reason' in opened)) return opened;
  if (opened.missing) throw usageError(`there is no file '${path}'${didYouMean(path, specsIn(io.cwd)) || hint(path)}`);
  throw usageError(`'${path}' cannot be read: ${opened.reason}`);
}

/** The bytes of a spec whose text has changed: with the byte order mark that there was. */
export function textOf({ marked }: SpecFile, text: string): string {
  return marked && !text.startsWith('\ufeff') ? `\ufeff${text}` : text;
}

/** The `.enet` files of a folder, by name. */
export function specsIn(folder: string): string[] {
  const names = orUndefined(() => readdirSync(folder)) ?? [];
  return names.filter((name) => name.endsWith('.enet')).sort();
}

async function openLibraryModel(name: string, io: Io): Promise<SpecFile> {
  const spec = librarySpec(name);
  if (spec) return spec;
  const { libraryHint } = await import('./library-names.ts');
  const hint = libraryHint(name) || didYouMean(name, specsIn(io.cwd));
  throw usageError(`there is no file or library model '${name}'${hint || "; 'enetc list' names the models"}`);
}

function onlySpec(cwd: string, command: string): string {
  const specs = specsIn(cwd);
  const [only] = specs;
  if (only !== undefined && specs.length === 1) return only;
  if (specs.length === 0) {
    const advice = "'enetc list' names the library's models";
    throw usageError(`no spec is given, and there is no .enet file in this folder; ${advice}`, command);
  }
  const shown = specs.slice(0, 10).join(', ') + (specs.length > 10 ? `, and ${specs.length - 10} more` : '');
  throw usageError(`no spec is given, and this folder has several: ${shown}`, command);
}

function looksLikePath(operand: string): boolean {
  return /[/\\]|\.enet$|^\.\.?$/.test(operand);
}
