import type { IToken, TokenType } from 'chevrotain';
import * as t from './tokens.ts';

/**
 * The lexer: one regular expression over the text, and a table from spelling to token type. Not chevrotain's own,
 * because it is made in no time (every start of `enetc` counts), stops at a bound, and gives a token for every
 * character: what is not a token of the language is `Foreign`, so that the parser's front can say what it should have been.
 */

export interface Tokens {
  readonly tokens: IToken[];
  readonly comments: IToken[];
  /** The offset at which lexing stopped: the text's length, unless there were more than `maximum` tokens. */
  readonly end: number;
}

// A name may begin with digits, as rows of tables do (`3a`), and so does what is written for a window (`5x5`): the AST's
// builder and the checker say where it may not. Groups: 1 comment, 2 name, 3 number, 4 string, 5 symbol, 6 property, 7 foreign. Without a group: blanks.
const lexeme = new RegExp(
  [
    '[ \\t\\r\\n\\f\\v\\u00a0\\ufeff]+',
    '(//[^\\n\\r]*)',
    '((?!\\d+[eE][+-]?\\d)\\d*[A-Za-z_]\\w*(?:\\.(?:\\w+|\\*))*|\\d+[ \\t]*[x×][ \\t]*\\d+(?!\\w))',
    '((?:\\d+(?:\\.\\d+)?|\\.\\d+)(?:[eE][+-]?\\d+)?)',
    '("[^"\\n\\r]*")',
    '(?!=>|\\*\\*|/\\*)(->|==|!=|<=|>=|[-<>+*/%^()[\\]{},:=|])',
    '(\\.[A-Za-z_]\\w*)',
    // An unclosed string, other languages' strings, comments and operators, then whatever else, a run at a time.
    "(\"[^\\n\\r]*|'[^'\\n\\r]*'?|#[^\\n\\r]*|&&|=>|\\*\\*|/\\*|\\.+|[!;&]|[^\\s\\w\"'#&=*/%|<>+^()[\\]{},:!;.\\-]+|[^])",
  ].join('|'),
  'y',
);

const words = new Map<string, TokenType>(Object.entries(t.keywordTokens));
const symbols = new Map<string, TokenType>(t.symbolTokens.map((type) => [type.PATTERN as string, type]));

/** Splits a text into at most `maximum` tokens. Never fails: what is not a token of the language is `Foreign`. */
export function tokenize(text: string, maximum = Number.POSITIVE_INFINITY): Tokens {
  const tokens: IToken[] = [];
  const comments: IToken[] = [];
  let offset = 0;
  while (offset < text.length) {
    lexeme.lastIndex = offset;
    const m = lexeme.exec(text) as RegExpExecArray;
    const start = offset;
    offset = lexeme.lastIndex;
    if (m[1] !== undefined) comments.push(createTokenAt(t.LineComment, m[1], start));
    else if (m[2] !== undefined) tokens.push(createTokenAt(words.get(m[2]) ?? t.Name, m[2], start));
    else if (m[3] !== undefined) tokens.push(createTokenAt(t.NumberLiteral, m[3], start));
    else if (m[4] !== undefined) tokens.push(createTokenAt(t.StringLiteral, m[4], start));
    else if (m[5] !== undefined) {
      tokens.push(createTokenAt(m[5] === '|' ? barAt(text, start) : (symbols.get(m[5]) as TokenType), m[5], start));
    } else if (m[6] !== undefined) tokens.push(createTokenAt(t.Property, m[6], start));
    else if (m[7] === '/*') {
      const close = text.indexOf('*/', offset);
      // Without an end the rest of the text is inside of it; that also keeps this linear.
      offset = close < 0 ? text.length : close + 2;
      tokens.push(createTokenAt(t.Foreign, text.slice(start, offset), start));
    } else if (m[7] !== undefined) tokens.push(createTokenAt(t.Foreign, m[7], start));
    if (tokens.length + comments.length >= maximum) break;
  }
  return { tokens, comments, end: offset };
}

/** A token as chevrotain's parser wants it. */
export function createTokenAt(tokenType: TokenType, image: string, startOffset: number, length = image.length): IToken {
  const endOffset = startOffset + length - 1;
  return { image, startOffset, endOffset, tokenTypeIdx: tokenType.tokenTypeIdx as number, tokenType };
}

function barAt(text: string, offset: number): TokenType {
  if (isFirstOnLine(text, offset)) return t.RowStart;
  return isLastOnLine(text, offset) ? t.RowEnd : t.Bar;
}

/** Whether only blanks stand between the start of the line and an offset. */
export function isFirstOnLine(text: string, offset: number): boolean {
  let i = offset - 1;
  while (i >= 0 && isBlank(text.charCodeAt(i))) i--;
  return i < 0 || isLineEnd(text.charCodeAt(i));
}

function isLastOnLine(text: string, offset: number): boolean {
  let i = offset + 1;
  while (isBlank(text.charCodeAt(i))) i++;
  const next = text[i];
  return next === undefined || isLineEnd(next.charCodeAt(0)) || next === '}' || (next === '/' && text[i + 1] === '/');
}

function isBlank(code: number): boolean {
  return code === 32 || code === 9 || code === 0xa0 || code === 0xfeff || code === 11 || code === 12;
}

function isLineEnd(code: number): boolean {
  return code === 10 || code === 13;
}
