import { lstatSync, readdirSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { didYouMean } from '../diagnostics/nearest.ts';
import { emptyHost, type Host } from '../host.ts';
import { statOf } from '../node/file-stat.ts';
import { nodeHost, readBounded, rootFor } from '../node/host.ts';
import { decodeSource, type Source } from '../source.ts';
import type { Unreadable } from './find-files.ts';
import { type Io, usageError } from './io.ts';

/** What a command works on: a source, and the host that its imports come from. */
export interface Spec {
  readonly source: Source;
  /** Whether the bytes were UTF-8. */
  readonly valid: boolean;
  /** Whether the bytes began with a byte order mark, which is no part of the text. */
  readonly marked: boolean;
  readonly host: Host;
  /** What files made of it are called by: `efficientnet`; undefined for standard input. */
  readonly label?: string;
  /** The model that the name stands for, where it is the library's. */
  readonly model?: string;
}

/**
 * Opens what an operand means: `-` is standard input, a path is a file, another name is a model of the library, and
 * nothing is the only `.enet` file of the current folder.
 */
export async function openSpec(operand: string | undefined, io: Io, command: string): Promise<Spec> {
  if (operand === '-') {
    const host = nodeHost(io.cwd, rootFor(io.cwd, resolve(io.cwd, '<stdin>')));
    return { ...decode('<stdin>', await io.readStdin()), host };
  }
  if (operand === undefined) return openFile(onlySpec(io.cwd, command), io);
  if (statOf(resolve(io.cwd, operand))?.isDirectory() === false) return openFile(operand, io);
  if (looksLikePath(operand)) return openFile(operand, io, (await import('./library-names.ts')).libraryHint);
  return openLibraryModel(operand, io);
}

/** Opens a file by its path, as typed. @param hint what else the path can mean, where there is no such file */
function openFile(path: string, io: Io, hint: (path: string) => string = () => ''): Spec {
  const opened = tryOpenFile(path, io);
  if (!('reason' in opened)) return opened;
  if (opened.missing) throw usageError(`there is no file '${path}'${didYouMean(path, specsIn(io.cwd)) || hint(path)}`);
  throw usageError(`'${path}' cannot be read: ${opened.reason}`);
}

/** Opens a file by its path, as typed; or says why it cannot be read. */
export function tryOpenFile(path: string, io: Io): Spec | (Unreadable & { readonly missing: boolean }) {
  const absolute = resolve(io.cwd, path);
  let bytes: Uint8Array | undefined;
  try {
    bytes = readBounded(absolute);
  } catch (e) {
    return { path, reason: (e as Error).message, missing: false };
  }
  if (!bytes) {
    const isLink = lstatSync(absolute, { throwIfNoEntry: false }) !== undefined;
    const reason = isLink ? 'it is a link to a file that does not exist' : 'there is no such file or folder';
    return { path, reason, missing: !isLink };
  }
  const host = nodeHost(io.cwd, rootFor(io.cwd, absolute));
  return { ...decode(path, bytes), host, label: basename(path).replace(/\.enet$/, '') };
}

/** The bytes of a spec whose text has changed: with the byte order mark that there was. */
export function textOf({ marked }: Spec, text: string): string {
  return marked && !text.startsWith('\ufeff') ? `\ufeff${text}` : text;
}

function decode(name: string, bytes: Uint8Array): { source: Source; valid: boolean; marked: boolean } {
  return { ...decodeSource(name, bytes), marked: bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf };
}

/** The `.enet` files of a folder, by name. */
export function specsIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.enet'))
      .sort();
  } catch {
    return [];
  }
}

async function openLibraryModel(name: string, io: Io): Promise<Spec> {
  const { libraryModels } = await import('../library.ts');
  const entry = libraryModels.find((m) => m.name === name);
  if (!entry) {
    const { libraryHint } = await import('./library-names.ts');
    const hint = libraryHint(name) || didYouMean(name, specsIn(io.cwd));
    throw usageError(`there is no file or library model '${name}'${hint || "; 'enetc list' names the models"}`);
  }
  const { stdlib } = await import('../stdlib.generated.ts');
  const source = { name: entry.module, text: stdlib[entry.module] ?? '' };
  return { source, valid: true, marked: false, host: emptyHost, label: entry.name, model: entry.model };
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
