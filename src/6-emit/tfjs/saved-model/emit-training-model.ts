import type { StepFunction, StepProgram } from '../../../5-graph/training/program.ts';
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

export interface TrainingModelOptions {
  /**
   * Whether XLA compiles chains of small ops, at the first step of each batch size: less time and memory. It works on
   * every CPU; on a GPU it needs parts of the CUDA toolkit that may be missing.
   */
  readonly fuse?: boolean;
  /** Whether there is `initialise`; true by default. */
  readonly initialises?: boolean;
}

/**
 * Writes a step program as a TensorFlow SavedModel. Each function is a signature with its name, which applies the function's updates when run. In addition:
 *
 * - `initialise` takes the network's own tensors and sets all variables to their initial values;
 * - `read` gives all variables, `write` sets all, in their logical shapes.
 *
 * The batch is open, all numbers are inputs. The same program gives the same bytes.
 */
export function emitTrainingModel(
  program: StepProgram,
  { fuse = false, initialises = true }: TrainingModelOptions = {},
): TrainingModel {
  const b = createGraphBuilder();
  const variables = createVariables(b, program.variables);
  const signatures: Record<string, GraphSignature> = {};
  for (const fn of program.functions) {
    // a graph's nodes take TensorFlow more memory than the numbers of many of them
    const whole = program.functions.find((other) => signatures[other.name] && isBeginning(fn, other));
    const shared = whole && signatures[whole.name];
    signatures[fn.name] = shared ? partOf(shared, fn) : emitFunction(b, variables, fn, fuse);
  }
  if (initialises) signatures.initialise = initialiseSignature(b, variables, program.variables);
  signatures.read = readSignature(b, variables, program.variables);
  signatures.write = writeSignature(b, variables, program.variables);
  return { pb: encodeSavedModel(b.finish(), signatures), signatures };
}

/** Whether a function's nodes are the first ones of another, which gives its outputs too, and neither changes anything. */
function isBeginning(fn: StepFunction, whole: StepFunction): boolean {
  const changes = [fn, whole].some(({ updates, guards }) => updates.length > 0 || guards.length > 0);
  if (changes || fn.outputs.length === 0 || fn.nodes.length > whole.nodes.length) return false;
  const given = new Set(whole.outputs.map((output) => JSON.stringify(output)));
  const inputs = new Set(whole.inputs.map((input) => JSON.stringify(input)));
  return (
    fn.outputs.every((output) => given.has(JSON.stringify(output))) &&
    fn.inputs.every((input) => inputs.has(JSON.stringify(input))) &&
    fn.nodes.every((node, i) => JSON.stringify(node) === JSON.stringify(whole.nodes[i]))
  );
}

/** What of a signature a function takes and gives. */
function partOf({ inputs, outputs }: GraphSignature, fn: StepFunction): GraphSignature {
  const chosen = (all: GraphSignature['inputs'], { name }: { readonly name: string }) =>
    [name, all[name] as GraphSignature['inputs'][string]] as const;
  return {
    inputs: Object.fromEntries(fn.inputs.map((input) => chosen(inputs, input))),
    outputs: Object.fromEntries(fn.outputs.map((output) => chosen(outputs, output))),
  };
}
