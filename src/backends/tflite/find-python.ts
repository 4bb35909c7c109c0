import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { OpenOptions } from '../backend.ts';
import { readLink } from '../linked-tensorflow.ts';

/** Looks for the packages without importing them: TensorFlow takes seconds. */
const script = `
import importlib.util as u, sys
sys.exit(0 if u.find_spec('ai_edge_litert') or u.find_spec('tensorflow') else 3)
`;

/** What to type where there is no interpreter. */
export const liteAdvice = 'pip install ai-edge-litert';

/**
 * A Python that has TensorFlow Lite's interpreter: that of the linked TensorFlow (`enetc backend install tensorflow`), of the active
 * virtual environment, of `.venv` in the user's folder, or `python3`, the first that has it. Undefined where none has.
 */
export function findLitePython({ cwd, env }: OpenOptions): string | undefined {
  const own = (folder: string) => {
    const python = join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
    return existsSync(python) ? python : undefined;
  };
  const candidates = [
    readLink(env)?.python,
    env.VIRTUAL_ENV && own(env.VIRTUAL_ENV),
    own(join(cwd, '.venv')),
    'python3',
  ];
  return candidates.find((python): python is string => {
    if (python === undefined || python === '') return false;
    return spawnSync(python, ['-c', script], { cwd, env, stdio: 'ignore' }).status === 0;
  });
}
