import { expect, test } from 'vitest';
import { createDiagnostic, type Diagnostic, replaceFix } from '../../src/diagnostics/diagnostic.ts';
import { renderDiagnostics } from '../../src/diagnostics/render.ts';
import type { Source } from '../../src/source.ts';

/** The span of the text between « and », and the source without those signs. */
function marked(text: string, name = 'spec.enet') {
  const start = text.indexOf('«');
  const end = text.indexOf('»') - 1;
  const source: Source = { name, text: text.replace('«', '').replace('»', '') };
  return { source, start, end };
}

function render(text: string, width?: number): string {
  return renderDiagnostics([createDiagnostic('stray-bracket', marked(text), { bracket: '}' })], {
    color: false,
    width,
  });
}

test('nothing to say', () => {
  expect(renderDiagnostics([], { color: false })).toBe('');
});

test('a place in a line', () => {
  expect(render('model M {\n  stem: «Conv»(8)\n}\n')).toMatchInlineSnapshot(`
    "error[stray-bracket]: this '}' closes nothing
     --> spec.enet:2:9
      |
    2 |   stem: Conv(8)
      |         ^^^^

    1 error
    "
  `);
});

test('a place of no length, at the end of the text', () => {
  expect(render('model M {«»')).toMatchInlineSnapshot(`
    "error[stray-bracket]: this '}' closes nothing
     --> spec.enet:1:10
      |
    1 | model M {
      |          ^

    1 error
    "
  `);
  expect(render('model M {\n«»')).toMatchInlineSnapshot(`
    "error[stray-bracket]: this '}' closes nothing
     --> spec.enet:2:1
      |
    2 |
      | ^

    1 error
    "
  `);
  expect(render('«»')).toMatchInlineSnapshot(`
    "error[stray-bracket]: this '}' closes nothing
     --> spec.enet:1:1
      |
    1 |
      | ^

    1 error
    "
  `);
});

test('several lines', () => {
  expect(render('a\n  b: «Conv(\n    8,\n    9,\n    3)» -> relu\n')).toMatchInlineSnapshot(`
    "error[stray-bracket]: this '}' closes nothing
     --> spec.enet:2:6
      |
    2 |   b: Conv(
      |      ^^^^^
    ...
    5 |     3) -> relu
      |     ^^

    1 error
    "
  `);
  expect(render('a\n  b: «Conv(\r\n    8)» -> relu\r\n')).toMatchInlineSnapshot(`
    "error[stray-bracket]: this '}' closes nothing
     --> spec.enet:2:6
      |
    2 |   b: Conv(
      |      ^^^^^
    3 |     8) -> relu
      |     ^^

    1 error
    "
  `);
});

test('tabs, wide and combining characters', () => {
  expect(render('\tx:\t«Conv»(8)')).toMatchInlineSnapshot(`
    "error[stray-bracket]: this '}' closes nothing
     --> spec.enet:1:5
      |
    1 |     x:  Conv(8)
      |         ^^^^

    1 error
    "
  `);
  expect(render('"日本語" «Conv»(8)')).toMatchInlineSnapshot(`
    "error[stray-bracket]: this '}' closes nothing
     --> spec.enet:1:7
      |
    1 | "日本語" Conv(8)
      |          ^^^^

    1 error
    "
  `);
  expect(render('"e\u0301a\u0308" «日本» x')).toMatchInlineSnapshot(`
    "error[stray-bracket]: this '}' closes nothing
     --> spec.enet:1:8
      |
    1 | "éä" 日本 x
      |      ^^^^

    1 error
    "
  `);
  expect(render('"🙂" «🙂🙂» x')).toMatchInlineSnapshot(`
    "error[stray-bracket]: this '}' closes nothing
     --> spec.enet:1:6
      |
    1 | "🙂" 🙂🙂 x
      |      ^^^^

    1 error
    "
  `);
});

test('what would drive a terminal or turn the text around is shown as a symbol', () => {
  const out = render('"\x1b[31m \u202e \x07" «x»');
  expect(out).not.toMatch(/[\x1b\x07\u202e]/);
  expect(out).toMatchInlineSnapshot(`
    "error[stray-bracket]: this '}' closes nothing
     --> spec.enet:1:13
      |
    1 | "␛[31m � ␇" x
      |             ^

    1 error
    "
  `);
});

