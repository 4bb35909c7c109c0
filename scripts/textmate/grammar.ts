import type { TokenType } from 'chevrotain';
import * as t from '../../grammar/tokens.ts';
import { builtinFunctions, builtinOps, scalingFunctions } from '../../src/2-resolve/builtins.ts';
import { activationNames } from '../../src/ops/activations.ts';

/** A rule of a TextMate grammar, as far as it is needed here. */
export interface Rule {
  readonly name?: string;
  readonly match?: string;
  readonly begin?: string;
  readonly end?: string;
  readonly captures?: Readonly<Record<string, { readonly name: string }>>;
}

export interface TextMateGrammar {
  readonly name: string;
  readonly scopeName: string;
  readonly fileTypes: readonly string[];
  readonly patterns: readonly Rule[];
}

type Symbols = (typeof t.symbolTokens)[number];

/** The scope of each keyword: what kind of word it is to a reader. */
const keywordScopes: Readonly<Record<t.Keyword, string>> = {
  import: 'keyword.control.import',
  from: 'keyword.control.from',
  block: 'storage.type.block',
  model: 'storage.type.model',
  weights: 'storage.type.weights',
  param: 'keyword.other.param',
  convention: 'keyword.other.convention',
  input: 'keyword.other.input',
  auxiliary: 'keyword.other.auxiliary',
  maximize: 'keyword.other.maximize',
  scaling: 'keyword.other.scaling',
  variants: 'keyword.other.variants',
  table: 'keyword.other.table',
  return: 'keyword.control.return',
  require: 'keyword.control.require',
  share: 'storage.modifier.share',
  if: 'keyword.control.if',
  else: 'keyword.control.else',
  for: 'keyword.control.for',
  in: 'keyword.control.in',
  and: 'keyword.operator.word.and',
  or: 'keyword.operator.word.or',
  not: 'keyword.operator.word.not',
  true: 'constant.language.boolean.true',
  false: 'constant.language.boolean.false',
};

/** The scopes of symbols whose name does not say enough; other operators are arithmetic. */
const symbolScopes: Readonly<Record<string, string>> = {
  '->': 'keyword.operator.arrow',
  '=': 'keyword.operator.assignment',
  ',': 'punctuation.separator.comma',
  ':': 'punctuation.separator.colon',
  '(': 'punctuation.section.parens.begin',
  ')': 'punctuation.section.parens.end',
  '{': 'punctuation.section.braces.begin',
  '}': 'punctuation.section.braces.end',
  '[': 'punctuation.section.brackets.begin',
  ']': 'punctuation.section.brackets.end',
};

const blanks = '[ \\t\\f\\x0b\\x{00a0}\\x{feff}]';
/** After a word: it ends here, and is not followed by a dot that makes it the head of a path. */
const wordEnd = '(?![A-Za-z0-9_])(?!\\.(?:[A-Za-z0-9_]|\\*))';
const typeNames = ['tensor', 'int', 'real', 'bool', 'activation'];

/**
 * The TextMate grammar. Its rules take one token each, in the lexer's order, so that an editor that knows nothing else
 * splits a text as the compiler does; the kind of a name is guessed from its spelling and the token after it.
 */
export function createTextMateGrammar(): TextMateGrammar {
  return {
    name: 'enet',
    scopeName: 'source.enet',
    fileTypes: ['enet'],
    patterns: [
      { name: scope('invalid.illegal.comment'), begin: '/\\*', end: '\\*/' },
      {
        match: `^(${blanks}*)(\\|)`,
        captures: { 2: { name: scope('punctuation.separator.table.row.begin') } },
      },
      { name: scope('comment.line.documentation'), match: `/${source(t.LineComment)}` },
      { name: scope('comment.line.double-slash'), match: source(t.LineComment) },
      ...declaredNames(),
      ...t.keywords.map((word) => ({ name: scope(keywordScopes[word]), match: `${word}${wordEnd}` })),
      ...names(),
      { name: scope('constant.numeric'), match: source(t.NumberLiteral) },
      { name: scope('string.quoted.double'), match: source(t.StringLiteral) },
      { name: scope('punctuation.separator.table.row.end'), match: `\\|(?=${blanks}*(?:$|\\}|//))` },
      { name: scope('punctuation.separator.table.cell'), match: '\\|' },
      // Operators of other languages come before the symbols that they begin with, as in the lexer.
      { name: scope('invalid.illegal.operator'), match: '=>|\\*\\*|&&' },
      {
        match: `(:)(${blanks}*)(${typeNames.join('|')})${wordEnd}`,
        captures: { 1: { name: scope(symbolScopes[':'] as string) }, 3: { name: scope('support.type') } },
      },
      ...t.symbolTokens.map((type) => ({ name: scope(symbolScope(type)), match: escapeSymbol(type) })),
      { name: scope('variable.other.property'), match: source(t.Property) },
      { name: scope('invalid.illegal'), match: `\\.+|"[^\\n\\r]*|'[^'\\n\\r]*'?|#[^\\n\\r]*|(?!${blanks})[^\\n\\r]` },
    ],
  };
}

/** `block Name`, `model Name`, `weights Name`: the name that a declaration introduces or refers to. */
function declaredNames(): Rule[] {
  const name = `(?!(?:${t.keywords.join('|')})${wordEnd})(${source(t.Name)})`;
  return (['block', 'model', 'weights'] as const).map((word) => ({
    match: `(${word})(${blanks}+)${name}`,
    captures: {
      1: { name: scope(keywordScopes[word]) },
      3: { name: scope(`entity.name.type.${word === 'block' ? 'block' : 'model'}`) },
    },
  }));
}

function names(): Rule[] {
  const call = `(?=${blanks}*\\()`;
  const functions = [...builtinFunctions.keys(), ...scalingFunctions.keys()];
  return [
    { name: scope('support.class'), match: `(?:${[...builtinOps.keys()].join('|')})${wordEnd}` },
    { name: scope('support.function'), match: `(?:${functions.join('|')})${wordEnd}${call}` },
    { name: scope('variable.parameter'), match: `[A-Za-z_][A-Za-z0-9_]*${wordEnd}(?=${blanks}*:)` },
    { name: scope('support.constant.activation'), match: `(?:${activationNames.join('|')})${wordEnd}` },
    // Blocks and models begin with a capital letter.
    { name: scope('entity.name.type'), match: `[A-Z][A-Za-z0-9_]*${wordEnd}` },
    { name: scope('variable.other'), match: source(t.Name) },
  ];
}

function symbolScope(type: Symbols): string {
  const spelling = type.PATTERN as string;
  const known = symbolScopes[spelling];
  if (known) return known;
  return /^[<>=!]/.test(spelling) ? 'keyword.operator.comparison' : 'keyword.operator.arithmetic';
}

function escapeSymbol(type: Symbols): string {
  return (type.PATTERN as string).replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}

function scope(name: string): string {
  return `${name}.enet`;
}

/** A token's pattern for Oniguruma, whose `\w` and `\d` also match letters and digits of other scripts. */
function source(type: TokenType): string {
  return (type.PATTERN as RegExp).source
    .replaceAll('[A-Za-z_]\\w', '[A-Za-z_][A-Za-z0-9_]')
    .replaceAll('\\w', '[A-Za-z0-9_]')
    .replaceAll('\\d', '[0-9]')
    .replaceAll('\\/', '/');
}
