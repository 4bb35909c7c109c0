import { posix } from 'node:path';
import type { Module, Program } from '../../2-resolve/program.ts';

/** A run's own copy of a spec: files by their path within `spec/`, and which of them is the entry. */
export interface SpecCopy {
  readonly entry: string;
  readonly files: ReadonlyMap<string, string>;
}

/**
 * Copies a program's text, so that a run does not depend on files that change. Files keep their places to each other; the
 * library's are left out, for they come with the compiler, but for one that is itself the spec.
 */
export function copySpec({ entry, modules }: Program): SpecCopy {
  const own = modules.filter((module) => !module.library || module === entry);
  const root = commonFolder(own.map(pathOf));
  const within = (module: Module) => posix.relative(root, pathOf(module));
  return { entry: within(entry), files: new Map(own.map((module) => [within(module), module.source.text])) };
}

/** The path with slashes, and with a name that a spec can have: standard input and the library's files lack one. */
function pathOf({ path }: Module): string {
  const slashes = path.replaceAll('\\', '/').replace(/<stdin>$/, 'stdin');
  return slashes.endsWith('.enet') ? slashes : `${slashes}.enet`;
}

function commonFolder(paths: readonly string[]): string {
  const [first = '', ...others] = paths;
  let folder = posix.dirname(first);
  while (!others.every((path) => path.startsWith(folder === '/' ? '/' : `${folder}/`))) folder = posix.dirname(folder);
  return folder;
}
