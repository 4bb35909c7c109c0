import { expect, test } from 'vitest';
import { tokenize } from '../../grammar/lexer.ts';
import { parse } from '../../src/1-parse/parse.ts';
import { renderDiagnostics } from '../../src/diagnostics/render.ts';
import { samples } from './arbitrary.ts';

// One slip, one message; and everything after it is still read: each spec below differs from this one by a slip, and
// its tree must hold the same declarations, the same sections and the same row.
const spec = `block B(x, n: int = 2) {
  return x -> relu
}

model M {
  param classes: int = 10

  stem: Conv(8, 3)
  stages: B {
    | repeat | n |
    | d(1)   | 2 |
  }
  classifier: Linear(classes)
}

block Last(x) {
  return x
}
`;

/** The message for a spec with one slip in it. */
function message(text: string): string {
  const { ast, diagnostics } = parse({ name: 'a.enet', text });
  expect(text).not.toBe(spec);
  expect(diagnostics.length).toBe(1);
  expect(ast.declarations.map((d) => d.name.name)).toEqual(['B', 'M', 'Last']);
  const model = ast.declarations[1];
  const sections = model?.kind === 'model' ? model.members.filter((m) => m.kind === 'section') : [];
  expect(sections.map((s) => s.name.name)).toEqual(['stem', 'stages', 'classifier']);
  const rows = sections[1]?.tail.rows;
  expect(rows?.kind === 'rows' && rows.rows.map((row) => row.cells.length)).toEqual([2]);
  // Without the summary: it is one error.
  return renderDiagnostics(diagnostics, { color: false }).replace(/\n\n1 error\n$/, '');
}

test('the spec itself has no mistake', () => {
  expect(parse({ name: 'a.enet', text: spec }).diagnostics).toEqual([]);
});

test('a row without its closing bar', () => {
  expect(message(spec.replace('| 2 |', '| 2'))).toMatchInlineSnapshot(`
    "error[missing-bar]: the row's closing '|' is missing
      --> a.enet:11:16
       |
    11 |     | d(1)   | 2
       |                ^
    help: Add the closing '|'"
  `);
});

test('a row without its opening bar', () => {
  expect(message(spec.replace('    | d(1)', '    d(1)'))).toMatchInlineSnapshot(`
    "error[missing-bar]: the row's opening '|' is missing
      --> a.enet:11:5
       |
    11 |     d(1)   | 2 |
       |     ^
    help: Add the opening '|'"
  `);
});

test('two cells without a bar between', () => {
  expect(message(spec.replace('| d(1)   | 2', '| d(1)   2'))).toMatchInlineSnapshot(`
    "error[missing-bar]: a '|' is missing between two cells
      --> a.enet:11:10
       |
    11 |     | d(1)   2 |
       |          ^
    help: Add the separating '|'"
  `);
});

test('a header without its closing bar', () => {
  expect(message(spec.replace('| n |\n', '| n\n'))).toMatchInlineSnapshot(`
    "error[missing-bar]: the row's closing '|' is missing
      --> a.enet:10:16
       |
    10 |     | repeat | n
       |                ^
    help: Add the closing '|'"
  `);
});

test('a table without its closing brace', () => {
  expect(message(spec.replace('| 2 |\n  }', '| 2 |\n'))).toMatchInlineSnapshot(`
    "error[unclosed-bracket]: this '{' has no '}'
      --> a.enet:9:13
       |
     9 |   stages: B {
       |             ^
    note: '}' expected here
      --> a.enet:11:19
       |
    11 |     | d(1)   | 2 |
       |                   -
    help: Add '}'"
  `);
});

test('a block without its closing brace', () => {
  expect(message(spec.replace('relu\n}', 'relu\n'))).toMatchInlineSnapshot(`
    "error[unclosed-bracket]: this '{' has no '}'
     --> a.enet:1:24
      |
    1 | block B(x, n: int = 2) {
      |                        ^
    note: '}' expected here
     --> a.enet:2:19
      |
    2 |   return x -> relu
      |                   -
    help: Add '}'"
  `);
});

