import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface Run {
  readonly seconds: number;
  /** Peak of the resident memory of the process, in MB; undefined where the system does not report it. */
  readonly peakMb: number | undefined;
}

/** Runs a command from a cold start to its end, and measures its time and memory. */
export function runProcess(command: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<Run> {
  return new Promise((resolve, reject) => {
    const [file = '', ...args] = command;
    const start = performance.now();
    const child = spawn(file, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
    let peakMb: number | undefined;
    let errors = '';
    const sample = () => {
      try {
        const match = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'));
        if (match) peakMb = Math.max(peakMb ?? 0, Number(match[1]) / 1024);
      } catch {
        // the process has ended, or the system is not Linux
      }
    };
    const timer = setInterval(sample, 10);
    child.stderr.on('data', (chunk) => {
      errors += String(chunk);
    });
    child.on('error', reject);
    child.on('close', (code) => {
      clearInterval(timer);
      const seconds = (performance.now() - start) / 1000;
      if (code === 0) resolve({ seconds, peakMb });
      else reject(new Error(`${command.join(' ')} ended with ${code}\n${errors.slice(-2000)}`));
    });
  });
}

export interface Comparison {
  readonly ratio: number;
  readonly ours: number;
  readonly theirs: number;
  readonly rounds: number;
}

/** Two commands in turn, A B A B ...: the median of the ratios of the pairs, and the medians in seconds. */
export async function compareProcesses(
  ours: readonly string[],
  theirs: readonly string[],
  rounds: number,
): Promise<Comparison> {
  await runProcess(ours);
  await runProcess(theirs);
  const pairs: [number, number][] = [];
  for (let i = 0; i < rounds; i++) pairs.push([(await runProcess(ours)).seconds, (await runProcess(theirs)).seconds]);
  return {
    ratio: median(pairs.map(([a, b]) => a / b)),
    ours: median(pairs.map(([a]) => a)),
    theirs: median(pairs.map(([, b]) => b)),
    rounds,
  };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}
