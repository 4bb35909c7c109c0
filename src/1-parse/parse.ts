import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Source } from '../source.ts';
import type { Expr, FileNode } from './ast.ts';
import { buildExpression, buildFile } from './build-ast.ts';
import { type PartOfFile, parseConcrete } from './concrete.ts';

export interface ParseResult {
  readonly ast: FileNode;
  /** In the order of the text. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Parses a source. Never throws and never gives up: the tree holds what could be understood, for any text, in time and
 * memory bounded by `parseLimits`.
 * @param part where the source is not a whole file
 */
export function parse(source: Source, part?: PartOfFile): ParseResult {
  const { cst, comments, diagnostics } = parseConcrete(source, 'file', part);
  const building: Diagnostic[] = [];
  const ast = buildFile(source, cst, comments, building);
  return { ast, diagnostics: inOrder([...diagnostics, ...building]) };
}

/** Parses one expression: a value given on the command line. The tree is an `error` node where it is none. */
export function parseExpression(source: Source): { expr: Expr; diagnostics: readonly Diagnostic[] } {
  const { cst, diagnostics } = parseConcrete(source, 'expression');
  const building: Diagnostic[] = [];
  const expr = buildExpression(source, cst, building);
  return { expr, diagnostics: inOrder([...diagnostics, ...building]) };
}

function inOrder(diagnostics: Diagnostic[]): Diagnostic[] {
  return diagnostics.sort((a, b) => (a.span?.start ?? 0) - (b.span?.start ?? 0));
}
