import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolders } from '../../node/make-folders.ts';
import { orUndefined } from '../../node/or-undefined.ts';
import { resultShape, type TrialResult } from '../trial-log.ts';

/** Within the folder that trainings of a study are kept in: results that have not reached a server, one file each. */
const spoolFolder = 'spool';

export interface Spool {
  /** Where a training leaves its result. */
  fileOf(key: string): string;
  /** The results in the spool. */
  results(): readonly { readonly key: string; readonly result: TrialResult }[];
  /** Removes a result once the server has it. */
  remove(key: string): void;
}

export function openSpool(base: string): Spool {
  const folder = join(base, spoolFolder);
  makeFolders(folder);
  const fileOf = (key: string) => join(folder, `${key}.json`);
  return {
    fileOf,
    results() {
      const names = existsSync(folder) ? readdirSync(folder) : [];
      const keys = names.filter((name) => /^t[0-9a-f]{32}\.json$/.test(name)).map((name) => name.slice(0, -5));
      return keys.flatMap((key) => {
        const result: unknown = orUndefined(() => JSON.parse(readFileSync(fileOf(key), 'utf8')));
        return resultShape(result, '') === undefined ? [{ key, result: result as TrialResult }] : [];
      });
    },
    remove: (key) => rmSync(fileOf(key), { force: true }),
  };
}
