import { type Dirent, lstatSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { orUndefined } from '../node/or-undefined.ts';
import { readProblem } from '../node/system-errors.ts';
import { liesInFolder } from './file-identity.ts';
import { usageError } from './io.ts';

/** A spec that operands mean. */
export interface FoundSpec {
  /** As the user would type it. */
  readonly path: string;
  /** Whether it is a link, found in a folder, to a file outside of that folder: it is read, but not rewritten. */
  readonly outside: boolean;
}

/** A file or folder that cannot be read, and why. */
export interface UnreadablePath {
  readonly path: string;
  readonly reason: string;
}

/**
 * The specs that operands mean: files as they are, and of folders every `.enet` file below them, in a fixed order.
 * `node_modules`, hidden folders, links to folders, and what editors (`.#net.enet`) and systems (`._net.enet`) put next to
 * a file are passed over.
 */
export function findSpecs(
  operands: readonly string[],
  cwd: string,
): { readonly specs: readonly FoundSpec[]; readonly unreadable: readonly UnreadablePath[] } {
  const found = new Map<string, FoundSpec>();
  const unreadable: UnreadablePath[] = [];
  for (const operand of operands.length > 0 ? operands : ['.']) {
    if (isFolder(operand, cwd)) specsBelow(operand, cwd, found, unreadable);
    else found.set(operand, { path: operand, outside: false });
  }
  return { specs: [...found.values()], unreadable };
}

function isFolder(path: string, cwd: string): boolean {
  const absolute = resolve(cwd, path);
  try {
    return statSync(absolute).isDirectory();
  } catch (e) {
    // there is something, though where it leads there is nothing
    if (orUndefined(() => lstatSync(absolute))?.isSymbolicLink()) return false;
    const { code } = e as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') throw usageError(`there is no file or folder '${path}'`);
    throw usageError(`'${path}' cannot be read: ${readProblem(e)}`);
  }
}

function specsBelow(folder: string, cwd: string, found: Map<string, FoundSpec>, unreadable: UnreadablePath[]): void {
  const root = resolve(cwd, folder);
  const waiting = [folder];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    let entries: Dirent[];
    try {
      entries = readdirSync(resolve(cwd, next), { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
    } catch (e) {
      unreadable.push({ path: next, reason: readProblem(e) });
      continue;
    }
    const folders: string[] = [];
    for (const entry of entries) {
      const path = next === '.' ? entry.name : join(next, entry.name);
      if (entry.isDirectory() && entry.name !== 'node_modules' && !entry.name.startsWith('.')) folders.push(path);
      if (entry.isDirectory() || !entry.name.endsWith('.enet') || /^\.[#_]/.test(entry.name)) continue;
      const link = entry.isSymbolicLink() ? linkAt(resolve(cwd, path), root) : 'inside';
      if (link !== 'folder' && !found.has(path)) found.set(path, { path, outside: link === 'outside' });
    }
    waiting.push(...folders.reverse());
  }
}

/** Where a link leads. One that leads nowhere is read as any file, which says so. */
function linkAt(path: string, root: string): 'folder' | 'inside' | 'outside' {
  try {
    if (statSync(path).isDirectory()) return 'folder';
    return liesInFolder(realpathSync(path), root) ? 'inside' : 'outside';
  } catch {
    return 'inside';
  }
}
