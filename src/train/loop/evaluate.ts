import type { HostTensor } from '../../backends/runner.ts';
import type { Batch, Loader, SkippedImage } from '../data/types.ts';
import { predictedClass, probabilityOf, rankOf } from './score.ts';

/** An image about which a network is wrong with high confidence. */
export interface Mistake {
  /** In the split. */
  readonly index: number;
  readonly label: number;
  readonly predicted: number;
  readonly confidence: number;
  /** Height, width, channels, and the values as the network saw them. */
  readonly shape: readonly [number, number, number];
  readonly pixels: Float32Array;
}

/** How a network does on a split. Images that could not be read do not count. */
export interface Evaluation {
  readonly images: number;
  /** Mean over the images, without label smoothing or class weights. */
  readonly loss: number;
  /** The shares of images whose class is predicted, and is among the five most likely. */
  readonly accuracy: number;
  readonly top5: number;
  /** `[K, K]`: images by their class (row) and the predicted one (column). */
  readonly confusion: Int32Array;
  /** The most confident mistakes, the most confident first. */
  readonly mistakes: readonly Mistake[];
}

export interface EvaluateRequest {
  readonly loader: Loader;
  /** The loader's epoch, which decides the size of the images. */
  readonly epoch: number;
  readonly classes: number;
  /** How many mistakes are kept with their images. */
  readonly mistakes: number;
  /** Runs the network: outputs `losses` [N] and `logits` [N, K]. */
  run(batch: Batch): Promise<Readonly<Record<string, HostTensor>>>;
  progress?(done: number, batches: number): void;
  skipped?(image: SkippedImage): void;
  stopped?(): boolean;
}

/** Runs a network over a split. Undefined if it was stopped. */
export async function evaluate(request: EvaluateRequest): Promise<Evaluation | undefined> {
  const { loader, classes } = request;
  const confusion = new Int32Array(classes * classes);
  const mistakes: Mistake[] = [];
  let [images, loss, hits, five] = [0, 0, 0, 0];
  for await (const batch of loader.epoch(request.epoch)) {
    const { losses, logits } = await request.run(batch);
    if (!losses || !logits) throw new Error('the program gives no losses and logits');
    for (const [row, label] of batch.labels.entries()) {
      if (batch.weights[row] === 0) continue;
      const predicted = predictedClass(logits.data, row, classes);
      const cell = label * classes + predicted;
      confusion[cell] = (confusion[cell] as number) + 1;
      images++;
      loss += losses.data[row] as number;
      if (predicted === label) hits++;
      else keepMistake(mistakes, request.mistakes, batch, row, predicted, logits.data, classes);
      if (rankOf(logits.data, row, classes, label) < 5) five++;
    }
    for (const image of batch.skipped) request.skipped?.(image);
    request.progress?.(batch.index + 1, loader.batches);
    await nextTurn();
    if (request.stopped?.()) return undefined;
  }
  const per = (sum: number) => (images === 0 ? 0 : sum / images);
  return { images, loss: per(loss), accuracy: per(hits), top5: per(five), confusion, mistakes };
}

/** Lets signals and messages of workers in: a step may keep the thread busy throughout. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function keepMistake(
  mistakes: Mistake[],
  limit: number,
  batch: Batch,
  row: number,
  predicted: number,
  logits: Float32Array,
  classes: number,
): void {
  const confidence = probabilityOf(logits, row, classes, predicted);
  const at = mistakes.findIndex((other) => confidence > other.confidence);
  const place = at < 0 ? mistakes.length : at;
  if (place >= limit) return;
  const [, height, width, channels] = batch.shape;
  const size = height * width * channels;
  mistakes.splice(place, 0, {
    index: batch.indices[row] as number,
    label: batch.labels[row] as number,
    predicted,
    confidence,
    shape: [height, width, channels],
    pixels: batch.images.slice(row * size, (row + 1) * size),
  });
  mistakes.splice(limit);
}
