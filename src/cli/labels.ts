import { classCount } from '../5-graph/class-scores.ts';
import type { Graph } from '../5-graph/graph.ts';
import { createDiagnostic, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { imagenetNames, readLabels } from '../node/read-labels.ts';
import type { Checkpoint } from '../weights/checkpoint.ts';
import { statedLabels } from '../weights/preprocessing-facts.ts';
import { text } from './arguments.ts';
import type { Arguments } from './command.ts';
import type { Io } from './io.ts';

/** The names of a network's classes, where they are known, and what is to be said of them. */
export interface ChosenLabels {
  readonly labels?: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

/** What `--labels` names. @throws FileError */
export async function askedLabels(args: Arguments, io: Io): Promise<readonly string[] | undefined> {
  const name = text(args, 'labels');
  return name === undefined ? undefined : readLabels(name, io.cwd);
}

/**
 * The names of the classes of a network with weights: those that are asked for, else those that the weights' file states, else
 * ImageNet's for published weights of 1000 classes.
 * @param column of the weight map that has the weights' names.
 */
export async function chooseLabels(
  asked: readonly string[] | undefined,
  graph: Graph,
  checkpoint: Checkpoint,
  column: string | undefined,
): Promise<ChosenLabels> {
  // A classifier for another number of classes has lost their names.
  const stated = statedLabels(checkpoint.metadata);
  const labels = asked ?? (stated?.length === classCount(graph) ? stated : undefined);
  if (labels) return { labels, diagnostics: [] };
  const names = column === undefined ? [] : await imagenetNames();
  if (column === undefined || classCount(graph) !== names.length) return { diagnostics: [] };
  const data = { file: checkpoint.name, column };
  return { labels: names, diagnostics: [createDiagnostic('labels-of-imagenet', undefined, data)] };
}
