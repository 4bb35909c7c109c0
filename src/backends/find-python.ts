import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { OpenOptions } from './backend.ts';
import { readLink } from './linked-tensorflow.ts';

/**
 * A Python in which a script succeeds, and its output: that of the linked TensorFlow (`enetc backend install tensorflow`), of the active
 * virtual environment, of `.venv` in the user's folder, or `python3`, whichever succeeds first. Undefined where there is none. @param only
 * the one to try, where the user names it
 */
export function findPython(
  script: string,
  { cwd, env }: OpenOptions,
  only?: string,
): { readonly python: string; readonly printed: string } | undefined {
  const own = (folder: string) => {
    const python = join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
    return existsSync(python) ? python : undefined;
  };
  const candidates =
    only === undefined
      ? [readLink(env)?.python, env.VIRTUAL_ENV && own(env.VIRTUAL_ENV), own(join(cwd, '.venv')), 'python3']
      : [only];
  for (const python of candidates) {
    if (python === undefined || python === '') continue;
    const { status, stdout } = spawnSync(python, ['-c', script], {
      cwd,
      env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    if (status === 0) return { python, printed: stdout.trim() };
  }
  return undefined;
}
