import { basename } from 'node:path';
import type { BackendRequest } from '../backends/backend.ts';
import { openBackend } from '../backends/open.ts';
import type { Network } from '../compile-spec.ts';
import { runFunction } from '../train/loop/failures.ts';
import { classesOf, imageOf } from '../train/open/classified-network.ts';
import { type Close, closeAll } from '../train/open/close-all.ts';
import { evaluationProgram } from '../train/open/evaluate-split.ts';
import type { TrainedRanges } from '../weights/range-facts.ts';
import type { WeightSource } from '../weights/weight-source.ts';
import type { Classifier, ClassifierOptions } from './classifier.ts';
import { lastOfGraph } from './last-activation.ts';

/**
 * A network, built for inference, and its weights as a classifier, run as `enetc eval` runs it.
 * @param weights name of its weights.
 * @throws RunError for a network that is not a classifier of pictures, BackendUnavailable.
 */
export async function openNetworkClassifier(
  network: Network,
  { source, ranges }: { readonly source: WeightSource; readonly ranges?: TrainedRanges | undefined },
  weights: string,
  labels: readonly string[] | undefined,
  backendName: BackendRequest,
  { cwd, env }: ClassifierOptions,
): Promise<Classifier> {
  const { graph } = network;
  const image = imageOf(graph);
  const classes = classesOf(graph);
  const { program, values } = evaluationProgram(network, ranges);
  const closing: Close[] = [];
  try {
    const backend = await openBackend(backendName, { cwd, env });
    closing.push(backend.close);
    const runner = await backend.createRunner(program);
    closing.push(runner.close);
    await runner.write(values(source));
    const [height, width] = image.size;
    return {
      name: `${graph.name}, ${basename(weights)}`,
      engine: backend.description,
      image,
      classes,
      ...(labels && { labels }),
      last: lastOfGraph(graph),
      isNormalisationStated: Object.values(graph.preprocessing).some(
        ({ mean, std }) => mean !== undefined || std !== undefined,
      ),
      async run(images, count) {
        const { logits } = await runFunction(runner, program, 'evaluate', {
          image: { shape: [count, height, width, image.channels], data: images },
          // for the loss of an evaluation, which is not used here
          targets: { shape: [count, classes], data: new Float32Array(count * classes) },
          sample_weights: { shape: [count], data: new Float32Array(count).fill(1) },
        });
        if (!logits) throw new Error('the program gives no logits');
        return logits.data;
      },
      close: () => closeAll(closing),
    };
  } catch (e) {
    await closeAll(closing);
    throw e;
  }
}
