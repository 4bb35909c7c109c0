import { error } from './entry.ts';

/** Errors in the text itself. */
export const parseDiagnostics = {
  syntax: error<{ expected: string; found: string }>(
    (a) => `expected ${a.expected}, found ${a.found}`,
    `The text does not follow the grammar at the marked place. docs/grammar.md has the grammar as EBNF and as railroad diagrams. The parser continues after the error, so later messages are still valid.`,
  ),
  'missing-bar': error<{ which: 'closing' | 'opening' | 'separating' }>(
    (a) => (a.which === 'separating' ? "a '|' is missing between two cells" : `the row's ${a.which} '|' is missing`),
    `A table row begins and ends with a bar, the first and the last character of its line, and bars separate its cells:

    | d(2)   | w(24)    | 3      |

The parser continues as if the bar were there, so the row is kept.`,
  ),
  'row-outside-table': error<object>(
    () => "this row is outside a table's braces",
    `Rows belong inside the braces of a table, of \`variants\`, of \`weights\` or of a section's block:

    stages: MBConv {
      | repeat | channels |
      | d(1)   | w(16)    |
    }

If rows follow the closing brace, move the brace below them.`,
  ),
  'unclosed-bracket': error<{ open: string; close: string }>(
    (a) => `this '${a.open}' has no '${a.close}'`,
    `Every bracket is closed by its partner. The parser continues as if the closing one were where the next statement or row begins, at the second mark.`,
  ),
  'stray-bracket': error<{ bracket: string }>(
    (a) => `this '${a.bracket}' closes nothing`,
    `The marked bracket has no opening partner, or it closes a declaration before its last member. The parser continues as if it were not there.`,
  ),
  'wrong-bracket': error<{ found: string; expected: string; open: string }>(
    (a) => `expected '${a.expected}' to close '${a.open}', found '${a.found}'`,
    `A bracket is closed by its own partner: \`(\` by \`)\`, \`[\` by \`]\`, \`{\` by \`}\`.`,
  ),
  'digit-word': error<{ text: string; hint: string }>(
    (a) => `'${a.text}' is neither a number nor a name${a.hint}`,
    `Names begin with a letter or an underscore. Only table rows may have names such as \`3a\` or \`5b\`, as in the papers; paths use them: \`stages.3a\`. A square window's size is one number: \`5\`, not \`5x5\`.`,
  ),
  'stray-else': error<object>(
    () => "this 'else' belongs to no value",
    `\`else\` is part of a conditional value: \`Conv(8, 5 if wide else 3)\`. The \`if\` after a step takes no \`else\`: a step whose condition is false passes its input through. Write two steps with opposite conditions, or choose between two values: \`(x -> a: Conv(8, 3)) if wide else x\`.`,
  ),
  'missing-comma': error<object>(
    () => "a ',' is missing between two elements",
    `Commas separate arguments, parameters and the elements of a list: \`Conv(8, kernel: 3)\`.`,
  ),
  'trailing-comma': error<object>(
    () => "a ',' follows the last element",
    `A comma separates two elements and never follows the last one: \`[3, 4, 6, 3]\`.`,
  ),
  'missing-step': error<object>(
    () => "'->' has no step after it",
    `An arrow is followed by a step, with or without a label:

    x -> conv: Conv(8, kernel: 3) -> relu

In a long chain, put each arrow at the start of its line: a missing step is then easy to see.`,
  ),
  'wrong-separator': error<{ found: string; expected: string; where: string }>(
    (a) => `${a.where} takes '${a.expected}', not '${a.found}'`,
    `A value is bound with \`=\` (\`hidden = 32\`), a label, a type or an argument's name is followed by \`:\` (\`kernel: 3\`), and two values are compared with \`==\`.`,
  ),
  'wrong-spelling': error<{ found: string; expected: string }>(
    (a) => `'${a.found}' is written ${a.expected}`,
    `The marked characters belong to another language. Here it is \`and\`, \`or\`, \`not\`, \`^\` for a power and \`->\` for a step; strings take double quotes; a comment runs from \`//\` to the end of the line.`,
  ),
  semicolon: error<object>(
    () => "a statement ends without ';'",
    `Statements and members need no separator: each begins on its own line.`,
  ),
  'unknown-character': error<{ text: string }>(
    (a) => `the character ${a.text} has no meaning here`,
    `The marked characters are not part of any token of the language. Strings take double quotes and end on the line they begin on; a comment begins with //.`,
  ),
  'unclosed-string': error<object>(
    () => 'the string has no closing quote on its line',
    `A string begins and ends with a double quote on one line: \`"std/blocks"\`. There are no escapes.`,
  ),
  'invalid-utf8': error<object>(
    () => 'the file is not valid UTF-8',
    `Specs are UTF-8 text. Save the file as UTF-8; invalid bytes were read as U+FFFD.`,
  ),
  'file-too-large': error<{ what: string; limit: number }>(
    (a) => `the file has more than ${a.limit.toLocaleString('en-GB')} ${a.what}; the rest is not read`,
    `This limit keeps a hostile or generated file from exhausting memory. Split the spec into several files with imports.`,
  ),
  'nesting-too-deep': error<{ limit: number }>(
    (a) => `brackets are nested more than ${a.limit} deep; their contents are not read`,
    `This limit keeps evaluation safe. Name an inner part: \`hidden = ...\`.`,
  ),
  'expression-too-long': error<{ limit: number }>(
    (a) => `the expression has more than ${a.limit} operators`,
    `This limit keeps evaluation safe. Name a part of the expression, or use a list.`,
  ),
  'too-many-columns': error<{ limit: number }>(
    (a) => `a table has at most ${a.limit} columns`,
    `This limit keeps a hostile file from exhausting memory. The columns after it are not read.`,
  ),
} as const;
