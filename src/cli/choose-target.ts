import type { TrainingOptions } from '../5-graph/training/options.ts';
import { type EmitOptions, emit } from '../6-emit/emit.ts';
import type { OnnxOptions } from '../6-emit/onnx/options.ts';
import { onnxTarget } from '../6-emit/onnx/target.ts';
import type { EmitResult, OpenSink, Target } from '../6-emit/target.ts';
import type { Compilation } from '../compile.ts';
import { type Arguments, flag, number, text } from './arguments.ts';
import { usageError } from './io.ts';
import { emitOptions } from './options.ts';

/** What `compile` is to write, by the command line. */
export interface ChosenTarget {
  readonly output: 'file' | 'folder';
  /** What its name ends with where the user gives none. */
  readonly ending: string;
  emit(compilation: Compilation, open: OpenSink, options: EmitOptions): EmitResult;
}

/**
 * The target that `--target` names, with its options; another one is not loaded, so that each starts fast.
 * @throws a usage error for options of another one
 */
export async function chooseTarget(args: Arguments): Promise<ChosenTarget> {
  const name = text(args, 'target') ?? 'onnx';
  for (const option of emitOptions) {
    if (option.target === undefined || option.target === name || !flag(args, option.name)) continue;
    throw usageError(`--${option.name} is for --target ${option.target}, not for ${name}`, 'compile');
  }
  if (name === 'onnx') return chosen(onnxTarget, onnxOptions(args), '.onnx');
  if (flag(args, 'graph') && flag(args, 'train')) throw usageError('--graph and --train exclude each other', 'compile');
  const optimiser = text(args, 'optimiser') as TrainingOptions['optimiser'] | undefined;
  if (optimiser && !flag(args, 'train'))
    throw usageError('--optimiser needs --train: other models have no optimiser in them', 'compile');
  if (flag(args, 'graph'))
    return chosen((await import('../6-emit/tfjs/graph-model/target.ts')).graphModelTarget, {}, '-graph');
  if (flag(args, 'no-fold')) {
    throw usageError('--no-fold needs --graph with --target tfjs: what trains keeps its batch norms anyway', 'compile');
  }
  if (flag(args, 'train')) {
    const { trainingTarget } = await import('../6-emit/tfjs/saved-model/training-target.ts');
    return chosen(trainingTarget, { ...(optimiser && { optimiser }) }, '-train');
  }
  return chosen((await import('../6-emit/tfjs/layers/target.ts')).layersTarget, {}, '');
}

function chosen<T>(target: Target<T>, targetOptions: Partial<T>, ending: string): ChosenTarget {
  return {
    output: target.output ?? 'file',
    ending,
    emit: (compilation, open, options) => emit(compilation, target, targetOptions, open, options),
  };
}

function onnxOptions(args: Arguments): Partial<OnnxOptions> {
  const batch = text(args, 'batch');
  const opset = number(args, 'opset');
  const tuned = text(args, 'tuned') as OnnxOptions['tuned'];
  return {
    ...(batch !== undefined && { batch: batch === 'dynamic' ? batch : Number(batch) }),
    ...(opset !== undefined && { opset }),
    ...(flag(args, 'half') && { half: true }),
    ...(flag(args, 'external-data') && { externalData: true }),
    ...(tuned && { tuned }),
  };
}
