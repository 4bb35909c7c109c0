import type { CstNode, IToken } from 'chevrotain';
import { tokenize } from '../../grammar/lexer.ts';
import { parseTokens } from '../../grammar/parser.ts';
import { Foreign } from '../../grammar/tokens.ts';
import { createDiagnostic, type Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Source } from '../source.ts';
import { fixSlips } from './fix-slips/fix-slips.ts';
import { spell } from './fix-slips/spelling.ts';
import { isCloser, isOpener } from './fix-slips/token-kinds.ts';
import { parseLimits } from './limits.ts';
import { syntaxDiagnostics } from './syntax-errors.ts';

/** A file as chevrotain's concrete tree, for what needs every token: the formatter. */
export interface ConcreteResult {
  readonly cst: CstNode;
  readonly tokens: readonly IToken[];
  readonly comments: readonly IToken[];
  readonly diagnostics: readonly Diagnostic[];
}

/** The position of a source that is a part of a file: what comes before and after it. */
export interface PartOfFile {
  /** Whether a block, a model or a weight map comes before it: imports come no more. */
  readonly declared: boolean;
  /** Whether the file ends with it. */
  readonly last: boolean;
}

const whole: PartOfFile = { declared: false, last: true };

/** The steps before the AST: tokens, fixed where a slip is plain, and the concrete tree of them. */
export function parseConcrete(source: Source, rule: 'file' | 'expression', part: PartOfFile = whole): ConcreteResult {
  const bounds: Diagnostic[] = [];
  const diagnostics: Diagnostic[] = [];
  const report = (d: Diagnostic) => {
    if (diagnostics.length < parseLimits.errors) diagnostics.push(d);
  };
  const { tokens: written, comments } = boundedTokens(source, (d) => bounds.push(d));
  const bounded = withoutDeepNesting(source, written, (d) => bounds.push(d));
  // An expression's slips (it comes from a command line) are the parser's own to recover from.
  const tokens =
    rule === 'file' ? fixSlips(source, bounded, report, part.declared) : withoutForeign(source, bounded, report);
  const { cst, errors } = parseTokens(tokens, rule);
  // If something was left out for its size, other errors are mostly consequences.
  if (bounds.length > 0) return { cst, tokens, comments, diagnostics: bounds };
  for (const d of syntaxDiagnostics(source, errors, diagnostics, part.last)) report(d);
  return { cst, tokens, comments, diagnostics };
}

function boundedTokens(source: Source, report: (d: Diagnostic) => void): { tokens: IToken[]; comments: IToken[] } {
  const { characters, tokens: maximum } = parseLimits;
  const text = source.text.length > characters ? source.text.slice(0, characters) : source.text;
  const lexed = tokenize(text, maximum);
  if (lexed.end < text.length) report(tooLarge(source, 'tokens', maximum, lexed.end));
  else if (text.length < source.text.length) report(tooLarge(source, 'characters', characters, characters));
  return lexed;
}

function tooLarge(source: Source, what: string, limit: number, at: number): Diagnostic {
  return createDiagnostic('file-too-large', { source, start: at, end: at + 1 }, { what, limit });
}

/** Leaves out what is not a token of the language. */
function withoutForeign(source: Source, tokens: IToken[], report: (d: Diagnostic) => void): IToken[] {
  return tokens.flatMap((token) => {
    if (token.tokenType !== Foreign) return [token];
    const spelled = spell(source, token);
    report(spelled.diagnostic);
    return spelled.token ? [spelled.token] : [];
  });
}

/** Leaves out what is nested deeper than the limit, so that the recursive parser and all later phases are safe. */
function withoutDeepNesting(source: Source, tokens: IToken[], report: (d: Diagnostic) => void): IToken[] {
  let depth = 0;
  let deepest: IToken | undefined;
  const kept = tokens.filter((token) => {
    if (isOpener(token)) depth++;
    const deep = depth > parseLimits.nesting;
    if (deep) deepest ??= token;
    if (isCloser(token)) depth = Math.max(0, depth - 1);
    return !deep;
  });
  if (!deepest) return tokens;
  const span = { source, start: deepest.startOffset, end: deepest.startOffset + 1 };
  report(createDiagnostic('nesting-too-deep', span, { limit: parseLimits.nesting }));
  return kept;
}
