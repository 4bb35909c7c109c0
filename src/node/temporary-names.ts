import { createHash } from 'node:crypto';
import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { isRunning } from './is-running.ts';
import { orUndefined } from './or-undefined.ts';

/** Names have up to 255 bytes on most file systems: these are left for the base name. */
const mostNameBytes = 200;

/** Part of names that a process gives: machines that share a folder over a network have processes of the same numbers. */
export const machine = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);

/** The name under which a file or folder is written until it is whole: next to it, hidden, with the process in it. */
export function temporaryPath(path: string): string {
  const name = Buffer.from(basename(path))
    .subarray(0, mostNameBytes)
    .toString()
    .replace(/\ufffd+$/, '');
  return join(dirname(path), `.${name}.enetc-${machine}-${process.pid}.tmp`);
}

/** What `replaceFolder` calls the older folder for the moment in which the new one takes its name. */
export const olderEnding = '.old';

const temporary = /^\.(.*)\.enetc-([0-9a-f]{8})-(\d+)\.tmp(\.old)?$/s;

/** Whether a name in a folder is one that `temporaryPath` gives. */
export function isTemporary(name: string): boolean {
  return temporary.test(name);
}

/**
 * Removes leftovers of dead processes of this machine in a folder. An older model's folder that such a process had set aside
 * gets its name back.
 */
export function removeAbandoned(folder: string): void {
  for (const name of orUndefined(() => readdirSync(folder)) ?? []) {
    const [, of = '', where, pid, older] = temporary.exec(name) ?? [];
    if (where !== machine || isRunning(Number(pid))) continue;
    const path = join(folder, name);
    try {
      const isCut = Buffer.byteLength(of) > mostNameBytes - 4;
      if (older !== undefined && !existsSync(join(folder, of))) {
        if (!isCut) renameSync(path, join(folder, of));
      } else rmSync(path, { recursive: true, force: true });
    } catch {
      // It belongs to another user: it stays.
    }
  }
}
