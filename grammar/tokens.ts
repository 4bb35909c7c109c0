import { createToken as define, Lexer, type TokenType } from 'chevrotain';

/**
 * The tokens. Two things are unusual, both for the sake of tables and paths (see docs/language.md, "Why it is so"):
 * a dotted path is ONE token, or `stages.4.1.conv` would lex as `stages . 4.1 . conv`; and a bar is one of three tokens
 * by where it stands on its line, which makes tables LL(2), lets cells be empty and lets a missing closing bar be repaired.
 * `lexer.ts` splits a text into them; the patterns here are those of symbols and, for reading, of the others.
 */

export const LineComment = define({ name: 'LineComment', pattern: /\/\/[^\n\r]*/ });
/** What is not a token of the language. The parser's front names what it should have been; the grammar has it nowhere. */
export const Foreign = define({ name: 'Foreign', pattern: Lexer.NA });

/** The category of infix operators; precedence is resolved when the tree is built. */
export const Operator = define({ name: 'Operator', pattern: Lexer.NA, label: 'an operator' });

/** The category of what may head a column: names and keywords alike. One token, for an alternative each costs start-up. */
export const Word = define({ name: 'Word', pattern: Lexer.NA, label: 'a column name' });

export const Name = define({
  name: 'Name',
  pattern: /(?:(?<!\d)(?!\d+[eE][+-]?\d)\d+)?[A-Za-z_]\w*(?:\.(?:\w+|\*))*/,
  label: 'a name',
  categories: [Word],
});

const words = [
  'import',
  'from',
  'block',
  'model',
  'weights',
  'param',
  'convention',
  'input',
  'auxiliary',
  'maximize',
  'scaling',
  'variants',
  'table',
  'return',
  'require',
  'share',
  'if',
  'else',
  'for',
  'in',
  'and',
  'or',
  'not',
  'true',
  'false',
] as const;

export type Keyword = (typeof words)[number];
export const keywords: readonly Keyword[] = words;

/** The token type of a keyword. */
export const keywordTokens = Object.fromEntries(
  words.map((word) => [
    word,
    define({
      name: word[0]!.toUpperCase() + word.slice(1),
      pattern: word,
      label: `'${word}'`,
      categories: word === 'and' || word === 'or' ? [Operator, Word] : [Word],
    }),
  ]),
) as Record<Keyword, TokenType>;

/** A bar that is the first thing on its line. */
export const RowStart = define({ name: 'RowStart', label: "'|' at the start of a row", pattern: Lexer.NA });
/** A bar that is the last thing on its line; a comment or `}` may follow. */
export const RowEnd = define({ name: 'RowEnd', label: "'|' at the end of the row", pattern: Lexer.NA });
export const Bar = define({ name: 'Bar', label: "'|'", pattern: Lexer.NA });

export const NumberLiteral = define({
  name: 'Number',
  label: 'a number',
  pattern: /(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?/,
});
export const StringLiteral = define({ name: 'String', label: 'a string in double quotes', pattern: /"[^"\n\r]*"/ });

const symbol = (name: string, pattern: string) => define({ name, pattern, label: `'${pattern}'` });
export const Arrow = symbol('Arrow', '->');
export const LParen = symbol('LParen', '(');
export const RParen = symbol('RParen', ')');
export const LBrace = symbol('LBrace', '{');
export const RBrace = symbol('RBrace', '}');
export const LBracket = symbol('LBracket', '[');
export const RBracket = symbol('RBracket', ']');
export const Comma = symbol('Comma', ',');
export const Colon = symbol('Colon', ':');
export const Equal = symbol('Equal', '=');
/** `.channels` after an index: `taps[0].channels`. Elsewhere the dot belongs to the name. */
export const Property = define({ name: 'Property', pattern: /\.[A-Za-z_]\w*/, label: "'.' property" });

const operator = (name: string, pattern: string) =>
  define({ name, pattern, label: `'${pattern}'`, categories: [Operator] });
export const EqualEqual = operator('EqualEqual', '==');
export const BangEqual = operator('BangEqual', '!=');
export const LessEqual = operator('LessEqual', '<=');
export const Less = operator('Less', '<');
export const GreaterEqual = operator('GreaterEqual', '>=');
export const Greater = operator('Greater', '>');
export const Plus = operator('Plus', '+');
export const Minus = operator('Minus', '-');
export const Star = operator('Star', '*');
export const Slash = operator('Slash', '/');
export const Percent = operator('Percent', '%');
export const Caret = operator('Caret', '^');

/** The tokens that are always spelled the same, keywords aside. */
export const symbolTokens: readonly TokenType[] = [
  Arrow,
  EqualEqual,
  BangEqual,
  LessEqual,
  Less,
  GreaterEqual,
  Greater,
  Plus,
  Minus,
  Star,
  Slash,
  Percent,
  Caret,
  LParen,
  RParen,
  LBrace,
  RBrace,
  LBracket,
  RBracket,
  Comma,
  Colon,
  Equal,
];

/** All that the parser may meet. */
export const allTokens: TokenType[] = [
  ...words.map((word) => keywordTokens[word]),
  Name,
  RowStart,
  RowEnd,
  Bar,
  NumberLiteral,
  StringLiteral,
  ...symbolTokens,
  Property,
  Operator,
  Word,
  Foreign,
];