test('a model without its closing brace', () => {
  expect(message(spec.replace('(classes)\n}', '(classes)\n'))).toMatchInlineSnapshot(`
    "error[unclosed-bracket]: this '{' has no '}'
      --> a.enet:5:9
       |
     5 | model M {
       |         ^
    note: '}' expected here
      --> a.enet:13:30
       |
    13 |   classifier: Linear(classes)
       |                              -
    help: Add '}'"
  `);
});

test('the last brace missing', () => {
  expect(message(spec.trimEnd().slice(0, -1))).toMatchInlineSnapshot(`
    "error[unclosed-bracket]: this '{' has no '}'
      --> a.enet:16:15
       |
    16 | block Last(x) {
       |               ^
    note: '}' expected here
      --> a.enet:17:11
       |
    17 |   return x
       |           -
    help: Add '}'"
  `);
});

test('a model without its opening brace', () => {
  expect(message(spec.replace('model M {', 'model M'))).toMatchInlineSnapshot(`
    "error[syntax]: expected '{', found the keyword 'param'
     --> a.enet:5:7
      |
    5 | model M
      |       ^
    help: Add '{'"
  `);
});

test('a block without its opening brace', () => {
  expect(message(spec.replace('= 2) {', '= 2)'))).toMatchInlineSnapshot(`
    "error[syntax]: expected '{', found the keyword 'return'
     --> a.enet:1:22
      |
    1 | block B(x, n: int = 2)
      |                      ^
    help: Add '{'"
  `);
});

test('a row that shares its line with the brace', () => {
  expect(message(spec.replace('B {\n', 'B {'))).toMatchInlineSnapshot(`
    "error[syntax]: expected the row on a line of its own, found '|'
     --> a.enet:9:18
      |
    9 |   stages: B {    | repeat | n |
      |                  ^
    help: Begin a line for the row"
  `);
});

test('an arrow to nowhere', () => {
  expect(message(spec.replace('-> relu', '->'))).toMatchInlineSnapshot(`
    "error[missing-step]: '->' has no step after it
     --> a.enet:2:12
      |
    2 |   return x ->
      |            ^^"
  `);
});

test('two arrows', () => {
  expect(message(spec.replace('-> relu', '-> -> relu'))).toMatchInlineSnapshot(`
    "error[missing-step]: '->' has no step after it
     --> a.enet:2:12
      |
    2 |   return x -> -> relu
      |            ^^"
  `);
});

test('an arrow at the end of a line, then another statement', () => {
  expect(message(spec.replace('x -> relu', 'x ->\n  y = 3').replace('return x', 'z = x'))).toMatchInlineSnapshot(`
    "error[missing-step]: '->' has no step after it
     --> a.enet:2:9
      |
    2 |   z = x ->
      |         ^^"
  `);
});

test("':' for '=' in a block", () => {
  expect(message(spec.replace('return x -> relu', 'y: x -> relu\n  return y'))).toMatchInlineSnapshot(`
    "error[wrong-separator]: a value's name takes '=', not ':'
     --> a.enet:2:4
      |
    2 |   y: x -> relu
      |    ^
    help: Write '='"
  `);
});

test("':' for '=' in scaling", () => {
  expect(message(spec.replace('  stem', '  scaling phi {\n    d: 1.2 ^ phi\n  }\n  stem'))).toMatchInlineSnapshot(`
    "error[wrong-separator]: a value's name takes '=', not ':'
     --> a.enet:9:6
      |
    9 |     d: 1.2 ^ phi
      |      ^
    help: Write '='"
  `);
});

test("'=' for ':' in a call", () => {
  expect(message(spec.replace('Conv(8, 3)', 'Conv(8, kernel = 3, stride: 2)'))).toMatchInlineSnapshot(`
    "error[wrong-separator]: an argument's name takes ':', not '='
     --> a.enet:8:24
      |
    8 |   stem: Conv(8, kernel = 3, stride: 2)
      |                        ^
    help: Write ':'"
  `);
});

