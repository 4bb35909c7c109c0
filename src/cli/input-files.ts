import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Program } from '../2-resolve/program.ts';
import { type Arguments, text } from './arguments.ts';
import type { Io } from './io.ts';

/** The options that name a file, or a folder of files, which a command reads. */
const readOptions = ['weights', 'like'] as const;

/** The files that a command reads, as absolute paths: the spec, what it imports, and what its options name. */
export function inputFiles({ modules }: Program, args: Arguments, io: Io): string[] {
  const specs = modules.filter((module) => !module.library).map((module) => resolve(io.cwd, module.path));
  const named = readOptions.flatMap((name) => {
    const path = text(args, name);
    return path === undefined ? [] : withFilesOf(resolve(io.cwd, path));
  });
  return [...specs, ...named].filter((path) => existsSync(path));
}

/** A path, and where it is a folder what lies in it. */
function withFilesOf(path: string): string[] {
  try {
    return [path, ...readdirSync(path).map((name) => join(path, name))];
  } catch {
    return [path];
  }
}
