import type { IToken, TokenType } from 'chevrotain';
import { createTokenAt } from '../../../grammar/lexer.ts';
import * as t from '../../../grammar/tokens.ts';
import { createDiagnostic, type Diagnostic, replaceFix } from '../../diagnostics/diagnostic.ts';
import type { Source, Span } from '../../source.ts';

/** Spellings from other languages (or pasted from a paper), and the token used here. */
const meant: Readonly<Record<string, TokenType>> = {
  '&&': t.keywordTokens.and,
  '&': t.keywordTokens.and,
  '!': t.keywordTokens.not,
  '**': t.Caret,
  '=>': t.Arrow,
  '→': t.Arrow,
  '×': t.Star,
  '·': t.Star,
  '−': t.Minus,
  '–': t.Minus,
  '≤': t.LessEqual,
  '≥': t.GreaterEqual,
  '≠': t.BangEqual,
};

/** The interpretation of a foreign token: the token that was meant, or nothing; with the message. */
export interface Spelled {
  readonly token?: IToken;
  readonly diagnostic: Diagnostic;
  /** It means nothing in any language known here. */
  readonly unknown?: boolean;
}

/** Reads a token that the language does not have. */
export function spell(source: Source, foreign: IToken): Spelled {
  const text = foreign.image;
  const span: Span = { source, start: foreign.startOffset, end: foreign.startOffset + text.length };
  const type = meant[text];
  if (type) {
    const right = type.PATTERN as string;
    const fix = replaceFix(`Write '${right}'`, span, text === '!' ? `${right} ` : right, true);
    return {
      token: createTokenAt(type, right, foreign.startOffset, text.length),
      diagnostic: createDiagnostic('wrong-spelling', span, { found: text, expected: `'${right}'` }, { fixes: [fix] }),
    };
  }
  if (text === ';') {
    return {
      diagnostic: createDiagnostic('semicolon', span, {}, { fixes: [replaceFix("Remove ';'", span, '', true)] }),
    };
  }
  if (text[0] === '"') return { token: stringToken(foreign, text), diagnostic: unclosed(source, span) };
  if (text[0] === "'") return singleQuoted(span, foreign);
  if (text[0] === '#' || text.startsWith('/*')) return comment(source, span);
  const shown = text.length > 16 ? `${text.slice(0, 16)}...` : text;
  return { diagnostic: createDiagnostic('unknown-character', span, { text: JSON.stringify(shown) }), unknown: true };
}

function stringToken(foreign: IToken, quoted: string): IToken {
  return createTokenAt(t.StringLiteral, `${quoted}"`, foreign.startOffset, foreign.image.length);
}

function unclosed(source: Source, span: Span): Diagnostic {
  const end = { source, start: span.end, end: span.end };
  return createDiagnostic('unclosed-string', span, {}, { fixes: [replaceFix('Add the closing quote', end, '"')] });
}

function singleQuoted(span: Span, foreign: IToken): Spelled {
  const text = foreign.image;
  const inside = text.slice(1, text.length > 1 && text.endsWith("'") ? -1 : undefined).replaceAll('"', '');
  const token = stringToken(foreign, `"${inside}`);
  const fixes = [replaceFix('Use double quotes', span, token.image, true)];
  const found = inside.length > 20 ? `${inside.slice(0, 20)}...` : inside;
  return {
    token,
    diagnostic: createDiagnostic('wrong-spelling', span, { found, expected: 'with double quotes' }, { fixes }),
  };
}

function comment(source: Source, span: Span): Spelled {
  const marker = source.text[span.start] === '#' ? '#' : '/*';
  const mark = { source, start: span.start, end: span.start + marker.length };
  const oneLine = marker === '#';
  const fixes = oneLine ? [replaceFix("Write '//'", mark, '//', true)] : [];
  const expected = "'//': a comment ends with its line";
  return { diagnostic: createDiagnostic('wrong-spelling', mark, { found: marker, expected }, { fixes }) };
}
