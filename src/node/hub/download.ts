import { createHash } from 'node:crypto';
import { closeSync, createReadStream, openSync, renameSync, rmSync, truncateSync, writeSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { downloadFile } from '@huggingface/hub';
import { attemptWrite, FileError, isFileError } from '../system-errors.ts';
import type { CachedRepo } from './cache.ts';
import type { HubConnection } from './connection.ts';

/** A file of a repository, at a commit. */
export interface HubFile {
  readonly repo: string;
  readonly commit: string;
  readonly file: string;
  /** In bytes. */
  readonly size: number;
  /** Its SHA-256 where git stores a pointer to it, else git's SHA-1 of it. */
  readonly checksum: string;
}

export type DownloadProgress = (done: number, total: number) => void;

/** How often a connection may be cut without a byte in between. */
const mostCuts = 4;

/**
 * Fetches a file into the cache, from where an earlier download of it stopped, and compares its checksum. It gets its name only
 * at the end, so that a file with that name is complete.
 */
export async function download(
  cache: CachedRepo,
  wanted: HubFile,
  connection: HubConnection,
  progress: DownloadProgress,
): Promise<void> {
  const { file, size, checksum } = wanted;
  const part = attemptWrite(cache.blob(checksum), () => cache.claimPart(checksum));
  let done = part.size;
  if (done > size) {
    truncateSync(part.path, 0);
    done = 0;
  }
  for (let cuts = 0; done < size; ) {
    const before = done;
    try {
      done = await append(part.path, wanted, done, connection, progress);
      if (done < size) throw new Error('the connection was closed early');
    } catch (e) {
      if (isFileError(e) || (e as { statusCode?: number }).statusCode !== undefined) throw e;
      // received data is kept, whatever ended the download
      done = sizeOf(e) ?? done;
      cuts = done > before ? 1 : cuts + 1;
      if (cuts >= mostCuts) throw e instanceof CutDownload ? e.reason : e;
      await pause(100 * 2 ** cuts);
    }
  }
  if (size === 0) closeSync(openSync(part.path, 'w'));
  const found = await checksumOf(part.path, size, checksum.length === 64 ? 'sha256' : 'sha1');
  if (found !== checksum) {
    rmSync(part.path, { force: true });
    throw new FileError(
      `'${file}' of ${wanted.repo} was changed in transit: its checksum is ${found.slice(0, 12)}..., the hub states ${checksum.slice(0, 12)}.... Nothing was kept; try again`,
    );
  }
  renameSync(part.path, cache.blob(checksum));
}

/** A download that ended early, and how far it had come. */
class CutDownload extends Error {
  readonly size: number;
  readonly reason: unknown;
  constructor(size: number, reason: unknown) {
    super('cut');
    this.size = size;
    this.reason = reason;
  }
}

function sizeOf(e: unknown): number | undefined {
  return e instanceof CutDownload ? e.size : undefined;
}

/** Appends the rest of a file to the existing part. @returns the resulting size. */
async function append(
  path: string,
  { repo, commit, file, size }: HubFile,
  from: number,
  connection: HubConnection,
  progress: DownloadProgress,
): Promise<number> {
  // over plain HTTP: a download over the hub's other protocol could not be continued by byte
  const blob = await downloadFile({ ...connection, repo, path: file, revision: commit, xet: false });
  if (!blob) throw new FileError(`'${file}' is no longer in ${repo}`);
  if (blob.size !== size) throw new FileError(`'${file}' of ${repo} has ${blob.size} bytes; the hub states ${size}`);
  const out = attemptWrite(path, () => openSync(path, 'a'));
  let done = from;
  try {
    const reader = blob.slice(from, size).stream().getReader();
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      const { value } = next;
      if (done + value.length > size) throw new FileError(`'${file}' of ${repo} is longer than the hub states`);
      attemptWrite(path, () => writeSync(out, value));
      done += value.length;
      progress(done, size);
    }
    return done;
  } catch (e) {
    throw isFileError(e) ? e : new CutDownload(done, e);
  } finally {
    closeSync(out);
  }
}

/** @param method for git's checksum of files that it stores itself: the SHA-1 of length and contents. */
async function checksumOf(path: string, size: number, method: 'sha256' | 'sha1'): Promise<string> {
  const hash = createHash(method);
  if (method === 'sha1') hash.update(`blob ${size}\0`);
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk as Uint8Array);
  return hash.digest('hex');
}
