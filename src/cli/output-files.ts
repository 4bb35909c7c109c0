import { createHash } from 'node:crypto';
import { accessSync, constants, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { OpenSink } from '../6-emit/target.ts';
import { type AtomicFile, openAtomically, type RandomFile } from '../node/atomic-file.ts';
import { statOf } from '../node/file-stat.ts';
import { attemptWrite } from '../node/system-errors.ts';
import { temporaryPath } from '../node/temporary-names.ts';
import { usageError } from './io.ts';
import { noteFinished, noteUnfinished } from './unfinished-files.ts';

/** How much of a file is read for the names of its data: one whose data lie apart is smaller. */
const mostReferringBytes = 64 << 20;

/** Files that are written whole or not at all: each under a temporary name in its folder until `commit`. */
export interface OutputFiles {
  readonly open: OpenSink;
  /** Gives the files their names, the main one last: whoever sees it sees all of it. */
  commit(): void;
  /** Removes what was written. */
  discard(): void;
}

/** A file and what is next to it. */
export interface OutputFile extends OutputFiles {
  /** Opens the file to be written in any order, instead of `open('')`. @throws a usage error for a pipe or a device */
  openRandom(): RandomFile;
}

interface Opened {
  /** Where it goes; of data next to the main file only known when they are all written. */
  path(): string;
  readonly file: AtomicFile;
}

/**
 * Prepares to write `path` and files next to it. These are called by what they hold (`net.onnx.1f0c35b2a9d4.data`): so there is no
 * moment in which the older main file finds the new data, or the new one older data. Data that only the older file knew go
 * with it.
 * @param shown how the user calls the file, for messages.
 */
export function createOutputFiles(path: string, shown: string): OutputFile {
  const target = targetOf(path, shown);
  const opened: Opened[] = [];
  return {
    open(suffix) {
      const out = suffix === '' ? openMain(target, shown) : openBeside(target, suffix, shown);
      if (suffix === '') opened.push(out);
      else opened.unshift(out);
      return {
        sink: { write: (bytes) => attemptWrite(shown, () => out.file.write(bytes)) },
        get name() {
          return basename(out.path());
        },
      };
    },
    openRandom() {
      if (statOf(target)?.isFile() === false) throw usageError(`'${shown}' is not a file, which is needed here`);
      const out = openMain(target, shown);
      opened.push(out);
      const { size, readAt } = out.file;
      return {
        size,
        readAt,
        writeAt: (bytes, position) => attemptWrite(shown, () => out.file.writeAt(bytes, position)),
      };
    },
    commit() {
      const names = new Set(opened.map((out) => basename(out.path())));
      const older = dataOf(target).filter((name) => !names.has(name));
      attemptWrite(shown, () => {
        for (const { file } of opened) file.finish();
        for (const { file, path: final } of opened) file.rename(final());
      });
      for (const name of older) rmSync(join(dirname(target), name), { force: true });
    },
    discard() {
      for (const { file } of opened.splice(0)) file.discard();
    },
  };
}

/** Writes a text as a file, whole or not at all. */
export function writeTextFile(path: string, shown: string, text: string): void {
  const files = createOutputFiles(path, shown);
  try {
    files.open('').sink.write(new TextEncoder().encode(text));
    files.commit();
  } finally {
    files.discard();
  }
}

/** The file that a path means: a symbolic link is written through, not replaced. */
function targetOf(path: string, shown: string): string {
  const stat = statOf(path);
  if (stat?.isDirectory()) throw usageError(`'${shown}' is a folder: give the file a name`);
  // A pipe's true path (`/dev/stdout`) is none that can be opened.
  if (stat && !stat.isFile()) return path;
  try {
    return realpathSync(path);
  } catch {
    // It does not exist yet.
    return path;
  }
}

function openMain(path: string, shown: string): Opened {
  const stat = statOf(path);
  if (stat && !stat.isFile()) {
    return { path: () => path, file: attemptWrite(shown, () => openAtomically(path, { inPlace: true })) };
  }
  if (stat) attemptWrite(shown, () => accessSync(path, constants.W_OK));
  return { path: () => path, file: openNoted(path, shown, stat ? stat.mode & 0o777 : 0o666) };
}

/** Opens a file next to the main one, named after its content. */
function openBeside(target: string, suffix: string, shown: string): Opened {
  const stat = statOf(target);
  if (stat && !stat.isFile()) {
    throw usageError(`'${shown}' takes one file, but the weights need another next to it`);
  }
  const hash = createHash('sha256');
  let path: string | undefined;
  const file = openNoted(target + suffix, shown, 0o666);
  const write = (bytes: Uint8Array) => {
    hash.update(bytes);
    file.write(bytes);
  };
  return {
    path() {
      path ??= `${target}.${hash.digest('hex').slice(0, 12)}${suffix}`;
      return path;
    },
    file: { ...file, write },
  };
}

/** Opens a file under a temporary name that a signal's end of the program removes. */
function openNoted(path: string, shown: string, mode: number): AtomicFile {
  const temporary = temporaryPath(path);
  // Noted first: a signal may come as soon as the file is there.
  noteUnfinished(temporary);
  const file = attemptWrite(shown, () => openAtomically(path, { mode }));
  return {
    ...file,
    rename(to) {
      file.rename(to);
      noteFinished(temporary);
    },
    discard() {
      file.discard();
      noteFinished(temporary);
    },
  };
}

/** The files of data that a file refers to and that lie next to it under names made from its own. */
function dataOf(path: string): string[] {
  const stat = statOf(path);
  if (!stat?.isFile() || stat.size > mostReferringBytes) return [];
  const own = basename(path);
  const isData = (name: string) =>
    name.startsWith(`${own}.`) && /^\.([0-9a-f]{12}\.)?data$/.test(name.slice(own.length));
  try {
    const siblings = readdirSync(dirname(path)).filter(isData);
    if (siblings.length === 0) return [];
    const content = readFileSync(path);
    return siblings.filter((name) => content.includes(name));
  } catch {
    return [];
  }
}
