import { spawn } from 'node:child_process';

/** The result of a program. */
export interface ToolResult {
  /** The exit code, or undefined if a signal ended it or it did not start. */
  readonly code: number | undefined;
  readonly signal: string | undefined;
  /** Whether there is no such program. */
  readonly missing: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end and keeps its output. */
export function runTool(
  file: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string | undefined>> } = {},
): Promise<ToolResult> {
  return new Promise((done) => {
    // npm is a script on Windows, which only a shell runs.
    const shell = process.platform === 'win32' && file === 'npm';
    const child = spawn(file, args, { ...options, shell, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', (e: NodeJS.ErrnoException) => {
      done({ code: undefined, signal: undefined, missing: e.code === 'ENOENT', stdout, stderr: stderr || e.message });
    });
    child.on('close', (code, signal) => {
      done({ code: code ?? undefined, signal: signal ?? undefined, missing: false, stdout, stderr });
    });
  });
}

/** The end of the output of a program, where its error is. */
export function lastLines(text: string, count = 12): string {
  return text.trim().split('\n').slice(-count).join('\n');
}
