// A child process of a study that trains nothing: what a network reaches follows from its spec, after a few milliseconds.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

process.on('disconnect', () => process.exit(0));
let stopped = false;
process.on('message', (message) => {
  if (message.kind === 'stop') {
    stopped = true;
    return;
  }
  const { id, job } = message;
  const digest = createHash('sha256').update(readFileSync(job.spec)).digest();
  const accuracies = Array.from({ length: job.epochs }, (_, e) => {
    const noise = digest[e % 32] / 255;
    return Math.min(1, 0.5 + 0.3 * (digest[0] / 255) + 0.1 * (1 - 0.5 ** (e + 1)) + 0.02 * noise);
  });
  setTimeout(
    () => {
      if (stopped) return process.send({ kind: 'stopped', id });
      const below = accuracies.findIndex((accuracy, e) => e + 1 < job.epochs && accuracy < (job.stopBelow[e] ?? 0));
      const seen = below < 0 ? accuracies : accuracies.slice(0, below + 1);
      const result = {
        state: below < 0 ? 'trained' : 'stopped',
        accuracy: Math.max(...seen),
        accuracies: seen,
        seconds: 0,
      };
      process.send({ kind: 'result', id, result });
    },
    2 + (digest[1] % 20),
  );
});