test("'=' for ':' of an input", () => {
  expect(message(spec.replace('  stem', '  input image = [3, 8, 8]\n  stem'))).toMatchInlineSnapshot(`
    "error[wrong-separator]: an input takes ':', not '='
     --> a.enet:8:15
      |
    8 |   input image = [3, 8, 8]
      |               ^
    help: Write ':'"
  `);
});

test("'=' for '=='", () => {
  expect(message(spec.replace('-> relu', '-> relu if n = 2'))).toMatchInlineSnapshot(`
    "error[wrong-separator]: a comparison takes '==', not '='
     --> a.enet:2:25
      |
    2 |   return x -> relu if n = 2
      |                         ^
    help: Write '=='"
  `);
});

test('an unclosed parenthesis', () => {
  expect(message(spec.replace('Conv(8, 3)', 'Conv(8, 3'))).toMatchInlineSnapshot(`
    "error[unclosed-bracket]: this '(' has no ')'
     --> a.enet:8:13
      |
    8 |   stem: Conv(8, 3
      |             ^
    note: ')' expected here
     --> a.enet:8:18
      |
    8 |   stem: Conv(8, 3
      |                  -
    help: Add ')'"
  `);
});

test('an unclosed parenthesis after a chain in it, which goes on in the next line', () => {
  const branches = 'Concat(image -> a: Conv(8)\n    -> b: Conv(8), image -> c: Conv(8)';
  const found = message(spec.replace('Conv(8, 3)', branches));
  expect(found).toContain("note: ')' expected here\n --> a.enet:9:39");
  expect(found.match(/error/g)).toHaveLength(1);
});

test('an unclosed parenthesis in a cell', () => {
  expect(message(spec.replace('d(1)  ', 'd(1  '))).toMatchInlineSnapshot(`
    "error[unclosed-bracket]: this '(' has no ')'
      --> a.enet:11:8
       |
    11 |     | d(1   | 2 |
       |        ^
    note: ')' expected here
      --> a.enet:11:10
       |
    11 |     | d(1   | 2 |
       |          -
    help: Add ')'"
  `);
});

test('an unclosed parenthesis of parameters', () => {
  expect(message(spec.replace('n: int = 2)', 'n: int = 2'))).toMatchInlineSnapshot(`
    "error[unclosed-bracket]: this '(' has no ')'
     --> a.enet:1:8
      |
    1 | block B(x, n: int = 2 {
      |        ^
    note: ')' expected here
     --> a.enet:1:22
      |
    1 | block B(x, n: int = 2 {
      |                      -
    help: Add ')'"
  `);
});

test('an unclosed list', () => {
  expect(message(spec.replace('  stem', '  input image: [3, 8, 8\n  stem'))).toMatchInlineSnapshot(`
    "error[unclosed-bracket]: this '[' has no ']'
     --> a.enet:8:16
      |
    8 |   input image: [3, 8, 8
      |                ^
    note: ']' expected here
     --> a.enet:8:24
      |
    8 |   input image: [3, 8, 8
      |                        -
    help: Add ']'"
  `);
});

test('a parenthesis too many', () => {
  expect(message(spec.replace('Conv(8, 3)', 'Conv(8, 3))'))).toMatchInlineSnapshot(`
    "error[stray-bracket]: this ')' closes nothing
     --> a.enet:8:19
      |
    8 |   stem: Conv(8, 3))
      |                   ^
    help: Remove ')'"
  `);
});

test('a bracket closed by another', () => {
  expect(message(spec.replace('Conv(8, 3)', 'Conv(8, 3]'))).toMatchInlineSnapshot(`
    "error[wrong-bracket]: expected ')' to close '(', found ']'
     --> a.enet:8:18
      |
    8 |   stem: Conv(8, 3]
      |                  ^
    note: opened here
     --> a.enet:8:13
      |
    8 |   stem: Conv(8, 3]
      |             -
    help: Write ')'"
  `);
});

