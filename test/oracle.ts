import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * A Python with some modules, to check against, or undefined: `ENET_PYTHON`, `python3`, `.venv/bin/python` of the
 * repository, the first that can import them. Where there is none, the reason is printed once; the test should be
 * skipped.
 */
export function findPython(modules: readonly string[]): string | undefined {
  const venv = fileURLToPath(new URL('../.venv/bin/python', import.meta.url));
  const candidates = [process.env.ENET_PYTHON, 'python3', existsSync(venv) ? venv : undefined];
  for (const python of candidates) {
    if (python && spawnSync(python, ['-c', `import ${modules.join(', ')}`]).status === 0) return python;
  }
  console.log(`no Python with ${modules.join(', ')} (set ENET_PYTHON): what checks against it is skipped`);
  return undefined;
}

/** Runs a script; what it printed. Throws with its error where it fails. */
export function runPython(python: string, script: string, args: readonly string[] = []): string {
  const { status, stdout, stderr } = spawnSync(python, ['-c', script, ...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${python} ended with ${status}:\n${stderr}`);
  return stdout;
}
