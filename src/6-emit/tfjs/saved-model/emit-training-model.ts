import type { StepProgram } from '../../../5-graph/training/program.ts';
import { createGraphBuilder } from '../node-def/builder.ts';
import { emitFunction } from './emit-function.ts';
import { encodeSavedModel, type GraphSignature } from './encode.ts';
import { createVariables, initialiseSignature, readSignature, writeSignature } from './variables.ts';

/** What a TensorFlow program and the runner of steps read. */
export interface TrainingModel {
  /** The bytes of `saved_model.pb`, tag `serve`. The folder needs nothing else: variables are set by a signature. */
  readonly pb: Uint8Array;
  /** By name: what each takes and gives. */
  readonly signatures: Readonly<Record<string, GraphSignature>>;
}

export interface EmitOptions {
  /**
   * Whether XLA compiles chains of small ops, at the first step of each batch size: less time and memory. It works on
   * every CPU; on a GPU it needs parts of the CUDA toolkit that may be missing.
   */
  readonly fuse?: boolean;
}

/**
 * Writes a step program as a TensorFlow SavedModel. Each function is a signature with its name, which applies the function's updates when run. In addition:
 *
 * - `initialise` takes the network's own tensors and sets all variables to their initial values;
 * - `read` gives all variables, `write` sets all, in their logical shapes.
 *
 * The batch is open, all numbers are inputs. The same program gives the same bytes.
 */
export function emitTrainingModel(program: StepProgram, { fuse = false }: EmitOptions = {}): TrainingModel {
  const b = createGraphBuilder();
  const variables = createVariables(b, program.variables);
  const signatures: Record<string, GraphSignature> = {};
  for (const fn of program.functions) signatures[fn.name] = emitFunction(b, variables, fn, fuse);
  signatures.initialise = initialiseSignature(b, variables, program.variables);
  signatures.read = readSignature(b, variables, program.variables);
  signatures.write = writeSignature(b, variables, program.variables);
  return { pb: encodeSavedModel(b.finish(), signatures), signatures };
}
