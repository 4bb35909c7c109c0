import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { RunError } from '../run-error.ts';
import { lockFile, type RunFolder } from './run-folder.ts';

/** Who holds a run folder. */
interface Holder {
  readonly pid: number;
  readonly host: string;
  /** When the process started, in the kernel's ticks, where it says so: process numbers come back. */
  readonly started: string;
}

/**
 * Takes a run folder for this process, so that no two write it. A lock that a killed process left is taken over.
 * @returns what gives the folder back.
 * @throws RunError where a living process has it, or one of another machine, of which nothing can be known.
 */
export function lockRun({ path: folder, shown }: RunFolder): () => void {
  const path = join(folder, lockFile);
  const own: Holder = { pid: process.pid, host: hostname(), started: startOf(process.pid) };
  if (!create(path, own)) {
    const holder = read(path);
    if (holder && isAlive(holder)) throw new RunError(heldMessage(shown, holder));
    rmSync(path, { force: true });
    if (!create(path, own)) throw new RunError(`another process has just taken '${shown}'`);
  }
  // Of two that took over the same lock at once, one has removed the other's.
  const now = read(path);
  if (now?.pid !== own.pid || now.started !== own.started) {
    throw new RunError(`another process has just taken '${shown}'`);
  }
  return () => rmSync(path, { force: true });
}

function create(path: string, holder: Holder): boolean {
  let file: number;
  try {
    file = openSync(path, 'wx');
  } catch (e) {
    if ((e as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw e;
  }
  writeSync(file, JSON.stringify(holder));
  closeSync(file);
  return true;
}

/** Undefined for a lock whose writer died before it wrote. */
function read(path: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Holder;
  } catch {
    return undefined;
  }
}

function isAlive({ pid, host, started }: Holder): boolean {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
  } catch (e) {
    // EPERM: it is there, and another user's.
    if ((e as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const startedNow = startOf(pid);
  return startedNow === '' || started === '' || startedNow === started;
}

/** Field 22 of /proc/PID/stat (proc(5)); the second, in parentheses, may hold spaces. Empty where there is no /proc. */
function startOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

function heldMessage(folder: string, { pid, host }: Holder): string {
  return host === hostname()
    ? `process ${pid} is writing '${folder}': wait for it, or end it with 'kill ${pid}', which leaves a checkpoint`
    : `process ${pid} on '${host}' is writing '${folder}'; if that is no longer so, remove '${join(folder, lockFile)}'`;
}
