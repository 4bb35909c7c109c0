const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'the permission is missing',
  EPERM: 'the permission is missing',
  EROFS: 'it is on a disk that can only be read',
  EISDIR: 'it is a folder',
  EEXIST: 'there is a file of that name',
  ERR_INVALID_ARG_VALUE: 'the name has a character that no file name can have',
  ENOTDIR: 'a part of the path is a file, no folder',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'its symbolic links go in a circle',
  ENOSPC: 'the disk is full',
  EMFILE: 'too many files are open: raise the limit (ulimit -n)',
  ENFILE: 'too many files are open on this machine',
};

/** What the system says of a file, without the path and the call that Node adds. */
export function reasonOf(e: unknown): string {
  const { code, message } = e as NodeJS.ErrnoException;
  return reasons[code ?? ''] ?? message ?? String(e);
}
