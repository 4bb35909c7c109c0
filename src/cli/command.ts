import type { Io } from './io.ts';
import type { Option } from './option.ts';

/** A command runs to an exit code. Its module is only loaded when it is called, so that each starts fast. */
export type RunCommand = (args: Arguments, io: Io) => Promise<number>;

export interface Command {
  readonly name: string;
  /** One line, for the list of commands. */
  readonly summary: string;
  /** What stands after the name: `[spec]`. */
  readonly operands: string;
  readonly maxOperands: number;
  /** What a shell completes for an operand; nothing by default. */
  readonly completes?: 'spec' | 'path' | 'code' | 'command' | 'shell' | 'backend' | 'weights';
  /** What the summary leaves open; paragraphs. */
  readonly details: string;
  readonly options: readonly Option[];
  readonly examples: readonly (readonly [line: string, does: string])[];
  load(): Promise<RunCommand>;
}

/** What stands on a command line after the command, checked against the command's options. */
export interface Arguments {
  readonly command: Command;
  readonly operands: readonly string[];
  /** By option name, in order; `''` for a flag. */
  readonly values: ReadonlyMap<string, readonly string[]>;
}
