import type { Declaration, ImportNode } from '../../1-parse/ast.ts';
import type { DeclaredModel, Module, Program } from '../../2-resolve/program.ts';
import type { ScalingPoint, ScalingRequest } from '../../4-scale/scaling.ts';
import type { Graph } from '../../5-graph/graph.ts';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import type { Source, Span } from '../../source.ts';

/**
 * What is known about a document at one moment. Immutable: a later edit makes another one, which shares everything that
 * did not change. Spans of trees, diagnostics and graphs belong to separate sources, one per declaration, so that they
 * stay the same objects while text above them changes: `locate` returns the current position of one in its document.
 */
export interface Analysis {
  readonly path: string;
  /** The document's whole text. */
  readonly source: Source;
  readonly module: Module;
  readonly program: Program;
  /** All diagnostics of `check` for the program, including imported files: all its models are built for that. */
  readonly diagnostics: readonly Diagnostic[];
  /** What is known about them without building anything more. */
  diagnosticsSoFar(): readonly Diagnostic[];
  /**
   * Builds one more point of a model, for callers that have something else to do in between. @returns whether any is
   * left
   */
  buildNext(): boolean;
  /** The position of a span in its document: of this file, of one that it imports, or of the library. */
  locate(span: Span): Place;
  /** The position in the source of an offset of the document, for going from a cursor to a tree. */
  declarationAt(offset: number): DeclarationAt;
  /**
   * The network of a model of this file, at the point asked for or, without a request, at the one chosen in the editor;
   * where the model has no such point (it has no such variant, no scaling), at its own default. Built on first use.
   * Undefined if there is no such model, or if an error prevents building it.
   */
  network(model: string, request?: ScalingRequest): AnalysedNetwork | undefined;
}

/** A cursor's declaration. */
export interface DeclarationAt {
  /** The declaration that holds the offset; undefined between declarations. An incomplete one extends to the next. */
  readonly node?: Declaration | ImportNode;
  /** The source that the spans of the tree point into, and the cursor's offset in it. */
  readonly source: Source;
  readonly offset: number;
}

/** A network that was built, and for which point. */
export interface AnalysedNetwork {
  readonly model: DeclaredModel;
  readonly request: ScalingRequest;
  readonly graph: Graph;
  readonly point: ScalingPoint;
}

/** A half-open range of UTF-16 offsets in a document: an absolute path, or `std/blocks` for a file of the library. */
export interface Place {
  readonly path: string;
  readonly start: number;
  readonly end: number;
}
