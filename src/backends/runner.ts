import type { StepProgram } from '../5-graph/training/program.ts';

/** A tensor in the host's memory, row-major. */
export interface HostTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Runs the functions of a step program on some backend, and holds its variables there. */
export interface StepRunner {
  /**
   * Runs one function: feeds its inputs, returns its outputs, applies its updates.
   * @throws NotFiniteError if a guard was not finite; no variable has changed then. OutOfMemoryError.
   */
  run(name: string, inputs: Readonly<Record<string, HostTensor>>): Promise<Readonly<Record<string, HostTensor>>>;
  /** The values of variables, in their logical shape; of all without names. */
  read(names?: readonly string[]): Promise<ReadonlyMap<string, Float32Array>>;
  /** Sets variables, in their logical shape; the others are unchanged. */
  write(values: VariableValues): Promise<void>;
  /** Bytes that the backend holds, where it reports them. */
  memory(): number | undefined;
  close(): void;
}

/** Variables by name with their numbers: a map, or an iterator over them. */
export type VariableValues = Iterable<readonly [name: string, numbers: Float32Array]>;

/** Makes a runner. Every variable has to be written before the first run. */
export type CreateRunner = (program: StepProgram) => Promise<StepRunner>;

/** A loss or a gradient is not a finite number; the step has changed nothing. */
export class NotFiniteError extends Error {}

/** The backend ran out of memory. */
export class OutOfMemoryError extends Error {}
