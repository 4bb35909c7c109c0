import { createRequire } from 'node:module';
import { join } from 'node:path';

/** The entry file of a package as a folder's modules see it, or undefined if they have none. */
export function resolveFrom(folder: string, name: string): string | undefined {
  try {
    return createRequire(join(folder, 'package.json')).resolve(name);
  } catch (e) {
    if ((e as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return undefined;
    throw e;
  }
}

/** The entry file of a package: of the user's project, else of what is installed next to enetc. */
export function findPackage(name: string, cwd: string): string | undefined {
  return resolveFrom(cwd, name) ?? resolveFrom(import.meta.dirname, name);
}