test('long lines are cut around the place', () => {
  const long = `${'a, '.repeat(100)}«Conv»(8)${', b'.repeat(100)}`;
  expect(render(long, 60)).toMatchInlineSnapshot(`
    "error[stray-bracket]: this '}' closes nothing
     --> spec.enet:1:301
      |
    1 | …a, a, a, a, a, a, Conv(8), b, b, b, b, b, b, b, b, b, …
      |                    ^^^^

    1 error
    "
  `);
  expect(render(`«${'x'.repeat(300)}»`, 60)).toMatchInlineSnapshot(`
    "error[stray-bracket]: this '}' closes nothing
     --> spec.enet:1:1
      |
    1 | xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…
      | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

    1 error
    "
  `);
  expect(render(`${'日'.repeat(100)}«語»${'日'.repeat(100)}`, 60)).toMatchInlineSnapshot(`
    "error[stray-bracket]: this '}' closes nothing
     --> spec.enet:1:101
      |
    1 | …日日日日日日日日日日日日日日日日日日語日日日日日日日日…
      |                                      ^^

    1 error
    "
  `);
  expect(render(`${'🙂'.repeat(101)}«x»`, 60)).not.toMatch(/[\ud800-\udbff](?![\udc00-\udfff])/);
});

test('no line is wider than asked for, and a line of a million columns is not printed', () => {
  for (const width of [40, 60, 80, 120]) {
    for (const at of [0, 1, 30, 59, 60, 500_000, 999_999]) {
      const out = render(`${'x'.repeat(at)}«x»${'x'.repeat(999_999 - at)}`, width);
      expect(
        Math.max(
          ...out
            .split('\n')
            .slice(1)
            .map((line) => line.length),
        ),
      ).toBeLessThanOrEqual(width);
      expect(out).toContain('^');
    }
  }
});

const spec = marked('model M {\n  stem: Conv(8, «kernal»: 3)\n}\n');
const opened = { ...spec, start: 18, end: 22 };
const full: Diagnostic = {
  ...createDiagnostic('syntax', spec, { expected: 'a name', found: "'kernal'" }),
  related: [{ span: opened, message: 'of this call' }],
  fixes: [replaceFix("Write 'kernel'", spec, 'kernel', true)],
};
const unplaced: Diagnostic = { code: 'syntax', severity: 'warning', message: 'nothing scales by phi here' };

test('what belongs to it, what fixes it, a summary', () => {
  expect(
    renderDiagnostics([full, unplaced, { ...unplaced, severity: 'info' }], { color: false }),
  ).toMatchInlineSnapshot(`
    "error[syntax]: expected a name, found 'kernal'
     --> spec.enet:2:17
      |
    2 |   stem: Conv(8, kernal: 3)
      |                 ^^^^^^
    note: of this call
     --> spec.enet:2:9
      |
    2 |   stem: Conv(8, kernal: 3)
      |         ----
    help: Write 'kernel'

    warning[syntax]: nothing scales by phi here

    info[syntax]: nothing scales by phi here

    1 error, 1 warning, 1 note
    "
  `);
});

test('colours only where asked for', () => {
  expect(renderDiagnostics([full], { color: true })).toMatchInlineSnapshot(`
    "[1;31merror[syntax][0m[1m: expected a name, found 'kernal'[0m
     [34m-->[0m spec.enet:2:17
    [34m  |[0m
    [34m2 |[0m   stem: Conv(8, kernal: 3)
    [34m  |[0m                 [1;31m^^^^^^[0m
    [1;36mnote[0m: of this call
     [34m-->[0m spec.enet:2:9
    [34m  |[0m
    [34m2 |[0m   stem: Conv(8, kernal: 3)
    [34m  |[0m         [1;36m----[0m
    [1;32mhelp[0m: Write 'kernel'

    1 error
    "
  `);
  const escapes = /\x1b\[[\d;]*m/g;
  expect(renderDiagnostics([full], { color: true }).replace(escapes, '')).toBe(
    renderDiagnostics([full], { color: false }),
  );
});
