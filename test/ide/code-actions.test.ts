import { expect, test } from 'vitest';
import type { Code } from '../../src/diagnostics/catalog.ts';
import { codeActions, fixAll } from '../../src/ide/features/code-actions.ts';
import { documentDiagnostics } from '../../src/ide/features/diagnostics.ts';
import { applyEdits } from '../../src/ide/features/edits.ts';
import { stdlib } from '../../src/stdlib.generated.ts';
import { openFixture } from './fixture.ts';

/** A model around some lines. */
const model = (lines: string) =>
  `import { MBConv, SeparableConv } from "std/blocks"\n\nmodel M {\n  input image: [3, 32, 32]\n${lines}\n}\n`;

/** The document after the quick fix of a diagnostic whose title has `title`; it must be gone then, and nothing new wrong. */
function fixed(text: string, code: Code, title: string, others: Record<string, string> = {}): string {
  const { ide, analysis, path } = openFixture({ 'main.enet': text, ...others });
  const d = documentDiagnostics(analysis).find((found) => found.code === code);
  expect(d, `${code} in ${text}`).toBeDefined();
  const actions = codeActions(ide, analysis, d!.start, d!.end);
  const action = actions.find((a) => a.diagnostic?.code === code && a.title.includes(title));
  expect(action, `${title} among ${actions.map((a) => a.title).join('; ')}`).toBeDefined();
  const after = applyEdits(text, action!.edits);
  ide.change(path, after);
  const left = documentDiagnostics(ide.analysis(path)!);
  expect(left.filter((l) => l.code === code && l.message === d!.message)).toEqual([]);
  expect(left.filter((l) => l.code === 'syntax')).toEqual([]);
  return after;
}

test('a misspelt name, and filters that rounding changes', () => {
  expect(fixed(model('  s: MBCnov(16)'), 'unknown-name', "Write 'MBConv'")).toContain('s: MBConv(16)');
  expect(fixed(model('  s: MBConv(w(116))'), 'rounded-filters', '120')).toContain('w(120)');
  expect(fixed(model('  s: MBConv(16, kernle: 3)'), 'unknown-parameter', 'kernel')).toContain('kernel: 3');
});

test('a name that another file declares is imported', () => {
  const text = 'model M {\n  input image: [3, 32, 32]\n  s: ConvBnAct(16) -> t: Own\n}\n';
  const others = { 'own.enet': 'block Own(x) { return x -> relu }\n' };
  const once = fixed(text, 'unknown-name', 'Import \'ConvBnAct\' from "std/blocks"', others);
  expect(once).toMatch(/^import \{ ConvBnAct \} from "std\/blocks"\n\nmodel/);
  expect(fixed(once, 'unknown-name', 'from "./own.enet"', others)).toMatch(
    /^import \{ ConvBnAct \} from "std\/blocks"\nimport \{ Own \} from "\.\/own\.enet"\n\nmodel/,
  );
  const more =
    'import { MBConv } from "std/blocks"\nmodel M {\n  input i: [3, 8, 8]\n  s: ConvBnAct(8) -> t: MBConv(8)\n}\n';
  expect(fixed(more, 'unknown-name', 'Import')).toContain('import { MBConv, ConvBnAct } from "std/blocks"');
});

test('a file that imports this one is not offered to it', () => {
  const { ide, analysis } = openFixture({
    'main.enet': 'block A(x) { return x -> b: B }\n',
    'b.enet': 'import { A } from "./main.enet"\nblock B(x) { return x -> a: A }\n',
  });
  const titles = codeActions(ide, analysis, 0, 40).map((a) => a.title);
  expect(titles.filter((t) => t.startsWith('Import'))).toEqual([]);
});

test('tables: a missing column, an empty cell that may not be, too few cells, a cell too many', () => {
  const column = fixed(
    model('  s: MBConv {\n    | repeat | stride |\n    | 2      | 1      |   // why\n  }'),
    'missing-column',
    "column 'channels'",
  );
  expect(column).toContain('    | repeat | stride | channels |\n    | 2      | 1      | 16       |   // why\n');
  expect(
    fixed(model('  s: MBConv {\n    | repeat | channels |\n    | 2      |          |\n  }'), 'missing-cell', '16'),
  ).toContain('| 2      | 16       |');
  expect(
    fixed(model('  s: MBConv {\n    | channels | stride | kernel |\n    | 8        |\n  }'), 'cell-count', '2 empty'),
  ).toContain('    | 8        |        |        |\n');
  expect(
    fixed(
      model(
        '  s: MBConv {\n    | block         | channels | expand |\n    | SeparableConv | 8 | 6      |\n    | | 8 | 6 |\n  }',
      ),
      'cell-not-taken',
      'Empty',
    ),
  ).toContain('| SeparableConv | 8 |        |');
});

test('arguments, inputs, returns, numbers and tensors that nothing reads', () => {
  expect(fixed(model('  s: MBConv -> relu'), 'missing-argument', 'channels')).toContain(
    's: MBConv(channels: 16) -> relu',
  );
  expect(fixed(model('  s: MBConv(kernel: 5)'), 'missing-argument', '16')).toContain('MBConv(kernel: 5, channels: 16)');
  expect(fixed('model M {\n  param n: int = 3\n\n  s: Conv(8, n)\n}\n', 'no-input', 'input')).toContain(
    '  param n: int = 3\n\n  input image: [3, 224, 224]\n',
  );
  expect(fixed('model M {\n  s: Conv(8, 3)\n}\n', 'no-input', 'input')).toContain('model M {\n  input image');
  expect(fixed('block B(x) {\n  y = x -> relu\n}\n', 'return-missing', "'y'")).toContain('  return y\n}');
  expect(fixed('block B(x) { }\n', 'return-missing', "'x'")).toContain('{  return x }');
  expect(fixed(model('  s: Conv(8, kernel: 3.2)'), 'not-whole', 'Write 3')).toContain('kernel: 3)');
  const split = 'block B(x) {\n  a, b = Split(x, 2)\n  return a\n}\n';
  expect(fixed(split, 'unused-value', "'_'")).toContain('a, _ = Split');
});