test('a brace too many at the end', () => {
  expect(message(`${spec}}\n`)).toMatchInlineSnapshot(`
    "error[stray-bracket]: this '}' closes nothing
      --> a.enet:19:1
       |
    19 | }
       | ^
    help: Remove '}'"
  `);
});

test('a brace too many in the middle', () => {
  expect(message(spec.replace('  stem', '  }\n  stem'))).toMatchInlineSnapshot(`
    "error[stray-bracket]: this '}' closes nothing
     --> a.enet:8:3
      |
    8 |   }
      |   ^
    help: Remove '}'"
  `);
});

test('rows outside of a table', () => {
  expect(message(spec.replace('  stem', '  | 1 | 2 |\n  | 3 | 4 |\n  stem'))).toMatchInlineSnapshot(`
    "error[row-outside-table]: this row is outside a table's braces
     --> a.enet:8:3
      |
    8 |   | 1 | 2 |
      |   ^^^^^^^^^"
  `);
});

test('an unknown character', () => {
  expect(message(spec.replace('Conv(8, 3)', 'Conv(8, 3 ~ 2)'))).toMatchInlineSnapshot(`
    "error[unknown-character]: the character "~" has no meaning here
     --> a.enet:8:19
      |
    8 |   stem: Conv(8, 3 ~ 2)
      |                   ^"
  `);
});

test('a semicolon', () => {
  expect(message(spec.replace('Conv(8, 3)', 'Conv(8, 3);'))).toMatchInlineSnapshot(`
    "error[semicolon]: a statement ends without ';'
     --> a.enet:8:19
      |
    8 |   stem: Conv(8, 3);
      |                   ^
    help: Remove ';'"
  `);
});

test("'&&'", () => {
  expect(message(spec.replace('-> relu', '-> relu if n > 1 && n < 4'))).toMatchInlineSnapshot(`
    "error[wrong-spelling]: '&&' is written 'and'
     --> a.enet:2:29
      |
    2 |   return x -> relu if n > 1 && n < 4
      |                             ^^
    help: Write 'and'"
  `);
});

test("'||'", () => {
  expect(message(spec.replace('-> relu', '-> relu if n < 1 || n > 4'))).toMatchInlineSnapshot(`
    "error[wrong-spelling]: '||' is written 'or'
     --> a.enet:2:29
      |
    2 |   return x -> relu if n < 1 || n > 4
      |                             ^^
    help: Write 'or'"
  `);
});

test("'!'", () => {
  expect(message(spec.replace('-> relu', '-> relu if !(n == 2)'))).toMatchInlineSnapshot(`
    "error[wrong-spelling]: '!' is written 'not'
     --> a.enet:2:23
      |
    2 |   return x -> relu if !(n == 2)
      |                       ^
    help: Write 'not'"
  `);
});

test("'**'", () => {
  expect(message(spec.replace('Conv(8, 3)', 'Conv(2 ** 3, 3)'))).toMatchInlineSnapshot(`
    "error[wrong-spelling]: '**' is written '^'
     --> a.enet:8:16
      |
    8 |   stem: Conv(2 ** 3, 3)
      |                ^^
    help: Write '^'"
  `);
});

test("'=>'", () => {
  expect(message(spec.replace('->', '=>'))).toMatchInlineSnapshot(`
    "error[wrong-spelling]: '=>' is written '->'
     --> a.enet:2:12
      |
    2 |   return x => relu
      |            ^^
    help: Write '->'"
  `);
});

test('a string without an end', () => {
  expect(message(`import { A } from "std/blocks\n${spec}`)).toMatchInlineSnapshot(`
    "error[unclosed-string]: the string has no closing quote on its line
     --> a.enet:1:19
      |
    1 | import { A } from "std/blocks
      |                   ^^^^^^^^^^^
    help: Add the closing quote"
  `);
});

test('a string without an end in a call', () => {
  expect(message(spec.replace('Conv(8, 3)', 'Conv("a, 3)'))).toMatchInlineSnapshot(`
    "error[unclosed-string]: the string has no closing quote on its line
     --> a.enet:8:14
      |
    8 |   stem: Conv("a, 3)
      |              ^^^^^^
    help: Add the closing quote"
  `);
});

