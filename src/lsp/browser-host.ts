import { isInside } from '../host.ts';
import type { IdeHost } from '../ide/core/ide.ts';
import type { Platform } from './platform.ts';
import { folderOf, uriToPath } from './uris.ts';

/**
 * A platform without a disk, for a browser's worker: the files other than open documents are given.
 * @param files texts by path; may be changed while the server runs. `initializationOptions.files` goes into it.
 */
export function browserPlatform(version: string, files: Map<string, string>): Platform {
  const bytes = new TextEncoder();
  return {
    version,
    realPath: (path) => path,
    takeOptions: (options) => takeFiles(files, (options as { files?: unknown } | undefined)?.files),
    createHost: (root, isWorkspaceFolder): IdeHost => ({
      root,
      resolvePath: (from, path) => resolvePath(from, path),
      readFile(path) {
        const text = isInside(path, root) ? files.get(path) : undefined;
        return text === undefined ? undefined : bytes.encode(text);
      },
      // a text is its own stamp
      stampOf: (path) => files.get(path),
      workspaceFiles: () =>
        isWorkspaceFolder
          ? [...files.keys()].filter((path) => isInside(path, root) && path.endsWith('.enet')).sort()
          : [],
    }),
  };
}

/** Adds texts, given by URI, to the known files; null removes one. */
export function takeFiles(files: Map<string, string>, given: unknown): void {
  if (typeof given !== 'object' || given === null) return;
  for (const [uri, text] of Object.entries(given)) {
    if (typeof text === 'string') files.set(uriToPath(uri), text);
    else files.delete(uriToPath(uri));
  }
}

/** A path relative to the folder of another; both with slashes, perhaps after a scheme and an authority. */
export function resolvePath(from: string, path: string): string {
  const [, head, tail] = /^([A-Za-z][A-Za-z\d+.-]+:(?:\/\/[^/]*)?)?(.*)$/s.exec(path) as unknown as [
    string,
    string?,
    string?,
  ];
  if (head !== undefined || from === '') return (head ?? '') + normalise(tail ?? '');
  const [, base = '', folder = ''] = /^([A-Za-z][A-Za-z\d+.-]+:(?:\/\/[^/]*)?)?(.*)$/s.exec(folderOf(from)) ?? [];
  return base + normalise(path.startsWith('/') ? path : `${folder}/${path}`);
}

function normalise(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `${path.startsWith('/') ? '/' : ''}${parts.join('/')}`;
}
