import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { orUndefined } from '../node/or-undefined.ts';

/**
 * What tells one file or folder from another: device and inode, which are the same through links of both kinds, other spellings
 * of a path and, where the file system has no cases, other cases. Undefined if there is no such file.
 */
export function fileIdentity(path: string): string | undefined {
  const stat = orUndefined(() => statSync(path, { bigint: true }));
  // A file system without inodes says 0 for all.
  return stat && stat.ino !== 0n ? `${stat.dev}:${stat.ino}` : undefined;
}

/** Whether two paths lead to one file or folder that exists. */
export function isSameFile(a: string, b: string): boolean {
  const identity = fileIdentity(a);
  return identity === undefined ? a === b : identity === fileIdentity(b);
}

/** Whether a folder is one of those that a path lies in. @param path absolute, without links */
export function liesInFolder(path: string, folder: string): boolean {
  for (let at = dirname(path), below = path; at !== below; below = at, at = dirname(at)) {
    if (isSameFile(at, folder)) return true;
  }
  return false;
}
