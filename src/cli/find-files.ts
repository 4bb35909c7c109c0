import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Exit, exitCodes } from './io.ts';

/**
 * The specs that operands mean: files as they are, and of folders every `.enet` file below them, in a fixed order.
 * `node_modules`, hidden folders and links to folders are not entered.
 */
export function findSpecs(operands: readonly string[], cwd: string): string[] {
  const found = new Set<string>();
  for (const operand of operands.length > 0 ? operands : ['.']) {
    if (isFolder(operand, cwd)) for (const path of specsBelow(operand, cwd)) found.add(path);
    else found.add(operand);
  }
  return [...found];
}

function isFolder(path: string, cwd: string): boolean {
  try {
    return statSync(resolve(cwd, path)).isDirectory();
  } catch {
    throw new Exit(exitCodes.usage, `there is no file or folder '${path}'`);
  }
}

function specsBelow(folder: string, cwd: string): string[] {
  const found: string[] = [];
  const waiting = [folder];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const folders: string[] = [];
    for (const entry of entriesOf(resolve(cwd, next))) {
      const path = next === '.' ? entry.name : join(next, entry.name);
      if (entry.isDirectory() && entry.name !== 'node_modules' && !entry.name.startsWith('.')) folders.push(path);
      else if (entry.name.endsWith('.enet') && !entry.isDirectory()) found.push(path);
    }
    waiting.push(...folders.reverse());
  }
  return found;
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (e) {
    throw new Exit(exitCodes.usage, `the folder '${folder}' cannot be read: ${(e as Error).message}`);
  }
}
