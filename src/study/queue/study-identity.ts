import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeTextAtomically } from '../../node/atomic-file.ts';
import { orUndefined } from '../../node/or-undefined.ts';
import type { StudyFolder } from '../study-folder.ts';

/** In a study's folder: the name under which its trainings are in a queue. A copied folder must not keep it. */
export const identityFile = 'queue.json';

/** The identity of a study, which it gets with the first call. Only the holder of the study's lock may call it. */
export function identityOf(folder: Pick<StudyFolder, 'path'>): string {
  const known = readIdentity(folder);
  if (known !== undefined) return known;
  const id = randomBytes(16).toString('hex');
  writeTextAtomically(join(folder.path, identityFile), `${JSON.stringify({ id })}\n`);
  return id;
}

/** The identity of a study in a folder; undefined where there is none, or it cannot be read. */
export function readIdentity({ path }: Pick<StudyFolder, 'path'>): string | undefined {
  const file = join(path, identityFile);
  if (!existsSync(file)) return undefined;
  const { id } = orUndefined(() => JSON.parse(readFileSync(file, 'utf8')) as { id?: unknown }) ?? {};
  return typeof id === 'string' && /^[0-9a-f]{32}$/.test(id) ? id : undefined;
}
