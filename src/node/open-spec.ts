import { lstatSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { emptyHost, type Host } from '../host.ts';
import { libraryModels } from '../library.ts';
import { decodeSource, type Source } from '../source.ts';
import { stdlib } from '../stdlib.generated.ts';
import { nodeHost, readBounded, rootFor } from './host.ts';
import { FileError } from './system-errors.ts';

/** What is compiled: a source, and the host that its imports come from. */
export interface Spec {
  readonly source: Source;
  /** Whether the bytes were UTF-8. */
  readonly valid: boolean;
  readonly host: Host;
  /** The base name of files made from it: `efficientnet`; undefined for standard input. */
  readonly label?: string;
  /** The model that the name refers to, if it is the library's. */
  readonly model?: string;
}

/** A spec's file, opened. */
export interface SpecFile extends Spec {
  /** Whether the bytes began with a byte order mark, which is not a part of the text. */
  readonly marked: boolean;
}

/** Why a spec's file cannot be opened. */
export interface UnopenedSpec {
  readonly path: string;
  readonly reason: string;
  readonly missing: boolean;
}

/** Opens a spec's file by its path, as given by the user; or reports why it cannot be read. */
export function tryOpenSpec(path: string, cwd: string): SpecFile | UnopenedSpec {
  const absolute = resolve(cwd, path);
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
  const decoded = decodeSpec(path, bytes);
  if (!decoded.valid && (!path.endsWith('.enet') || bytes.subarray(0, 1024).includes(0)))
    return { path, reason: 'it is not a spec, which is text in UTF-8', missing: false };
  const host = nodeHost(cwd, rootFor(cwd, absolute));
  return { ...decoded, host, label: basename(path).replace(/\.enet$/, '') };
}

/** A spec's bytes as text. */
export function decodeSpec(name: string, bytes: Uint8Array): Pick<SpecFile, 'source' | 'valid' | 'marked'> {
  return { ...decodeSource(name, bytes), marked: bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf };
}

/** A model of the library by its name; undefined if it has none of that name. */
export function librarySpec(name: string): SpecFile | undefined {
  const entry = libraryModels.find((m) => m.name === name);
  if (!entry) return undefined;
  const source = { name: entry.module, text: stdlib[entry.module] ?? '' };
  return { source, valid: true, marked: false, host: emptyHost, label: entry.name, model: entry.model };
}

/** Opens what a name means: a file, or a model of the library. @throws FileError */
export function openSpecByName(name: string, cwd: string): Spec {
  const opened = tryOpenSpec(name, cwd);
  if (!('reason' in opened)) return opened;
  const library = opened.missing ? librarySpec(name) : undefined;
  if (library) return library;
  throw new FileError(
    opened.missing ? `there is no file or library model '${name}'` : `'${name}' cannot be read: ${opened.reason}`,
  );
}
