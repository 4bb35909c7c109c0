import { spawn } from 'node:child_process';

export interface TestRun {
  readonly verdict: 'passed' | 'failed' | 'timed out';
  /** The end of what the tests printed. */
  readonly output: string;
}

/** Runs test files in a tree, up to the first failure. @param limit in milliseconds; longer runs are stopped */
export function runTests(tree: string, tests: readonly string[], limit: number): Promise<TestRun> {
  const args = ['node_modules/vitest/vitest.mjs', 'run', '--bail=1', '--maxWorkers=1', '--silent=true', ...tests];
  const child = spawn(process.execPath, args, { cwd: tree, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-4000);
    });
  }
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => stop('timed out'), limit);
    const stop = (verdict: TestRun['verdict']) => {
      clearTimeout(timer);
      try {
        // this also ends the workers and whatever the tests started
        process.kill(-(child.pid as number), 'SIGKILL');
      } catch {
        // all of them have ended
      }
      resolve({ verdict, output });
    };
    child.on('error', reject);
    child.on('close', (code) => stop(code === 0 ? 'passed' : 'failed'));
  });
}
