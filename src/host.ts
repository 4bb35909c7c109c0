/**
 * What the compiler needs from the outside world. The core does no IO: `cli/` provides a host over Node's file system,
 * a browser one over what it fetched, the editor one that sees open buffers first.
 */
export interface Host {
  /** The bytes of a file, or undefined if there is none. Throws only for what is not "absent" (no permission, a folder). */
  readFile(path: string): Uint8Array | undefined;
  /** The absolute, normalised path of `path` seen from the folder of `from`; symbolic links resolved where they exist. */
  resolvePath(from: string, path: string): string;
  /** The folder that imports must stay in, as an absolute path. */
  readonly root: string;
}

/** A host without files: for a source that imports only the standard library. */
export const emptyHost: Host = {
  readFile: () => undefined,
  resolvePath: (_from, path) => path,
  root: '',
};

/**
 * Whether a host's path, absolute and normalised, is a folder or inside it, only by its text; also for Windows paths and URIs
 * of virtual folders.
 */
export function isInside(path: string, folder: string): boolean {
  if (path === folder) return true;
  return ['/', '\\'].some((separator) => path.startsWith(folder.endsWith(separator) ? folder : folder + separator));
}
