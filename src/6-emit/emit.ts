import { checkTypes } from '../5-graph/check-types.ts';
import { classCount } from '../5-graph/class-scores.ts';
import type { Graph } from '../5-graph/graph.ts';
import { foldBatchNorm, removeTrainingOps } from '../5-graph/passes/for-inference.ts';
import { halfPrecision } from '../5-graph/passes/half-precision.ts';
import { halfWeights } from '../5-graph/passes/half-weights.ts';
import { mergeBranches } from '../5-graph/passes/merge-branches.ts';
import { withoutAuxiliary } from '../5-graph/passes/remove-unreached.ts';
import type { Compilation } from '../compile.ts';
import { createDiagnostic, type Diagnostic, hasErrors } from '../diagnostics/diagnostic.ts';
import { chooseWeights, type WeightsRequest } from '../weights/choose-weights.ts';
import { foldedWeights } from '../weights/folded-weights.ts';
import { mergedWeights } from '../weights/merged-weights.ts';
import type { WeightSource } from '../weights/weight-source.ts';
import { reportLackedTypes } from './lacked-form.ts';
import { describeNetwork } from './metadata.ts';
import type { EmitResult, Metadata, OpenSink, Target, TargetFacts } from './target.ts';

/** The passes that a graph goes through on its way to a target. */
export interface PassOptions {
  /** Whether batch norms are folded into the convolutions before them; true by default. Not for a target that trains. */
  readonly fold?: boolean;
  /**
   * Whether parallel linear branches that are summed become one convolution (see `mergeBranches`); true by default. Needs
   * `fold`.
   */
  readonly merge?: boolean;
  /** Whether the network is in half precision, all of it or, by the target, its weights; its inputs and outputs stay float32. */
  readonly half?: boolean;
}

export interface EmitOptions extends PassOptions, WeightsRequest {
  /** The names of the classes, which the file then states. One for each: an error otherwise. */
  readonly labels?: readonly string[];
  /** The result of `prepareNetwork`, with other types and numbers; made here if absent. */
  readonly prepared?: PreparedNetwork;
  /** Facts that the file states in addition to those of the network. */
  readonly facts?: Metadata;
  /** Called with the bytes written so far and all that will be. */
  readonly progress?: (done: number, total: number) => void;
}

/** A network as a target gets it. */
export interface PreparedNetwork {
  readonly graph: Graph;
  /** Absent where the weights are not available; see `diagnostics`. */
  readonly weights?: WeightSource;
  /** For users: where the weights come from. */
  readonly origin: string;
  readonly diagnostics: readonly Diagnostic[];
}

/** The passes of a network on its way to a target, and its weights as those passes leave them. */
export function prepareNetwork(
  { program, graph }: Compilation & { readonly graph: Graph },
  target: Pick<TargetFacts, 'purpose' | 'auxiliary'>,
  options: PassOptions & WeightsRequest,
): PreparedNetwork {
  const lowered = applyPasses(graph, target, options);
  const { source, origin, diagnostics } = chooseWeights(program, lowered, { trained: graph, ...options });
  return {
    graph: lowered,
    ...(source && { weights: mergedWeights(lowered, foldedWeights(lowered, source)) }),
    origin,
    diagnostics,
  };
}

/**
 * The last steps: graph -> passes -> a target's files. Weights are read one tensor at a time.
 * @param open opens the files; see `Target`
 * @returns diagnostics: of the weights, or of what the target cannot do; nothing was opened where one is an error
 */
export function emit<Options>(
  compilation: Compilation,
  target: Target<Options>,
  targetOptions: Partial<Options>,
  open: OpenSink,
  options: EmitOptions = {},
): EmitResult {
  const { program, model, graph, point } = compilation;
  if (!graph || !point || !model) return { diagnostics: compilation.diagnostics, bytes: 0 };
  const settings: Options = { ...target.defaults, ...targetOptions };
  const lowered = options.prepared?.graph ?? applyPasses(graph, target, options);
  const untaken = reportLackedTypes(lowered, target);
  const problems = untaken.length > 0 ? untaken : target.check(lowered, settings);
  if (hasErrors(problems)) return { diagnostics: problems, bytes: 0 };
  const prepared = options.prepared ?? prepareNetwork({ ...compilation, graph }, target, options);
  const before = [...problems, ...prepared.diagnostics, ...checkLabels(graph, options.labels)];
  if (hasErrors(before)) return { diagnostics: before, bytes: 0 };
  if (!prepared.weights) return { diagnostics: before, bytes: 0 };
  const facts = describeNetwork(program, point, graph, prepared.origin, target.layout ?? 'NCHW', options.labels);
  const result = target.emit({
    graph: prepared.graph,
    origin: compilation,
    weights: prepared.weights,
    metadata: [...facts, ...(options.facts ?? [])],
    options: settings,
    open,
    ...(options.progress && { progress: options.progress }),
  });
  return { diagnostics: [...before, ...result.diagnostics], bytes: result.bytes };
}

function checkLabels(graph: Graph, labels: readonly string[] | undefined): Diagnostic[] {
  const classes = classCount(graph);
  if (!labels || labels.length === classes) return [];
  return [createDiagnostic('label-count', undefined, { model: graph.name, classes, labels: labels.length })];
}

/**
 * The passes between a network as written and what a target writes.
 * @throws Error if the types of the result do not fit together; see `checkTypes`.
 */
export function applyPasses(
  written: Graph,
  { purpose, auxiliary, halves }: Pick<TargetFacts, 'purpose' | 'auxiliary' | 'halves'>,
  options: PassOptions,
): Graph {
  const graph = auxiliary ? written : withoutAuxiliary(written);
  const ready = purpose === 'training' ? graph : removeTrainingOps(graph);
  const folds = purpose !== 'training' && (options.fold ?? true);
  const folded = folds ? foldBatchNorm(ready) : ready;
  const merged = folds && (options.merge ?? true) ? mergeBranches(folded) : folded;
  const half = halves === 'weights' ? halfWeights : halfPrecision;
  const typed = options.half ? half(merged) : merged;
  checkTypes(typed);
  return typed;
}