test('lines that a fix begins end as those of the document', () => {
  const cases: [string, Code, string][] = [
    ['model M {\n  param n: int = 3\n\n  s: Conv(8, n)\n}\n', 'no-input', 'input'],
    ['block B(x) {\n  y = x -> relu\n}\n', 'return-missing', "'y'"],
    ['block B(x) {\n  return x -> relu\n', 'unclosed-bracket', "'}'"],
  ];
  for (const [text, code, title] of cases) {
    const after = fixed(text, code, title);
    expect(fixed(text.replaceAll('\n', '\r\n'), code, title)).toBe(after.replaceAll('\n', '\r\n'));
  }
});

test('a step that needs a label gets one that is free', () => {
  expect(fixed(model('  s: conv: Conv(8, 3) -> Conv(8, 3)'), 'missing-label', 'conv2')).toContain(
    '-> conv2: Conv(8, 3)',
  );
  expect(fixed(model('  s: Conv(8, 3) -> Conv(8, 3)'), 'missing-label', "'conv'")).toContain('-> conv: Conv(8, 3)');
});

test('a call in an expression gets its label as a step', () => {
  const block = (line: string) => `block B(x) {\n  ${line}\n  return y\n}\n`;
  const cases = [
    ['y = Conv(x, 8, kernel: 3)', 'y = x -> conv: Conv(8, kernel: 3)'],
    ['y = Conv(x, 8, 3) -> relu', 'y = x -> conv: Conv(8, 3) -> relu'],
    ['y = Conv(x, 8, 3) if true else x', 'y = (x -> conv: Conv(8, 3)) if true else x'],
    ['y = Add(BatchNorm(x), x)', 'y = Add(x -> batch_norm: BatchNorm, x)'],
  ] as const;
  for (const [line, after] of cases) {
    const text = fixed(block(line), 'missing-label', 'Label');
    expect(text).toContain(after);
    expect(openFixture(text).analysis.diagnosticsSoFar()).toEqual([]);
  }
  const returned = fixed('block B(x) {\n  return Conv(x, 8)\n}\n', 'missing-label', 'Label');
  expect(returned).toContain('return x -> conv: Conv(8)');
  // what comes first is not a tensor
  const { ide, analysis } = openFixture('block B(x) {\n  return Conv(8, 3)\n}\n');
  expect(codeActions(ide, analysis, 0, 40).filter(({ title }) => title.startsWith('Label'))).toEqual([]);
});

test('where brackets do not pair no argument is put between them', () => {
  const { ide, analysis } = openFixture('model M {\n  input x: [3, 8, 8]\n  s: Conv(8\n}\n');
  const titles = codeActions(ide, analysis, 0, 60).map((a) => a.title);
  expect(titles).toContain("Add ')'");
  expect(titles.filter((title) => title.startsWith('Give'))).toEqual([]);
});

test('imports of files by a wrong path', () => {
  const others = { 'blocks.enet': 'block Own(x) { return x -> relu }\n' };
  const text = (path: string) => `import { Own } from "${path}"\nblock B(x) { return x -> o: Own }\n`;
  for (const path of ['blocks.enet', './blocks', './blcoks.enet', 'blocks']) {
    const code = path === './blcoks.enet' ? 'file-not-found' : 'import-path';
    expect(fixed(text(path), code, path === './blocks' ? 'extension' : 'blocks.enet', others)).toContain(
      '"./blocks.enet"',
    );
  }
});

test('a table out of line is aligned, one in line offers nothing', () => {
  const text = model('  s: MBConv {\n    | channels | stride |\n    | 8 | 1 |\n  }');
  const { ide, analysis } = openFixture(text);
  const at = text.indexOf('| 8');
  const action = codeActions(ide, analysis, at, at).find((a) => a.title === 'Align the table');
  expect(applyEdits(text, action!.edits)).toContain('    | 8        | 1      |\n');
  const library = openFixture(stdlib['std/resnet'] as string);
  const row = library.analysis.source.text.indexOf('| c2');
  expect(codeActions(library.ide, library.analysis, row, row)).toEqual([]);
});

test('all safe fixes at once leave none behind, and nothing else is touched', () => {
  const text = `import { MBConv } from "std/blocks"
block B(x) {
  require x.channels == 2 && true;
  return x -> c: Conv(8, 3,)
}
`;
  const { analysis } = openFixture(text);
  const after = applyEdits(text, fixAll(analysis));
  expect(after).toBe('block B(x) {\n  require x.channels == 2 and true\n  return x -> c: Conv(8, 3)\n}\n');
  expect(fixAll(openFixture(after).analysis)).toEqual([]);
});

test('no action touches the library or leaves the document', () => {
  for (const text of Object.values(stdlib)) {
    const broken = text.replace(/channels/g, 'chanels');
    const { ide, analysis } = openFixture(broken);
    for (const { edits } of codeActions(ide, analysis, 0, broken.length)) {
      for (const e of edits) {
        expect(e.path).toBe(analysis.path);
        expect(e.start <= e.end && e.end <= broken.length).toBe(true);
      }
    }
  }
});
