import { expect, test } from 'vitest';
import { completionAt } from '../../src/ide/features/completion/completion.ts';
import type { CompletionItem } from '../../src/ide/features/completion/item.ts';
import { tabStops } from '../../src/ide/features/completion/skeletons.ts';
import { openFixture } from './fixture.ts';

function items(texts: string | Readonly<Record<string, string>>): readonly CompletionItem[] {
  const { ide, path, offset } = openFixture(texts);
  return completionAt(ide, path, offset).items;
}

function item(texts: string | Readonly<Record<string, string>>, label: string): CompletionItem {
  const found = items(texts).find((i) => i.label === label);
  if (!found) throw new Error(`'${label}' is not offered`);
  return found;
}

/** The text after taking an item; tab stops stay as they are in the snippet. */
function taken(text: string, label: string): string {
  const { replace, insertText, additionalEdits = [] } = item(text, label);
  const edits = [...additionalEdits, { ...replace, newText: insertText }].sort((a, b) => b.start - a.start);
  return edits.reduce((t, e) => t.slice(0, e.start) + e.newText + t.slice(e.end), text.replace('▮', ''));
}

test('a library block brings its import: a name more, a new import, the first import', () => {
  const body = 'model N {\n  input image: [3, 8, 8]\n  stem: Sep▮\n}\n';
  expect(taken(`import { MBConv } from "std/blocks"\n${body}`, 'SeparableConv')).toContain(
    'import { MBConv, SeparableConv } from "std/blocks"\nmodel N {',
  );
  expect(taken(`import { ResNet } from "std/resnet"\n${body}`, 'SeparableConv')).toContain(
    'import { ResNet } from "std/resnet"\nimport { SeparableConv } from "std/blocks"\nmodel N',
  );
  expect(taken(body, 'SeparableConv')).toMatch(/^import \{ SeparableConv \} from "std\/blocks"\n\nmodel N/);
});

test('what is imported already brings nothing', () => {
  const text = 'import { MBConv } from "std/blocks"\nmodel N {\n  stem: ▮\n}\n';
  expect(item(text, 'MBConv').additionalEdits).toBeUndefined();
});

test('the next row: as the row above with its alignment, and with names that count on and filters that grow', () => {
  const text = `import { MBConv } from "std/blocks"
model N {
  input image: [3, 32, 32]
  stages: MBConv {
    | name | repeat | channels | kernel |
    | c2   | d(2)   | w(40)    | 3      |
    | c3   | d(3)   | w(80)    | 5      |
    ▮
  }
}
`;
  const rows = items(text).filter(({ kind }) => kind === 'row');
  expect(rows.map(({ insertText }) => insertText)).toEqual([
    '| c4   | d(3)   | w(160)   | 5      |',
    '| c3   | d(3)   | w(80)    | 5      |',
  ]);
  expect(rows[0]?.preselect).toBe(true);
});

test('a bar that is there already is replaced by the row', () => {
  const text = 'model N {\n  variants {\n    | name | phi |\n    | b0   | 0   |\n    |▮\n  }\n}\n';
  expect(taken(text, '| b1   | 1   |')).toBe(
    'model N {\n  variants {\n    | name | phi |\n    | b0   | 0   |\n    | b1   | 1   |\n  }\n}\n',
  );
});

test('a first row of a table has the columns that its block must have', () => {
  const text = 'import { MBConv } from "std/blocks"\nmodel N {\n  stages: MBConv(kernel: 3) {\n    ▮\n  }\n}\n';
  expect(items(text)[0]?.label).toBe('| repeat | channels | stride | expand |');
});

test('variants of a model that is a step, by name and only there', () => {
  const text = 'import { ResNet } from "std/resnet"\nmodel N {\n  input image: [3, 8, 8]\n  trunk: ResNet(▮)\n}\n';
  expect(items(text).map(({ label }) => label)).toContain('variant');
  const named = items(text.replace('▮', 'variant: ▮')).map(({ label }) => label);
  expect(named).toContain('resnet50');
  expect(named).not.toContain('relu');
});

