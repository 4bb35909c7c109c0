import { keywords, Name, NumberLiteral, StringLiteral } from '../../grammar/tokens.ts';
import { precedence, unaryPrecedence } from '../../src/1-parse/build-expr.ts';
import { grammarAsEbnf } from './ebnf.ts';
import { ruleAsSvg } from './railroad.ts';
import { rules } from './rules.ts';

/** docs/grammar.md and its diagrams: the text of each file by its path in docs/. */
export function renderGrammarDocs(): Map<string, string> {
  const files = new Map<string, string>([['grammar.md', page()]]);
  for (const rule of rules) files.set(`grammar/${rule.name}.svg`, ruleAsSvg(rule));
  return files;
}

function page(): string {
  return `<!-- Generated from grammar/ by \`npm run generate\`. Do not edit. -->

# Grammar

The grammar of enet, from the parser's own rules (\`grammar/parser.ts\`): chevrotain with two tokens of lookahead and no gates.
[language.md](language.md) describes what the constructs mean.

Words in quotes stand for themselves. \`x?\` is x or nothing, \`x*\` is x any number of times, \`|\` separates alternatives.

\`\`\`ebnf
${grammarAsEbnf()}
\`\`\`

## Tokens

| token | spelling |
| --- | --- |
| \`Name\` | \`${source(Name.PATTERN)}\`: a word, or a dotted path as one token; a keyword is not a name |
| \`Number\` | \`${source(NumberLiteral.PATTERN)}\` |
| \`String\` | \`${source(StringLiteral.PATTERN)}\`: on one line, without escapes |
| \`Property\` | \`\\.[A-Za-z_]\\w*\`: after an index or a bracket; elsewhere the dot belongs to the name |
| \`RowStart\` | \`\\|\` as the first thing on its line |
| \`RowEnd\` | \`\\|\` as the last thing on its line; a comment or \`}\` may follow |
| \`Bar\` | \`\\|\` anywhere else |
| \`Operator\` | one of the infix operators below |
| \`Word\` | a \`Name\` or a \`Keyword\` |
| \`Keyword\` | ${keywords.map((word) => `\`${word}\``).join(' ')} |

Blanks, line breaks and comments (\`//\` to the end of the line; \`///\` above a declaration documents it) may occur between
any two tokens. Only bars depend on where lines begin and end.

## Operators

The parser reads an expression as one flat sequence of operands and operators; the tree follows this table, in order of
decreasing precedence. Indexing, properties and calls bind tighter than any of them.

| operators | associate |
| --- | --- |
${operatorRows()}

So \`-2 ^ 2\` is -4, \`2 ^ -1\` is a half, \`2 ^ 3 ^ 2\` is 2 ^ 9, and \`not a == b\` is \`not (a == b)\`.

## Diagrams

Rounded boxes are tokens, square ones are rules.

${rules.map((rule) => `### ${rule.name}\n\n![${rule.name}](grammar/${rule.name}.svg)`).join('\n\n')}
`;
}

/** A regular expression, escaped for a table cell. */
function source(pattern: unknown): string {
  return (pattern as RegExp).source.replaceAll('|', '\\|');
}

function operatorRows(): string {
  const ranks = new Map<number, string[]>();
  const add = (rank: number, text: string) => ranks.set(rank, [...(ranks.get(rank) ?? []), `\`${text}\``]);
  for (const [operator, rank] of Object.entries(precedence)) add(rank, operator);
  for (const [operator, rank] of Object.entries(unaryPrecedence)) add(rank, operator);
  const unary = new Set(Object.values(unaryPrecedence));
  return [...ranks]
    .sort(([a], [b]) => b - a)
    .map(
      ([rank, texts]) =>
        `| ${texts.join(' ')} | ${unary.has(rank) ? 'prefix' : rank === precedence['^'] ? 'right' : 'left'} |`,
    )
    .join('\n');
}
