// Times training steps of a library model on a backend:
// tsx bench/train-enetc.ts [BATCH] [STEPS] [BACKEND] [MODEL] [VARIANT] [CHECKPOINT]
// Prints one line of JSON: the median seconds per step, and of processor time; the process's memory in MB with only the
// engine loaded, its peak, and its memory after a tenth of the steps and after all: a leak would show. The paper's recipe: RMSProp,
// weight decay, dropout, stochastic depth, averages of the weights; images are fed from memory, float32.
import { buildTrainingProgram } from '../src/5-graph/training/build-training-program.ts';
import type { BackendName } from '../src/backends/backend.ts';
import { openBackend } from '../src/backends/open.ts';
import type { HostTensor } from '../src/backends/runner.ts';
import { compile } from '../src/compile.ts';
import { libraryModels } from '../src/library.ts';
import { stdlib } from '../src/stdlib.generated.ts';
import { startValues } from '../src/train/loop/start-values.ts';
import { checkpointOf } from '../src/train/loop/training-options.ts';
import { seededWeights } from '../src/weights/initialise.ts';
import { fillUniform, randomState } from '../src/weights/random.ts';
import { median } from './processes.ts';

const [batch, steps] = [Number(process.argv[2] ?? 8), Number(process.argv[3] ?? 20)];
const backend = await openBackend((process.argv[4] ?? 'tensorflow') as BackendName);
const engine_mb = process.memoryUsage.rss() / 2 ** 20;
const library = process.argv[5] ?? 'efficientnet';
const module = libraryModels.find((m) => m.name === library)?.module ?? '';
const variant = process.argv[6] ?? 'b0';
const { graph } = compile({ name: module, text: stdlib[module] ?? '' }, { variant });
const checkpoint = checkpointOf({ checkpoint: process.argv[7], batch });
const { training } = (graph && buildTrainingProgram(graph, { checkpoint })) ?? {};
if (!graph || !training) throw new Error('it does not compile');
const runner = await backend.createRunner(training.program);
await runner.write(startValues(graph, training.program.variables, seededWeights(graph, 0)));

const uniform = (name: string, shape: readonly number[]): HostTensor => {
  const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
  fillUniform(data, randomState(0, name), 0.5);
  return { shape, data: data.map((v) => v + 0.5) };
};
const scalar = (value: number): HostTensor => ({ shape: [], data: Float32Array.of(value) });
const [channels = 3, height = 0, width = 0] = training.input.shape;
const targets = new Float32Array(batch * training.classes).fill(0.1 / training.classes);
for (let n = 0; n < batch; n++) targets[n * training.classes + ((n * 37) % training.classes)]! += 0.9;
const inputs = {
  image: uniform('image', [batch, height, width, channels]),
  targets: { shape: [batch, training.classes], data: targets },
  sample_weights: { shape: [batch], data: new Float32Array(batch).fill(1) },
  ...(training.noise > 0 && { noise: uniform('noise', [batch, training.noise]) }),
  rate: scalar(1e-4),
  decay: scalar(0.9),
  momentum: scalar(0.9),
  epsilon: scalar(1e-3),
  weight_decay: scalar(1e-5),
  ema_share: scalar(0.999),
};
const times: number[] = [];
const processorTimes: number[] = [];
const held: number[] = [];
for (let i = 0; i < steps + 3; i++) {
  const start = performance.now();
  const before = process.cpuUsage();
  await runner.run('train', inputs);
  const { user, system } = process.cpuUsage(before);
  if (i >= 3) {
    times.push((performance.now() - start) / 1000);
    processorTimes.push((user + system) / 1e6);
  }
  if (times.length === Math.ceil(steps / 10) || times.length === steps) held.push(process.memoryUsage.rss() / 2 ** 20);
}
const peak_mb = process.resourceUsage().maxRSS / 1024;
const [seconds, cpu_seconds] = [median(times), median(processorTimes)];
console.log(
  JSON.stringify({ backend: backend.description, seconds, cpu_seconds, engine_mb, peak_mb, held_mb: held, steps }),
);
runner.close();
backend.close();
