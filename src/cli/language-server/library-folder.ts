import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder of the library's files: `stdlib` of the package that this program is in. Undefined for a copy without one. */
export function libraryFolder(): string | undefined {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'stdlib', 'blocks.enet'))) {
    const parent = dirname(folder);
    if (parent === folder) return undefined;
    folder = parent;
  }
  return join(folder, 'stdlib');
}
