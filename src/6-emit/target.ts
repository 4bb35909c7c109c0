import type { Graph } from '../5-graph/graph.ts';
import type { IntegerOps } from '../5-graph/quantise/integer-ops.ts';
import type { ElementType } from '../5-graph/value-type.ts';
import type { Compilation } from '../compile.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { WeightSource } from '../weights/weight-source.ts';

/** An output of a target. The host opens it under a temporary name and renames it when everything is written. */
export interface Sink {
  /** Takes over the bytes; the caller may reuse the buffer as soon as this returns. */
  write(bytes: Uint8Array): void;
}

/**
 * Opens an output file. For a target that writes a file: `''` is the main one, `.data` is `model.onnx.data` next to it. For one that writes a folder: its name in the folder, `model.json` or `variables/variables.index`.
 *
 * `name` is how the main file may refer to it. It is requested when everything is written, since it may depend on the file's contents.
 */
export type OpenSink = (suffix: string) => { readonly sink: Sink; readonly name: string };

/** Facts that go into the emitted file as metadata: key and value, in order. */
export type Metadata = readonly (readonly [key: string, value: string])[];

export interface EmitRequest<Options> {
  readonly graph: Graph;
  /** The text of the network, and the request. Absent where only a graph is written. */
  readonly origin?: Pick<Compilation, 'program' | 'asked'>;
  readonly weights: WeightSource;
  readonly metadata: Metadata;
  readonly options: Options;
  readonly open: OpenSink;
  /** Called after each tensor with the bytes written so far and all that will be written. */
  readonly progress?: (done: number, total: number) => void;
}

export interface EmitResult {
  readonly diagnostics: readonly Diagnostic[];
  readonly bytes: number;
}

/** What is known about a target before it is loaded. */
export interface TargetFacts {
  /** What messages and `--target` call it. */
  readonly name: string;
  /** What it writes: `an ONNX file`. */
  readonly description: string;
  /** The order of its inputs' axes: channels before height and width, the default, or after. */
  readonly layout?: 'NCHW' | 'NHWC';
  /** The types of values that it takes; a graph with others is refused before the target sees it. */
  readonly types: readonly ElementType[];
  /**
   * How it supports half precision: for all computation, or only for weights, which are widened when the file is loaded. Absent
   * where it has none.
   */
  readonly halves?: 'all' | 'weights';
  /** What it computes on integers; absent where it has no quantised types. */
  readonly integers?: IntegerOps;
  /**
   * The purpose of its graph: for `training` it is the network as written; for `inference`, the default, dropout and
   * stochastic depth are removed, and batch norms folded unless the user chooses otherwise.
   */
  readonly purpose?: 'training' | 'inference';
  /** Whether it keeps auxiliary outputs: for a target that writes the loss, to which each contributes. */
  readonly auxiliary?: boolean;
}

/**
 * A target. It has one table from op to output, and reports a form that it lacks as a diagnostic at the source line that
 * it comes from.
 */
export interface Target<Options> extends TargetFacts {
  readonly defaults: Options;
  /** Checks options and graph against the abilities of the target, before anything is written. */
  check(graph: Graph, options: Options): readonly Diagnostic[];
  /** Writes the files. Only IO errors of the sinks are thrown. */
  emit(request: EmitRequest<Options>): EmitResult;
}
