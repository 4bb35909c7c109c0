import { stdlib } from '../stdlib.generated.ts';
import type { Session } from './session.ts';
import { folderOf } from './uris.ts';

/**
 * The library as files on the disk, for editors that open nothing else (`initializationOptions.libraryFiles`): `std/blocks`
 * is `blocks.enet` in the folder that came with the server.
 */

/** The file of a path of the library; undefined for other paths, and where the editor opens the library by its own scheme. */
export function libraryFile(session: Session, path: string): string | undefined {
  if (!Object.hasOwn(stdlib, path)) return undefined;
  const folder = folderFor(session);
  return folder === undefined ? undefined : `${folder}${path.slice('std'.length)}.enet`;
}

/** The path of the library that a file is, by its true path; undefined if it is none. */
export function libraryPath(session: Session, file: string): string | undefined {
  const folder = folderFor(session);
  if (folder === undefined || folderOf(file) !== folder) return undefined;
  const path = `std${file.slice(folder.length).replace('\\', '/')}`.replace(/\.enet$/, '');
  return Object.hasOwn(stdlib, path) ? path : undefined;
}

function folderFor({ client, platform }: Session): string | undefined {
  return client.libraryFiles ? platform.libraryFolder?.() : undefined;
}
