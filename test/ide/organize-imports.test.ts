import { expect, test } from 'vitest';
import { applyEdits } from '../../src/ide/features/edits.ts';
import { organizeImports } from '../../src/ide/features/organize-imports.ts';
import { openFixture } from './fixture.ts';

const b = 'block B(x) { return x -> relu }\nblock A(x) { return x -> tanh }\n';

function organized(text: string): string {
  const { analysis } = openFixture({ 'main.enet': text, 'b.enet': b });
  return applyEdits(text, organizeImports(analysis));
}

const uses = '\nmodel M {\n  input x: [3, 8, 8]\n  s: B -> A -> c: ConvBnAct(8)\n}\n';

test('imports are sorted, joined, and freed of what nothing uses', () => {
  const text = `import { B } from "./b.enet"
import { MBConv, ConvBnAct } from "std/blocks"
import { A } from "./b.enet"
import { ResNet } from "std/resnet"
${uses}`;
  const after = `import { ConvBnAct } from "std/blocks"
import { A, B } from "./b.enet"
${uses}`;
  expect(organized(text)).toBe(after);
  expect(organizeImports(openFixture({ 'main.enet': after, 'b.enet': b }).analysis)).toEqual([]);
});

test('comments stay with their imports', () => {
  expect(
    organized(`import { B, A } from "./b.enet"  // ours
// the library's
import { ConvBnAct } from "std/blocks"
${uses}`),
  ).toBe(`// the library's
import { ConvBnAct } from "std/blocks"
import { A, B } from "./b.enet"  // ours
${uses}`);
});

test('what follows the last import on its line stays, and what could not be read between imports is left', () => {
  const inLine = 'import { B } from "./b.enet" import { A } from "./b.enet" // ours\n';
  expect(organized(`${inLine}${uses}`)).toContain('import { A, B } from "./b.enet"  // ours\n\nmodel M');
  expect(organized(`import { B, A } from "./b.enet" block C(x) { return x -> A -> B }\n`)).toBe(
    'import { A, B } from "./b.enet" block C(x) { return x -> A -> B }\n',
  );
  const broken = `import { B } from "./b.enet"\n; A ;\nimport { ConvBnAct } from "std/blocks"\n${uses}`;
  expect(organized(broken)).toBe(broken);
});

test('a comment outlives its import', () => {
  const used = `import { B } from "./b.enet"\nblock C(x) { return x -> B }\n`;
  expect(organized(`// kept\nimport { ResNet } from "std/resnet"  // too\n${used}`)).toBe(`// kept\n// too\n${used}`);
  expect(
    organized(`${used.split('\n')[0]}\n// why\nimport { ResNet } from "std/resnet"\n${used.split('\n')[1]}\n`),
  ).toBe(`// why\nimport { B } from "./b.enet"\nblock C(x) { return x -> B }\n`);
});

test('where no import is left no blank line is either', () => {
  expect(organized('import { ResNet } from "std/resnet"\n\nblock C(x) { return x -> relu }\n')).toBe(
    'block C(x) { return x -> relu }\n',
  );
});

test('with errors in the text nothing is taken out, and a broken import is left', () => {
  expect(organized('import { B } from "./b.enet"\nimport { MBConv } from "std/blocks"\nmodel M {{\n')).toBe(
    'import { MBConv } from "std/blocks"\nimport { B } from "./b.enet"\nmodel M {{\n',
  );
  const broken = 'import { B, } from "./b.enet"\nimport { } from\n';
  expect(organized(broken)).toBe(broken);
});
