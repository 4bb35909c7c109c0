import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { getHFHubCachePath, getRepoFolderName } from '@huggingface/hub';
import { isRunning } from '../is-running.ts';
import { orUndefined } from '../or-undefined.ts';
import { machine } from '../temporary-names.ts';
import type { HubName } from './hub-name.ts';

/** A commit of a repository. */
export const commitPattern = /^[0-9a-f]{40}$/;

/**
 * A repository in the cache that all clients of the hub share
 * (https://huggingface.co/docs/huggingface_hub/guides/manage-cache): `blobs/` has files by checksum, `snapshots/COMMIT/` links to
 * them by name, `refs/` the commits of branches and tags.
 */
export function cachedRepo(repo: string) {
  const folder = join(getHFHubCachePath(), getRepoFolderName({ type: 'model', name: repo }));
  const pathOf = (commit: string, file: string) => join(folder, 'snapshots', commit, file);
  const partOf = (checksum: string, pid: number) =>
    join(folder, 'blobs', `${checksum}.enetc-${machine}-${pid}.incomplete`);
  const blob = (checksum: string) => join(folder, 'blobs', checksum);
  return {
    pathOf,
    blob,
    hasBlob: (checksum: string) => existsSync(blob(checksum)),
    /** The commit of a revision, as of the last request. */
    commitOf(revision: string): string | undefined {
      if (commitPattern.test(revision)) return revision;
      const text = orUndefined(() => readFileSync(join(folder, 'refs', revision), 'utf8').trim());
      return text !== undefined && commitPattern.test(text) ? text : undefined;
    },
    /** Whether a file is there, whole. */
    holds: (commit: string, file: string) => existsSync(pathOf(commit, file)),
    noteCommit(revision: string, commit: string): void {
      if (revision === commit) return;
      const path = join(folder, 'refs', revision);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, commit);
    },
    /**
     * The file that a download writes into: an earlier partial download of the same content on this machine is continued.
     */
    claimPart(checksum: string): { readonly path: string; readonly size: number } {
      const blobs = join(folder, 'blobs');
      mkdirSync(blobs, { recursive: true });
      const own = partOf(checksum, process.pid);
      const prefix = `${checksum}.enetc-${machine}-`;
      const left = readdirSync(blobs).find((name) => {
        const pid = name.startsWith(prefix) ? Number.parseInt(name.slice(prefix.length), 10) : Number.NaN;
        return pid > 0 && pid !== process.pid && !isRunning(pid);
      });
      if (left !== undefined) orUndefined(() => renameSync(join(blobs, left), own));
      return { path: own, size: orUndefined(() => statSync(own).size) ?? 0 };
    },
    /** Gives a blob its name in a snapshot. */
    link({ commit, file, checksum }: { commit: string; file: string; checksum: string }): void {
      const path = pathOf(commit, file);
      if (existsSync(path)) return;
      mkdirSync(dirname(path), { recursive: true });
      try {
        symlinkSync(relative(dirname(path), blob(checksum)), path);
      } catch (e) {
        // where links are not permitted, as on Windows, the snapshot has the file itself
        if ((e as NodeJS.ErrnoException).code !== 'EPERM') throw e;
        renameSync(blob(checksum), path);
      }
    },
  };
}

export type CachedRepo = ReturnType<typeof cachedRepo>;

/** Where a name's file is, if the cache has it. */
export function cachedFile(cache: CachedRepo, { file, revision }: HubName) {
  const commit = cache.commitOf(revision);
  // of the names that weights have in repositories the first is the one that would be taken
  const wanted = file ?? preferredFile;
  return commit !== undefined && cache.holds(commit, wanted) ? { commit, file: wanted } : undefined;
}

/** The cached file of a repository, if there is one. */
export const preferredFile = 'model.safetensors';
