import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { isRunning } from '../../node/is-running.ts';
import { orUndefined } from '../../node/or-undefined.ts';
import { readText, UnreadableFile } from '../../node/regular-file.ts';
import { writeProblem } from '../../node/system-errors.ts';
import { temporaryPath } from '../../node/temporary-names.ts';
import { RunError } from '../run-error.ts';
import { lockFile, type RunFolder } from './run-folder.ts';
import { aCount, anObject, aText } from './shape.ts';

/** The holder of a run folder. */
interface Holder {
  readonly pid: number;
  readonly host: string;
  /** When the process started, in the kernel's ticks, if known: process numbers are reused. */
  readonly started: string;
}

const shape = anObject({ pid: aCount, host: aText, started: aText });
/** The file of a process that is taking the lock: `lock.PID.RANDOM`. */
const claimName = /^lock\.\d+\.[0-9a-f]+$/;
/** How often a process gives way, at most, to another that claims the folder at the same time. */
const attempts = 100;

/**
 * Takes a run folder for this process, so that no two write it. A lock that a killed process left is taken over.
 *
 * A process puts its own claim into the folder, looks for claims of others and for a lock, and only if no living process has either does its claim become the lock, by a rename that replaces a dead one. If two processes compete, the one whose claim is later sees the other's claim, or the lock that it has become; so the two never both hold the folder. If both see each other, both give way for a random time. @returns a function that releases the folder.
 * @throws RunError if a living process has it, or one of another machine, of which nothing can be known.
 */
export function lockRun({ path: folder, shown }: RunFolder): () => void {
  const path = join(folder, lockFile);
  const own: Holder = { pid: process.pid, host: hostname(), started: startOf(process.pid) };
  const text = JSON.stringify(own);
  const claim = join(folder, `${lockFile}.${process.pid}.${randomBytes(8).toString('hex')}`);
  try {
    for (let attempt = 0; attempt < attempts; attempt++) {
      refuseHeld(path, shown);
      putClaim(claim, text);
      if (claimsOfOthers(folder, claim)) {
        rmSync(claim, { force: true });
        sleep(Math.random() * 20 * Math.min(10, attempt + 1));
        continue;
      }
      refuseHeld(path, shown);
      if (!becomesLock(claim, path)) continue;
      removeDeadClaims(folder);
      return () => release(path, text);
    }
  } catch (e) {
    rmSync(claim, { force: true });
    if (e instanceof RunError) throw e;
    throw new RunError(`the run '${shown}' cannot be locked: ${writeProblem(e, join(shown, lockFile))}`);
  }
  throw new RunError(`other processes are trying to lock '${shown}': try again`);
}

/**
 * Whether a process holds a run folder: `here`, a living one of this machine; `elsewhere`, one of another machine, of which only
 * the time of its last renewal is known (`keepHolding`).
 */
export function holderOf({ path: folder }: Pick<RunFolder, 'path'>): 'here' | 'elsewhere' | undefined {
  const holder = read(join(folder, lockFile));
  if (!holder || !isAlive(holder)) return undefined;
  return holder.host === hostname() ? 'here' : 'elsewhere';
}

/**
 * When the holder of a run folder last renewed its lock, by the clock of the file system; 0 where there is no holder.
 */
export function lastHeard({ path: folder }: Pick<RunFolder, 'path'>): number {
  return orUndefined(() => statSync(join(folder, lockFile)).mtimeMs) ?? 0;
}

/**
 * Renews the lock of this process on a run folder: machines that share the folder see the lock's time. @returns false
 * where it no longer holds it
 */
export function keepHolding({ path: folder }: Pick<RunFolder, 'path'>): boolean {
  const path = join(folder, lockFile);
  const holder = read(path);
  if (holder?.pid !== process.pid || holder.host !== hostname()) return false;
  const now = new Date();
  return orUndefined(() => utimesSync(path, now, now) ?? true) ?? false;
}

/** Removes the lock of a dead process on another machine. */
export function removeLock({ path: folder }: Pick<RunFolder, 'path'>): void {
  rmSync(join(folder, lockFile), { force: true });
}

function refuseHeld(path: string, shown: string): void {
  const holder = read(path);
  if (holder && isAlive(holder)) throw new RunError(heldMessage(shown, holder));
}

/** Complete from the moment that it has its name. */
function putClaim(claim: string, text: string): void {
  const temporary = temporaryPath(claim);
  writeFileSync(temporary, text, { flag: 'wx' });
  renameSync(temporary, claim);
}

/** Whether another living process claims the folder. */
function claimsOfOthers(folder: string, claim: string): boolean {
  return claimsOf(folder).some((path) => {
    if (path === claim) return false;
    const holder = read(path);
    return holder !== undefined && isAlive(holder);
  });
}

function claimsOf(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => claimName.test(name))
    .map((name) => join(folder, name));
}

/** False if the claim was removed: then it did not count. */
function becomesLock(claim: string, path: string): boolean {
  try {
    renameSync(claim, path);
    return true;
  } catch (e) {
    const { code } = e as NodeJS.ErrnoException;
    if (code === 'ENOENT') return false;
    if (code === 'EISDIR' || code === 'ENOTEMPTY') throw new Error(`its '${lockFile}' is a folder: remove it`);
    throw e;
  }
}

/** Only the holder does this, so that dead claims are not removed while others read them. */
function removeDeadClaims(folder: string): void {
  for (const path of claimsOf(folder)) {
    const holder = read(path);
    if (!holder || !isAlive(holder)) rmSync(path, { force: true });
  }
}

/** A lock that now belongs to another process stays. */
function release(path: string, text: string): void {
  try {
    if (readText(path) === text) rmSync(path, { force: true });
  } catch {
    // It is gone, or not ours.
  }
}

function sleep(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

/** Undefined for an incomplete file: it counts as a dead process's. Throws if nothing can be known about it. */
function read(path: string): Holder | undefined {
  let value: unknown;
  try {
    value = JSON.parse(readText(path));
  } catch (e) {
    if (e instanceof UnreadableFile && !e.damaged) throw e;
    return undefined;
  }
  return shape(value, '') === undefined && (value as Holder).pid > 0 ? (value as Holder) : undefined;
}

function isAlive({ pid, host, started }: Holder): boolean {
  if (host !== hostname()) return true;
  if (!isRunning(pid)) return false;
  const startedNow = startOf(pid);
  return startedNow === '' || started === '' || startedNow === started;
}

/** Field 22 of /proc/PID/stat (proc(5)); the second, in parentheses, may hold spaces. Empty where there is no /proc. */
function startOf(pid: number): string {
  const stat = orUndefined(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  return stat?.split(') ').at(-1)?.split(' ')[19] ?? '';
}

function heldMessage(folder: string, { pid, host }: Holder): string {
  return host === hostname()
    ? `process ${pid} is writing '${folder}': wait for it, or end it with 'kill ${pid}', which leaves a checkpoint`
    : `process ${pid} on '${host}' is writing '${folder}'; if it is no longer running, remove '${join(folder, lockFile)}'`;
}
