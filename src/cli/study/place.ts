import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { StudyPlace } from '../../study/run-study.ts';
import { number } from '../arguments.ts';
import type { Arguments } from '../command.ts';
import type { Io } from '../io.ts';

/** Where a study is computed. The bundle has the program of the child processes in a file of its own. */
export function placeOf(args: Arguments, io: Io): StudyPlace {
  const bundled = join(import.meta.dirname, 'trial-worker.cjs');
  const file = existsSync(bundled) ? bundled : join(import.meta.dirname, '../trial-worker-from-source.mjs');
  return { program: { file }, workers: number(args, 'workers'), cwd: io.cwd, env: io.env };
}
