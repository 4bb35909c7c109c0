import { buildTrainingProgram } from '../../5-graph/training/build-training-program.ts';
import type { StepProgram } from '../../5-graph/training/program.ts';
import type { Backend } from '../../backends/backend.ts';
import type { Network } from '../../compile-spec.ts';
import { hasErrors, listNames } from '../../diagnostics/diagnostic.ts';
import type { TrainedRanges } from '../../weights/range-facts.ts';
import type { WeightSource } from '../../weights/weight-source.ts';
import { createLoader } from '../data/create-loader.ts';
import type { Dataset, SkippedImage, Split } from '../data/types.ts';
import { type Evaluation, evaluate } from '../loop/evaluate.ts';
import { runFunction } from '../loop/failures.ts';
import { startValues } from '../loop/start-values.ts';
import { quantisedFor } from '../loop/training-options.ts';
import { RunError } from '../run-error.ts';
import { imageOf } from './classified-network.ts';
import { plainLoaderOptions } from './loader-options.ts';

export interface EvaluateSplitRequest {
  readonly network: Network;
  readonly source: WeightSource;
  /** The ranges that the weights state after training with rounded values, which are then rounded here too. */
  readonly ranges?: TrainedRanges;
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

/** Runs a network with its weights over a split of the data. Undefined if it was stopped. */
export async function evaluateSplit(request: EvaluateSplitRequest): Promise<Evaluation | undefined> {
  const { network, source, ranges, dataset, split, crop, backend, batch, workers, progress, skipped, stopped } =
    request;
  const { program, classes, values } = evaluationProgram(network, ranges);
  const plain = plainLoaderOptions(imageOf(network.graph), batch, workers);
  const options = { ...plain, training: false, ...(crop !== undefined && { crop }) };
  const loader = createLoader({ ...dataset, splits: { test: split } }, 'test', options);
  const runner = await backend.createRunner(program);
  try {
    await runner.write(values(source));
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

/** The part of a network's training program that evaluation needs: one function, and the network's own tensors. */
export interface EvaluationProgram {
  readonly program: StepProgram;
  readonly classes: number;
  /** The values of its variables, from the weights. */
  values(source: WeightSource): ReadonlyMap<string, Float32Array>;
}

/**
 * A program that evaluates a network. @param ranges from training with rounded values, which are rounded as in int8
 * files @throws RunError for a network that is not a classifier, and for ranges of another network
 */
export function evaluationProgram({ graph }: Network, ranges?: TrainedRanges): EvaluationProgram {
  const options = { ema: false, ...(ranges && { quantise: quantisedFor }) };
  const { training, diagnostics } = buildTrainingProgram(graph, options);
  if (!training || hasErrors(diagnostics)) throw new RunError(`'${graph.name}' cannot be evaluated`, { diagnostics });
  const { program, classes, ranges: needed } = training;
  const missing = needed.filter((name) => !ranges?.has(name));
  if (missing.length > 0) {
    throw new RunError(`the weights state no range for ${listNames(missing, 3)}: they belong to another network`, {
      setting: 'weights',
    });
  }
  const own = program.variables.filter(({ start }) => start === 'weights');
  const held = program.variables.filter(({ name }) => needed.includes(name));
  return {
    program: {
      ...program,
      variables: [...own, ...held],
      functions: program.functions.filter(({ name }) => name === 'evaluate'),
    },
    classes,
    // a known range counts as seen once
    values: (source) =>
      new Map([
        ...startValues(graph, own, source),
        ...[...(ranges ?? [])].map(([name, range]) => [name, Float32Array.of(...range, 1)] as const),
      ]),
  };
}
