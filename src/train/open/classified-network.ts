import { classScores } from '../../5-graph/class-scores.ts';
import { type Graph, type GraphOutput, shapeOf } from '../../5-graph/graph.ts';
import { type ResolvedPreprocessing, resolvePreprocessing } from '../../5-graph/preprocessing.ts';
import type { Network } from '../../compile-spec.ts';
import { nounFor } from '../../diagnostics/noun-for.ts';
import { option, type Words, words } from '../../diagnostics/words.ts';
import type { Dataset } from '../data/types.ts';
import { RunError } from '../run-error.ts';

/** The image that a network takes: its channels, height and width, and how a picture is converted to it. */
export interface NetworkImage {
  readonly channels: 1 | 3;
  readonly size: readonly [height: number, width: number];
  readonly preprocessing: ResolvedPreprocessing;
}

/** Reads a network's input. @throws RunError for a network that does not take a gray or colour image. */
export function imageOf(graph: Graph): NetworkImage {
  const node = graph.nodes[graph.inputs[0] ?? -1];
  const [channels, height, width] = node?.shapes[0] ?? [];
  if (node?.op.kind !== 'input' || (channels !== 1 && channels !== 3) || !height || !width) {
    throw new RunError(`'${graph.name}' has no input for images of 1 or 3 channels: [3, height, width]`);
  }
  return {
    channels,
    size: [height, width],
    preprocessing: resolvePreprocessing(channels, graph.preprocessing[node.op.name]),
  };
}

/** How many classes a network distinguishes: see `classScores`. @throws RunError if it has none or several. */
export function classesOf(graph: Graph): number {
  const [scores, ...others] = classScores(graph);
  if (!scores) throw noClassifier(graph);
  if (others.length > 0) {
    throw new RunError(`'${graph.name}' has ${others.length + 1} outputs of class scores, not one`);
  }
  return shapeOf(graph, scores.value)[0] as number;
}

function noClassifier({ name }: Graph): RunError {
  return new RunError(
    words`'${name}' has no output of class scores, one number per class: it ends without a classifier, as a model of the library does with ${option('set', 'classes=0')}`,
  );
}

/** Whether the model has a parameter `classes` that the data may set. */
export function hasClasses({ point }: Network): boolean {
  return point.params.some(({ name }) => name === 'classes');
}

/**
 * @param advice what to do. @throws RunError if a network and data have different numbers of classes.
 */
export function checkClasses(graph: Graph, dataset: Dataset, advice: (classes: number, found: number) => Words): void {
  const classes = classesOf(graph);
  const found = dataset.classes.length;
  if (classes === found) return;
  // Pooled features have the shape of a mean over a map of scores.
  if (shapeOf(graph, (classScores(graph)[0] as GraphOutput).value).length === 3) throw noClassifier(graph);
  throw new RunError(
    words`'${graph.name}' tells ${classes} ${nounFor(classes, 'class', 'classes')} apart, but '${dataset.path}' has ${found}: ${advice(classes, found)}`,
  );
}
