import type { IRecognitionException, IToken, TokenType } from 'chevrotain';
import { EOF } from 'chevrotain';
import { isFirstOnLine } from '../../grammar/lexer.ts';
import * as t from '../../grammar/tokens.ts';
import { createDiagnostic, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { positionAt, type Source, type Span } from '../source.ts';

/**
 * What the parser could not read, as diagnostics. A second error on a line is most often a consequence of the first, or of what was fixed there (`reported`): it is left out.
 * @param last whether the file ends with the source
 */
export function syntaxDiagnostics(
  source: Source,
  errors: readonly IRecognitionException[],
  reported: readonly Diagnostic[],
  last = true,
): Diagnostic[] {
  const lineOf = (d: Diagnostic) => positionAt(source, d.span?.start ?? 0).line;
  const lines = new Set(reported.map(lineOf));
  return errors.flatMap((e) => {
    // Where a token was put in, that is reported already.
    if (e.token.isInsertedInRecovery) return [];
    const diagnostic = syntaxDiagnostic(source, e, last);
    const line = lineOf(diagnostic);
    if (lines.has(line)) return [];
    lines.add(line);
    return [diagnostic];
  });
}

function syntaxDiagnostic(source: Source, e: IRecognitionException, last: boolean): Diagnostic {
  if (e.token.tokenType === t.keywordTokens.else) {
    return createDiagnostic('stray-else', tokenSpan(source, e.token, undefined, false), {});
  }
  const next = beginsNext(source, e.token);
  const span = tokenSpan(source, e.token, (e as { previousToken?: IToken }).previousToken, next);
  const found = next || (!last && e.token.tokenType === EOF) ? 'the next declaration' : foundOf(e.token);
  return createDiagnostic('syntax', span, { expected: expectation(e), found });
}

const declarationWords = new Set<TokenType>([
  t.keywordTokens.import,
  t.keywordTokens.block,
  t.keywordTokens.model,
  t.keywordTokens.weights,
]);

/** Whether a token begins a declaration: what is wrong is then what came before it, which lacks its end. */
function beginsNext(source: Source, { tokenType, startOffset }: IToken): boolean {
  return declarationWords.has(tokenType) && isFirstOnLine(source.text, startOffset);
}

/** A token as a message names it. */
export function foundOf(token: IToken): string {
  if (token.tokenType === EOF) return 'the end of the file';
  if (token.tokenType === t.RowStart) return 'the start of a row';
  const image = token.image.length > 40 ? `${token.image.slice(0, 40)}...` : token.image;
  if (token.tokenType === t.StringLiteral) return image;
  const isWord = token.tokenType !== t.Name && /^[a-z]/.test(image);
  return isWord ? `the keyword '${image}'` : `'${image}'`;
}

function tokenSpan(source: Source, token: IToken, previous: IToken | undefined, next: boolean): Span {
  if (!next && token.tokenType !== EOF && !Number.isNaN(token.startOffset)) {
    return { source, start: token.startOffset, end: (token.endOffset ?? token.startOffset) + 1 };
  }
  const last = previous?.endOffset;
  const end = last === undefined || Number.isNaN(last) ? source.text.trimEnd().length : last + 1;
  return { source, start: Math.max(0, end - 1), end };
}

/** What a rule with several continuations expects. */
const byRule: Readonly<Record<string, string>> = {
  atom: 'a value',
  operand: 'a value',
  statement: "'return', 'require' or an assignment",
  type: "a type: 'int', 'real', 'bool', 'size', 'padding', 'activation', 'block' or 'table'",
  word: 'a column name',
  tail: "rows ('{' and a line that begins with '|') or '{ table }'",
  list: "',', 'for' or ']'",
  model: "a member of the model, or '}'",
};

/** What is allowed directly in a file, and in the braces of a rule. */
const inside: Readonly<Record<string, string>> = {
  file: "'block', 'model' or 'weights' (imports come before them)",
  block: "'return', 'require', an assignment, or '}'",
  model: "a member of the model, or '}'",
  scaling: "an entry such as 'd = 1.2 ^ phi', or '}'",
  rows: "a row, or '}'",
  mapRows: "a row, or '}'",
  choice: "',' or '}'",
  importDeclaration: "',' or '}'",
};

/** What is expected directly inside a file, or the braces of a `block`, `model` and so on. */
export function expectedIn(rule: string): string {
  return inside[rule] ?? "'}'";
}

function expectation(e: IRecognitionException): string {
  const rule = e.context.ruleStack.at(-1) ?? '';
  if (e.name === 'NotAllInputParsedException' || rule === 'file') {
    return e.context.ruleStack[0] === 'expression' ? 'the end of the value' : expectedIn('file');
  }
  if (e.name !== 'MismatchedTokenException') return byRule[rule] ?? `another ${rule}`;
  if (e.message === t.RBrace.LABEL) return expectedIn(rule);
  if (e.message === t.RParen.LABEL && (rule === 'args' || rule === 'block')) return "',' or ')'";
  return e.message;
}