test('a string in single quotes', () => {
  expect(message(`import { A } from 'std/blocks'\n${spec}`)).toMatchInlineSnapshot(`
    "error[wrong-spelling]: 'std/blocks' is written with double quotes
     --> a.enet:1:19
      |
    1 | import { A } from 'std/blocks'
      |                   ^^^^^^^^^^^^
    help: Use double quotes"
  `);
});

test('a Python comment', () => {
  expect(message(spec.replace('Conv(8, 3)', 'Conv(8, 3) # the stem'))).toMatchInlineSnapshot(`
    "error[wrong-spelling]: '#' is written '//': a comment ends with its line
     --> a.enet:8:20
      |
    8 |   stem: Conv(8, 3) # the stem
      |                    ^
    help: Write '//'"
  `);
});

test('a C comment', () => {
  expect(message(spec.replace('Conv(8, 3)', 'Conv(8, 3) /* the\n stem */'))).toMatchInlineSnapshot(`
    "error[wrong-spelling]: '/*' is written '//': a comment ends with its line
     --> a.enet:8:20
      |
    8 |   stem: Conv(8, 3) /* the
      |                    ^^"
  `);
});

test('a keyword for a name', () => {
  expect(message(spec.replace('param classes', 'param input'))).toMatchInlineSnapshot(`
    "error[syntax]: expected a name, found the keyword 'input'
     --> a.enet:6:9
      |
    6 |   param input: int = 10
      |         ^^^^^"
  `);
});

test('a comma after the last argument', () => {
  expect(message(spec.replace('Conv(8, 3)', 'Conv(8, 3,)'))).toMatchInlineSnapshot(`
    "error[trailing-comma]: a ',' follows the last element
     --> a.enet:8:18
      |
    8 |   stem: Conv(8, 3,)
      |                  ^
    help: Remove ','"
  `);
});

test('no comma between arguments', () => {
  expect(message(spec.replace('Conv(8, 3)', 'Conv(\n    8,\n    kernel: 3\n    stride: 2)'))).toMatchInlineSnapshot(`
    "error[missing-comma]: a ',' is missing between two elements
      --> a.enet:10:13
       |
    10 |     kernel: 3
       |             ^
    help: Add ','"
  `);
});

test("no colon after an argument's name", () => {
  expect(message(spec.replace('Conv(8, 3)', 'Conv(8, kernel 3)'))).toMatchInlineSnapshot(`
    "error[syntax]: expected ':', found '3'
     --> a.enet:8:22
      |
    8 |   stem: Conv(8, kernel 3)
      |                      ^
    help: Add ':'"
  `);
});

test("no colon after a parameter's name", () => {
  expect(message(spec.replace('n: int', 'n int'))).toMatchInlineSnapshot(`
    "error[syntax]: expected ':', found 'int'
     --> a.enet:1:12
      |
    1 | block B(x, n int = 2) {
      |            ^
    help: Add ':'"
  `);
});

test('a missing value', () => {
  expect(message(spec.replace('= 2)', '= )'))).toMatchInlineSnapshot(`
    "error[syntax]: expected a value, found ')'
     --> a.enet:1:21
      |
    1 | block B(x, n: int = ) {
      |                     ^"
  `);
});

test('a missing operand', () => {
  expect(message(spec.replace('Conv(8, 3)', 'Conv(8 * , 3)'))).toMatchInlineSnapshot(`
    "error[syntax]: expected a value after '*', found ','
     --> a.enet:8:16
      |
    8 |   stem: Conv(8 * , 3)
      |                ^"
  `);
});

test('a missing condition', () => {
  expect(message(spec.replace('-> relu', '-> relu if'))).toMatchInlineSnapshot(`
    "error[syntax]: expected a value, found '}'
     --> a.enet:3:1
      |
    3 | }
      | ^"
  `);
});

