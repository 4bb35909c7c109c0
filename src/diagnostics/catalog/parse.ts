import { error } from './entry.ts';

/** What the text itself can have wrong. */
export const parseDiagnostics = {
  syntax: error<{ expected: string; found: string }>(
    (a) => `expected ${a.expected}, found ${a.found}`,
    `The text does not follow the grammar at the marked place. docs/grammar.md has the grammar as EBNF and as railroad diagrams. The parser goes on after the error, so later messages still count.`,
  ),
  'missing-bar': error<{ which: 'closing' | 'opening' | 'separating' }>(
    (a) => (a.which === 'separating' ? "a '|' is missing between two cells" : `the row's ${a.which} '|' is missing`),
    `A row of a table begins and ends with a bar, each the first or last thing on its line, and bars stand between its cells:

    | d(2)   | w(24)    | 3      |

The parser goes on as if it were there, so the row is kept.`,
  ),
  'row-outside-table': error<object>(
    () => "a row stands outside of a table's braces",
    `Rows belong between the braces of a table, of \`variants\`, of \`weights\` or of a section's block:

    stages: MBConv {
      | repeat | channels |
      | d(1)   | w(16)    |
    }

Where rows stand after the closing brace, move the brace below them.`,
  ),
  'unclosed-bracket': error<{ open: string; close: string }>(
    (a) => `this '${a.open}' has no '${a.close}'`,
    `Every bracket is closed by its partner. The parser goes on as if the closing one stood where the next statement or row begins, which is where the second mark is.`,
  ),
  'stray-bracket': error<{ bracket: string }>(
    (a) => `this '${a.bracket}' closes nothing`,
    `The marked bracket has no opening partner, or it closes a declaration before its last member. The parser goes on as if it were not there.`,
  ),
  'wrong-bracket': error<{ found: string; expected: string; open: string }>(
    (a) => `expected '${a.expected}' to close '${a.open}', found '${a.found}'`,
    `A bracket is closed by its own partner: \`(\` by \`)\`, \`[\` by \`]\`, \`{\` by \`}\`.`,
  ),
  'digit-word': error<{ text: string; hint: string }>(
    (a) => `'${a.text}' is neither a number nor a name${a.hint}`,
    `Names begin with a letter or an underscore. Only the rows of a table may be called \`3a\` or \`5b\`, as the papers do: they are used in paths, \`stages.3a\`. A window is square, and its size is one number: \`5\`, not \`5x5\`.`,
  ),
  'stray-else': error<object>(
    () => "this 'else' belongs to no value",
    `\`else\` is part of a value, which is one or the other: \`Conv(8, 5 if wide else 3)\`. The \`if\` behind a step has none: a step whose condition does not hold passes its input on. Two steps can have conditions that exclude each other, or one of two values goes on: \`(x -> a: Conv(8, 3)) if wide else x\`.`,
  ),
  'missing-comma': error<object>(
    () => "a ',' is missing between two elements",
    `Arguments, parameters and the elements of a list are divided by commas: \`Conv(8, kernel: 3)\`.`,
  ),
  'trailing-comma': error<object>(
    () => "a ',' after the last element is one too many",
    `A comma stands between two elements, never after the last: \`[3, 4, 6, 3]\`.`,
  ),
  'missing-step': error<object>(
    () => "'->' has no step after it",
    `An arrow leads to a step, with or without a label:

    x -> conv: Conv(8, kernel: 3) -> relu

A long chain has each arrow at the start of its line, where a missing step is easily seen.`,
  ),
  'wrong-separator': error<{ found: string; expected: string; where: string }>(
    (a) => `${a.where} takes '${a.expected}', not '${a.found}'`,
    `A value is bound with \`=\` (\`hidden = 32\`), a label, a type or an argument's name is followed by \`:\` (\`kernel: 3\`), and two values are compared with \`==\`.`,
  ),
  'wrong-spelling': error<{ found: string; expected: string }>(
    (a) => `'${a.found}' is written ${a.expected}`,
    `The marked characters are another language's. Here it is \`and\`, \`or\`, \`not\`, \`^\` for a power, \`->\` for a step; strings take double quotes; a comment begins with \`//\` and ends with its line.`,
  ),
  semicolon: error<object>(
    () => "a statement ends without ';'",
    `Statements and members need nothing between them: each begins on a line of its own.`,
  ),
  'unknown-character': error<{ text: string }>(
    (a) => `the character ${a.text} has no meaning here`,
    `The marked characters belong to no token of the language. Strings take double quotes and stay on one line; a comment begins with //.`,
  ),
  'unclosed-string': error<object>(
    () => 'the string has no closing quote on its line',
    `A string begins and ends with a double quote on one line: \`"std/blocks"\`. There are no escapes.`,
  ),
  'invalid-utf8': error<object>(
    () => 'the file is not valid UTF-8',
    `Specs are UTF-8 text. Save the file as UTF-8; bytes that were not were read as U+FFFD.`,
  ),
  'file-too-large': error<{ what: string; limit: number }>(
    (a) => `the file has more than ${a.limit.toLocaleString('en-GB')} ${a.what}; the rest is not read`,
    `A bound that keeps a hostile or generated file from taking all memory. Divide the spec into several files with imports.`,
  ),
  'nesting-too-deep': error<{ limit: number }>(
    (a) => `brackets are nested more than ${a.limit} deep; what is inside is not read`,
    `A bound that keeps evaluation safe. Name an inner part: \`hidden = ...\`.`,
  ),
  'expression-too-long': error<{ limit: number }>(
    (a) => `the expression has more than ${a.limit} operators`,
    `A bound that keeps evaluation safe. Name a part of the expression, or use a list.`,
  ),
  'too-many-columns': error<{ limit: number }>(
    (a) => `a table has at most ${a.limit} columns`,
    `A bound that keeps a hostile file from taking all memory. The columns after it are not read.`,
  ),
} as const;
