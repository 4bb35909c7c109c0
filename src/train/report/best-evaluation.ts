import { join } from 'node:path';
import type { Normalisation } from '../../5-graph/graph.ts';
import { writeTextAtomically } from '../../node/atomic-file.ts';
import { orUndefined } from '../../node/or-undefined.ts';
import { readText } from '../../node/regular-file.ts';
import type { Evaluation } from '../loop/evaluate.ts';
import { aCount, aNumber, anObject, aText, listOf, oneOf } from '../run/shape.ts';
import type { Best } from '../run/state.ts';
import { thumbnailUrl } from './thumbnail.ts';

/** A misclassified image in the report. */
export interface ShownMistake {
  readonly name: string;
  readonly label: number;
  readonly predicted: number;
  readonly confidence: number;
  /** A `data:` URL of a PNG. */
  readonly image: string;
}

/**
 * The evaluation of the best epoch's weights, made when they were written: reports of later epochs, and of resumed
 * runs, show it too.
 */
export interface BestEvaluation extends Best {
  readonly images: number;
  readonly loss: number;
  readonly top5: number;
  /** `[K, K]`: images by their class (row) and the predicted one (column). */
  readonly confusion: Int32Array;
  readonly mistakes: readonly ShownMistake[];
}

const bestFile = 'best.json';

/** Puts together what is kept of an evaluation. @param nameOf the display name of an image. */
export function bestEvaluation(
  best: Best,
  { images, loss, top5, confusion, mistakes }: Evaluation,
  normalisation: Normalisation,
  nameOf: (index: number) => string,
): BestEvaluation {
  return {
    ...best,
    images,
    loss,
    top5,
    confusion,
    mistakes: mistakes.map((mistake) => ({
      name: nameOf(mistake.index),
      label: mistake.label,
      predicted: mistake.predicted,
      confidence: mistake.confidence,
      image: thumbnailUrl(mistake, normalisation),
    })),
  };
}

/** Writes `best.json`, with the cells of the confusion matrix that are not 0. */
export function writeBestEvaluation(folder: string, { confusion, ...facts }: BestEvaluation, classes: number): void {
  const cells: number[][] = [];
  for (const [cell, count] of confusion.entries()) {
    if (count > 0) cells.push([Math.floor(cell / classes), cell % classes, count]);
  }
  writeTextAtomically(join(folder, bestFile), `${JSON.stringify({ ...facts, confusion: cells })}\n`);
}

const share = aNumber(0, 1);
const shape = anObject({
  epoch: aCount,
  accuracy: share,
  weights: oneOf('averages', 'raw'),
  images: aCount,
  loss: aNumber(),
  top5: share,
  confusion: listOf(listOf(aCount)),
  mistakes: listOf(anObject({ name: aText, label: aCount, predicted: aCount, confidence: share, image: aText })),
});

/**
 * Reads `best.json`. Undefined if it is missing or damaged, or if it belongs to another epoch than the state's best: after
 * an interruption between the two, or with an older checkpoint. The weights can be evaluated again.
 */
export function readBestEvaluation(
  folder: string,
  best: Best | undefined,
  classes: number,
): BestEvaluation | undefined {
  if (!best) return undefined;
  const value: unknown = orUndefined(() => JSON.parse(readText(join(folder, bestFile))));
  if (shape(value, '') !== undefined) return undefined;
  const { confusion: cells, ...facts } = value as Omit<BestEvaluation, 'confusion'> & { confusion: number[][] };
  if (facts.epoch !== best.epoch || facts.accuracy !== best.accuracy || facts.weights !== best.weights)
    return undefined;
  const confusion = new Int32Array(classes * classes);
  for (const [row = classes, column = classes, count = 0] of cells) {
    if (row >= classes || column >= classes) return undefined;
    confusion[row * classes + column] = count;
  }
  const within = facts.mistakes.every(({ label, predicted }) => label < classes && predicted < classes);
  return within ? { ...facts, confusion } : undefined;
}
