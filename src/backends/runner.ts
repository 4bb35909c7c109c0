import type { StepProgram } from '../5-graph/training/program.ts';

/** A tensor in the host's memory, row-major. */
export interface HostTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Runs the functions of a step program on some backend, and holds its variables there. */
export interface StepRunner {
  /**
   * Runs one function: feeds its inputs, gives its outputs, makes its updates.
   * @throws NotFiniteError if a guard was not finite; no variable has changed then. OutOfMemoryError.
   */
  run(name: string, inputs: Readonly<Record<string, HostTensor>>): Promise<Readonly<Record<string, HostTensor>>>;
  /** The values of variables, in their logical shape; of all without names. */
  read(names?: readonly string[]): Promise<ReadonlyMap<string, Float32Array>>;
  /** Sets variables, in their logical shape, as they come; the others stay as they are. */
  write(values: VariableValues): Promise<void>;
  /** Bytes that the backend says it holds, where it says so. */
  memory(): number | undefined;
  close(): void;
}

/** Variables by name with their numbers: a map, or what makes them one after the other. */
export type VariableValues = Iterable<readonly [name: string, numbers: Float32Array]>;

/** Makes a runner. Every variable has to be written before the first run. */
export type CreateRunner = (program: StepProgram) => Promise<StepRunner>;

/** A loss or a gradient is not a finite number; the step has changed nothing. */
export class NotFiniteError extends Error {}

/** The backend could not have the memory it asked for. */
export class OutOfMemoryError extends Error {}
