import type { Target, TargetFacts } from './target.ts';

/**
 * A target in the list of targets: all that the command line, its completion, help and documentation, `verify` and the public
 * API need to know about it, as data. The code that writes files is loaded when it is used, so that commands start fast.
 */
export interface TargetEntry<Options = object> extends TargetFacts {
  /** Several forms can share a name: the flag of `compile` that selects this one. The first form of a name has none. */
  readonly flag?: string;
  /** The name of the format in tables: `ONNX`, `layers model`. */
  readonly form: string;
  readonly output: FileOutput | FolderOutput;
  /** The options that users set, by their names in `Options`. */
  readonly options: OptionTable<Partial<Options>>;
  /** The flag with which it also takes the plan of a pipeline, as the option `pipeline`, if the target can write one. */
  readonly plans?: string;
  /** What it cannot express, one phrase per form of an op. */
  readonly lacks: readonly string[];
  /** The engine that runs the files in `verify`; without one they are not verified. */
  readonly runtime?: Runtime;
  load(): Promise<Target<Options>>;
}

/** The engines that `verify` can run a network in. */
export type Runtime = 'onnxruntime' | 'tfjs-layers' | 'tfjs-graph' | 'tflite' | 'pytorch';

interface NamedOutput {
  /** What follows the spec and its variant in the name of the output, where the user gives none. */
  readonly ending: string;
}

/** A file, perhaps with others next to it. */
export interface FileOutput extends NamedOutput {
  readonly kind: 'file';
  /** What messages call one: `ONNX model`. */
  readonly noun: string;
  /** Whether a file that begins so is one that enetc wrote. */
  isOwn(head: Uint8Array): boolean;
}

/** A folder of files, which is replaced whole. */
export interface FolderOutput extends NamedOutput {
  readonly kind: 'folder';
  /** The names that files at the top of the folder have. */
  readonly files: RegExp;
  /** The file that identifies the folder, and how it begins if enetc wrote it. */
  readonly mark: { readonly file: string; readonly begins: RegExp };
}

interface DescribedOption {
  /** What it sets, without its default. */
  readonly description: string;
}

interface FlagOption extends DescribedOption {
  /** False by default. */
  readonly kind: 'flag';
}

interface ChoiceOption extends DescribedOption {
  readonly kind: 'choice';
  /** The value's name in messages: `RUNTIME`. */
  readonly value: string;
  readonly choices: readonly string[];
  readonly default?: string;
}

interface NumberOption extends DescribedOption {
  readonly kind: 'number';
  readonly value: string;
  /** Whole numbers from 1 to this. */
  readonly most?: number;
  /** Words that are also values. */
  readonly words?: readonly string[];
  readonly default?: number | string;
}

/** An option of a target. The command line writes its name with dashes: `externalData` is `--external-data`. */
export type TargetOption = FlagOption | ChoiceOption | NumberOption;

/** Options by name. */
export type OptionTable<Options> = { readonly [Name in keyof Options]: TargetOption };
