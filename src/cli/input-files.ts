import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Program } from '../2-resolve/program.ts';
import { readBounded } from '../node/host.ts';
import { decodedName } from '../node/model-folder-files.ts';
import { text } from './arguments.ts';
import type { Arguments } from './command.ts';
import type { Io } from './io.ts';

/** The options that name a file, or a folder of files, which a command reads. */
const readOptions = ['weights', 'like', 'labels'] as const;

/** The files that a command reads, as absolute paths: the spec, what it imports, and what its options name. */
export function inputFiles(modules: Program['modules'], args: Arguments, io: Io): string[] {
  const specs = modules.filter((module) => !module.library).map((module) => resolve(io.cwd, module.path));
  const named = readOptions.flatMap((name) => {
    const path = text(args, name);
    return path === undefined ? [] : withFilesOf(resolve(io.cwd, path));
  });
  return [...specs, ...named].filter((path) => existsSync(path));
}

/** A path, with what lies in it where it is a folder, and with the weights that it lists where it is a layers model's JSON. */
function withFilesOf(path: string): string[] {
  try {
    if (path.endsWith('.json')) return [path, ...listedWeights(path)];
    return [path, ...readdirSync(path).map((name) => join(path, name))];
  } catch {
    // reading it as weights says what is wrong
    return [path];
  }
}

function listedWeights(path: string): string[] {
  const json = JSON.parse(new TextDecoder().decode(readBounded(path) ?? new Uint8Array()));
  const names = [json?.weightsManifest].flat().flatMap((group) => group?.paths ?? []);
  return names
    .filter((name): name is string => typeof name === 'string')
    .flatMap((name) => [name, decodedName(name)])
    .map((name) => join(dirname(path), name));
}
