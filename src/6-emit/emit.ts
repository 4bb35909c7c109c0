import { foldBatchNorm, removeTrainingOps } from '../5-graph/passes/for-inference.ts';
import type { Compilation } from '../compile.ts';
import { hasErrors } from '../diagnostics/diagnostic.ts';
import { chooseWeights, type WeightsRequest } from '../weights/choose-weights.ts';
import { foldedWeights } from '../weights/folded-weights.ts';
import { describeNetwork } from './metadata.ts';
import type { EmitResult, OpenSink, Target } from './target.ts';

export interface EmitOptions extends WeightsRequest {
  /** Whether batch norms are folded into the convolutions before them; true by default. Not for a target that trains. */
  readonly fold?: boolean;
  /** Called with the bytes written so far and all that will be. */
  readonly progress?: (done: number, total: number) => void;
}

/**
 * The last part of the way: graph -> passes -> a target's files. Weights are read one tensor at a time.
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
  const trains = target.purpose === 'training';
  const plain = trains ? graph : removeTrainingOps(graph);
  const lowered = !trains && (options.fold ?? true) ? foldBatchNorm(plain) : plain;
  const problems = target.check(lowered, settings);
  if (hasErrors(problems)) return { diagnostics: problems, bytes: 0 };
  const weights = chooseWeights(program, plain, options);
  const before = [...problems, ...weights.diagnostics];
  if (!weights.source) return { diagnostics: before, bytes: 0 };
  const result = target.emit({
    graph: lowered,
    weights: foldedWeights(lowered, weights.source),
    metadata: describeNetwork(program, point, graph, weights.origin, target.layout ?? 'NCHW'),
    options: settings,
    open,
    ...(options.progress && { progress: options.progress }),
  });
  return { diagnostics: [...before, ...result.diagnostics], bytes: result.bytes };
}