test("what stands behind a section's name: rows of a table, sections of a model", () => {
  const text = (value: string) => `import { EfficientNet } from "std/efficientnet"
import { MBConv } from "std/blocks"
model N {
  input image: [3, 64, 64]
  own: MBConv {
    | name | channels |
    | c2   | 16       |
    | c3   | 24       |
  }
  trunk: EfficientNet(variant: b0)
  return ${value}
}
`;
  const labels = (value: string) => items(text(value)).map(({ label }) => label);
  expect(labels('own.▮')).toEqual(['c2', 'c3', 'channels', 'height', 'width']);
  expect(labels('trunk.▮')).toEqual(expect.arrayContaining(['stem', 'stages', 'head', 'classifier']));
  expect(labels('trunk.stages.▮')).toEqual(expect.arrayContaining(['0', '6', 'channels']));
  expect(labels('trunk.stages.1.0.▮')).toEqual(expect.arrayContaining(['expand', 'depthwise', 'project', 'channels']));
  expect(labels('own.c2.▮')).toEqual(expect.arrayContaining(['expand', 'depthwise', 'project']));
  expect(taken(text('trunk.sta▮'), 'stages')).toContain('return trunk.stages\n');
});

test('paths of a weight map: stars over rows and blocks, those without a row first', () => {
  const text = `import { EfficientNet } from "std/efficientnet"
weights EfficientNet {
  | path                | timm      |
  | stem.conv           | conv_stem |
  | stages.*.*.exp▮ |           |
}
`;
  const paths = items(text);
  expect(paths[0]?.label).toBe('stem.bn');
  expect(paths.find(({ label }) => label === 'stem.conv')?.detail).toBe('has a row');
  expect(taken(text, 'stages.*.*.expand.conv')).toContain('| stages.*.*.expand.conv |');
  expect(paths.map(({ label }) => label)).toContain('stages.0.*.depthwise.conv');
});

test('files of the workspace, and what they declare', () => {
  const files = {
    'main.enet': 'import { ▮ } from "./parts/own.enet"\n',
    'parts/own.enet': 'block Own(x) {\n  return x\n}\n',
  };
  expect(items(files).map(({ label }) => label)).toEqual(['Own']);
  const path = { ...files, 'main.enet': 'import { Own } from "./▮"\n' };
  expect(items(path).map(({ label }) => label)).toContain('./parts/own.enet');
});

test('a step with parameters of its own gets the label that it must have, a free one', () => {
  const text = 'block B(x) {\n  return x -> conv: Conv(8, 3) -> ▮\n}\n';
  expect(item(text, 'Conv').insertText).toBe(tabStops('<1:conv2>: Conv(<2>)<0>'));
  expect(item(text, 'GlobalAvgPool')).toMatchObject({ insertText: 'GlobalAvgPool', isSnippet: false });
  expect(item(text.replace('▮', 'c: ▮'), 'Conv').insertText).toBe(tabStops('Conv(<1>)<0>'));
  expect(item(text.replace('▮', 'c: Co▮(8, 3)'), 'Conv').insertText).toBe('Conv');
});

test('an argument has its type and default, its documentation, and its value is asked for next', () => {
  const text = 'import { ConvBnAct } from "std/blocks"\nmodel N {\n  stem: ConvBnAct(▮)\n}\n';
  expect(item(text, 'kernel')).toMatchObject({ detail: 'size = 3', insertText: 'kernel: ', thenSuggest: true });
  expect(item(text, 'kernel').documentation).toContain('parameter of ConvBnAct');
  expect(items(text)[0]).toMatchObject({ label: 'channels', preselect: true });
});

test('text above that is broken does not matter', () => {
  const broken = `import { MBConv } from "std/blocks"
model N {
  param classes: int =
  input image: [3, 8
  stem: MBConv(8, act: -> relu
  body: Conv(8 8) if
  stages: MBConv(▮
`;
  expect(items(broken).map(({ label }) => label)).toEqual(expect.arrayContaining(['channels', 'act', 'classes']));
});
