import { nodePlatform } from './platform.ts';
import { serveStreams } from './serve-streams.ts';

/**
 * Serves a client over standard input and output. What has been answered is still written after the end, so the process is
 * to end by itself, not by `process.exit`.
 * @returns the exit code
 */
export async function serveStdio(): Promise<number> {
  const code = await serveStreams(process.stdin, process.stdout, nodePlatform());
  process.stdin.destroy();
  return code;
}