test('a missing arrow', () => {
  expect(message(spec.replace('x -> relu', 'x relu'))).toMatchInlineSnapshot(`
    "error[syntax]: expected an operator, '->' or the end of the statement, found 'relu'
     --> a.enet:2:12
      |
    2 |   return x relu
      |            ^^^^"
  `);
});

test("another language's statement", () => {
  expect(message(spec.replace('return x -> relu', 'let y = x\n  return y'))).toMatchInlineSnapshot(`
    "error[syntax]: expected 'return', 'require', an assignment, or '}', found 'let'
     --> a.enet:2:3
      |
    2 |   let y = x
      |   ^^^"
  `);
});

test("another language's assignment", () => {
  expect(message(spec.replace('  stem', '  a += 3\n  stem'))).toMatchInlineSnapshot(`
    "error[syntax]: expected a member of the model, or '}', found 'a'
     --> a.enet:8:3
      |
    8 |   a += 3
      |   ^"
  `);
});

test("another language's condition", () => {
  expect(message(spec.replace('-> relu', '-> relu if n == 2 else gelu'))).toMatchInlineSnapshot(`
    "error[stray-else]: this 'else' belongs to no value
     --> a.enet:2:30
      |
    2 |   return x -> relu if n == 2 else gelu
      |                              ^^^^"
  `);
});

test('an import after a declaration', () => {
  expect(message(`${spec}import { A } from "std/blocks"\n`)).toMatchInlineSnapshot(`
    "error[syntax]: expected 'block', 'model' or 'weights' (imports come before them), found the keyword 'import'
      --> a.enet:19:1
       |
    19 | import { A } from "std/blocks"
       | ^^^^^^"
  `);
});

test('a word between declarations', () => {
  expect(message(spec.replace('block Last', 'foo bar\nblock Last'))).toMatchInlineSnapshot(`
    "error[syntax]: expected 'block', 'model' or 'weights' (imports come before them), found 'foo'
      --> a.enet:16:1
       |
    16 | foo bar
       | ^^^"
  `);
});

test('a block without parameters', () => {
  expect(message(spec.replace('Last(x)', 'Last'))).toMatchInlineSnapshot(`
    "error[syntax]: expected '(', found '{'
      --> a.enet:16:12
       |
    16 | block Last {
       |            ^"
  `);
});

test('a table without rows', () => {
  expect(message(spec.replace('  stem', '  variants {\n  }\n  stem'))).toMatchInlineSnapshot(`
    "error[syntax]: expected '|' at the start of a row, found '}'
     --> a.enet:9:3
      |
    9 |   }
      |   ^"
  `);
});

test('no mistakes: tabs, CRLF, a byte-order mark, an arrow at the end of a line, nothing at all', () => {
  const texts = [
    spec.replaceAll('  ', '\t'),
    spec.replaceAll('\n', '\r\n'),
    spec.replaceAll('\n', '\r'),
    `\ufeff${spec}`,
    spec.replace('x -> relu', 'x ->\n    relu'),
    '',
    ' \n\t\n',
    '// nothing\n/// but comments',
  ];
  for (const text of texts) expect(parse({ name: 'a.enet', text }).diagnostics).toEqual([]);
});

test('several slips: a message for each', () => {
  const text = spec.replace('Conv(8, 3)', 'Conv(8, 3').replace('| 2 |', '| 2').replace('n: int', 'n int');
  const { diagnostics } = parse({ name: 'a.enet', text });
  expect(diagnostics.map((d) => d.code)).toEqual(['syntax', 'unclosed-bracket', 'missing-bar']);
});

test('any token of a sample left out: one message or none, nearly always', () => {
  const counts = ['efficientnet.enet', 'blocks.enet', 'googlenet.enet'].flatMap((file) => {
    const text = samples.get(file) ?? '';
    return tokenize(text).tokens.map(({ startOffset, image }) => {
      const without = text.slice(0, startOffset) + text.slice(startOffset + image.length);
      return parse({ name: file, text: without }).diagnostics.length;
    });
  });
  expect(counts.filter((n) => n <= 1).length / counts.length).toBeGreaterThan(0.95);
});
