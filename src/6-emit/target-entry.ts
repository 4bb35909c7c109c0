import type { Target, TargetFacts } from './target.ts';

/**
 * A target as the list of targets has it: all that the command line, its completion, help and documentation, `verify` and
 * the public API need to know of it, as data. What writes the files is loaded when it is used, so that a command starts fast.
 */
export interface TargetEntry<Options = object> extends TargetFacts {
  /** Several forms can share a name: the flag of `compile` that asks for this one. The first form of a name has none. */
  readonly flag?: string;
  /** What tables call what is written: `ONNX`, `layers model`. */
  readonly form: string;
  readonly output: FileOutput | FolderOutput;
  /** The options that users set, by their names in `Options`. */
  readonly options: OptionTable<Partial<Options>>;
  /** The flag with which it also takes the plan of a pipeline, as the option `pipeline`: of a target that can write one. */
  readonly plans?: string;
  /** What it cannot express, one phrase per form of an op. */
  readonly lacks: readonly string[];
  /** What runs what is written, where `verify` has a way to; it is not verified otherwise. */
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
  /** The file that states what the folder is, and how it begins where enetc wrote it. */
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
  /** What the value is called in messages: `RUNTIME`. */
  readonly value: string;
  readonly choices: readonly string[];
  readonly default?: string;
}

interface NumberOption extends DescribedOption {
  readonly kind: 'number';
  readonly value: string;
  /** Whole numbers from 1 to this. */
  readonly most?: number;
  /** Words that are values, too. */
  readonly words?: readonly string[];
  readonly default?: number | string;
}

/** An option of a target. The command line writes its name with dashes: `externalData` is `--external-data`. */
export type TargetOption = FlagOption | ChoiceOption | NumberOption;

/** Options by name. */
export type OptionTable<Options> = { readonly [Name in keyof Options]: TargetOption };
