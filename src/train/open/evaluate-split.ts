import { buildTrainingProgram } from '../../5-graph/training/build-training-program.ts';
import type { StepProgram } from '../../5-graph/training/program.ts';
import type { Backend } from '../../backends/backend.ts';
import type { Network } from '../../compile-spec.ts';
import { hasErrors } from '../../diagnostics/diagnostic.ts';
import type { WeightSource } from '../../weights/weight-source.ts';
import { createLoader } from '../data/create-loader.ts';
import type { Dataset, SkippedImage, Split } from '../data/types.ts';
import { type Evaluation, evaluate } from '../loop/evaluate.ts';
import { runFunction } from '../loop/failures.ts';
import { startValues } from '../loop/start-values.ts';
import { RunError } from '../run-error.ts';
import { imageOf } from './classified-network.ts';
import { plainLoaderOptions } from './loader-options.ts';

export interface EvaluateSplitRequest {
  readonly network: Network;
  readonly source: WeightSource;
  readonly dataset: Dataset;
  readonly split: Split;
  /** See `LoaderOptions`. */
  readonly crop?: number;
  readonly backend: Backend;
  readonly batch: number;
  readonly workers?: number;
  progress(done: number, batches: number): void;
  skipped(image: SkippedImage): void;
  stopped(): boolean;
}

/** Runs a network with its weights over a split of the data. Undefined if it was stopped on the way. */
export async function evaluateSplit(request: EvaluateSplitRequest): Promise<Evaluation | undefined> {
  const { network, source, dataset, split, crop, backend, batch, workers, progress, skipped, stopped } = request;
  const { program, classes } = evaluationProgram(network);
  const plain = plainLoaderOptions(imageOf(network.graph), batch, workers);
  const options = { ...plain, training: false, ...(crop !== undefined && { crop }) };
  const loader = createLoader({ ...dataset, splits: { test: split } }, 'test', options);
  const runner = await backend.createRunner(program);
  try {
    await runner.write(startValues(network.graph, program.variables, source));
    return await evaluate({
      loader,
      epoch: 0,
      classes,
      mistakes: 0,
      run: ({ shape, images, targets, weights }) =>
        runFunction(runner, program, 'evaluate', {
          image: { shape, data: images },
          targets: { shape: [shape[0], classes], data: targets },
          sample_weights: { shape: [shape[0]], data: weights },
        }),
      progress,
      skipped,
      stopped,
    });
  } finally {
    runner.close();
    await loader.close();
  }
}

/** Of a network's training program what evaluating needs: one function, and the network's own tensors. */
export function evaluationProgram({ graph }: Network): { program: StepProgram; classes: number } {
  const { training, diagnostics } = buildTrainingProgram(graph, { ema: false });
  if (!training || hasErrors(diagnostics)) throw new RunError(`'${graph.name}' cannot be evaluated`, { diagnostics });
  const { program, classes } = training;
  return {
    program: {
      ...program,
      variables: program.variables.filter(({ start }) => start === 'weights'),
      functions: program.functions.filter(({ name }) => name === 'evaluate'),
    },
    classes,
  };
}
