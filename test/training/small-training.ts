import { elements, type Graph } from '../../src/5-graph/graph.ts';
import { buildTrainingProgram } from '../../src/5-graph/training/build-training-program.ts';
import type { TrainingOptions, TrainingProgram } from '../../src/5-graph/training/options.ts';
import type { Tfjs } from '../../src/backends/backend.ts';
import { createEagerRunner } from '../../src/backends/eager/create-runner.ts';
import type { HostTensor } from '../../src/backends/runner.ts';
import { nextUnit, randomState } from '../../src/weights/random.ts';

const batch = 4;

/** A network's training with accumulated gradients, `accumulate`: after one call from zero, `.../sum` is the gradient. */
export function programOf(graph: Graph, options: Partial<TrainingOptions> = {}): TrainingProgram {
  const { training, diagnostics } = buildTrainingProgram(graph, { accumulate: true, ema: false, ...options });
  if (!training) throw new Error(diagnostics.map((d) => d.message).join());
  return training;
}

export function numbers(name: string, count: number, low: number, high: number): Float32Array {
  const state = randomState(3, name);
  return Float32Array.from({ length: count }, () => low + (high - low) * nextUnit(state));
}

/** Weights of a size that keeps activations at about one, also where there is no norm. */
export function startOf({ program }: TrainingProgram): Map<string, Float32Array> {
  return new Map(
    program.variables.map(({ name, shape, start }) => {
      const size = elements(shape);
      if (start !== 'weights') return [name, new Float32Array(size)];
      const bound = shape.length > 1 ? Math.sqrt(6 / elements(shape.slice(1))) : 1;
      const positive = name.endsWith('running_var') || (shape.length === 1 && name.endsWith('weight'));
      return [name, numbers(name, size, positive ? 0.5 : -bound, positive ? 1.5 : bound)];
    }),
  );
}

/** One batch of everything that `accumulate` takes. */
export function inputsOf({ input, classes, noise }: TrainingProgram): Record<string, HostTensor> {
  const [channels = 0, height = 0, width = 0] = input.shape;
  const fed = (name: string, shape: number[], low: number, high: number): HostTensor => ({
    shape,
    data: numbers(name, elements(shape), low, high),
  });
  return {
    image: fed('image', [batch, height, width, channels], -2, 2),
    targets: fed('targets', [batch, classes], 0, 1),
    sample_weights: fed('sample_weights', [batch], 0.5, 1.5),
    noise: fed('noise', [batch, noise], 0, 1),
    gamma: { shape: [], data: Float32Array.of(2) },
    share: { shape: [], data: Float32Array.of(1) },
  };
}

/** The accumulated gradient after one call from zero. */
export async function gradientsOf(tf: Tfjs, training: TrainingProgram): Promise<ReadonlyMap<string, Float32Array>> {
  const runner = await createEagerRunner(tf, training.program);
  await runner.write(startOf(training));
  await runner.run('accumulate', inputsOf(training));
  const sums = training.trainable.map((name) => `${name}/sum`);
  const read = await runner.read(sums);
  runner.close();
  return new Map(training.trainable.map((name) => [name, read.get(`${name}/sum`) as Float32Array]));
}
