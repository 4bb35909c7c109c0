import type { Module, Program } from './program.ts';

/** A self-contained copy of a spec: files by their path within its folder, with slashes, and which of them is the entry. */
export interface SpecCopy {
  readonly entry: string;
  readonly files: ReadonlyMap<string, string>;
}

/**
 * Copies a program's text, so that results do not depend on files that change. Files keep their relative paths; the
 * library's are left out, since they come with the compiler, except one that is itself the spec.
 */
export function copySpec({ entry, modules }: Program): SpecCopy {
  const own = modules.filter((module) => !module.library || module === entry);
  const root = commonFolder(own.map(pathOf));
  const within = (module: Module) => pathOf(module).slice(root.length);
  return { entry: within(entry), files: new Map(own.map((module) => [within(module), module.source.text])) };
}

/** The path with slashes, and with a name that a spec can have: standard input and the library's files lack one. */
function pathOf({ path }: Module): string {
  const slashes = path.replaceAll('\\', '/').replace(/<stdin>$/, 'stdin');
  return slashes.endsWith('.enet') ? slashes : `${slashes}.enet`;
}

/** The folder that all files are in, with its slash; nothing where they have none in common. */
function commonFolder([first = '', ...others]: readonly string[]): string {
  let folder = folderOf(first);
  while (!others.every((path) => path.startsWith(folder))) folder = folderOf(folder.slice(0, -1));
  return folder;
}

/** With its slash. */
function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}
