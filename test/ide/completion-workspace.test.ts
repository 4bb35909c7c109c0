import { expect, test } from 'vitest';
import { createIde } from '../../src/ide/core/create-ide.ts';
import { completionAt } from '../../src/ide/features/completion/completion.ts';
import type { CompletionItem } from '../../src/ide/features/completion/item.ts';
import { memoryHost, openFixture, root } from './fixture.ts';

/** What other files of the workspace declare is offered, and brings its import. */

const units = `block Unit(x, channels: int) {
  return x -> conv: Conv(channels, 3)
}

model Trunk {
  input image: [3, 64, 64]
  stem: Unit(8)
}

weights Trunk {
  | path | timm |
  | stem | stem |
}
`;

function completions(files: Readonly<Record<string, string>>) {
  const { ide, path, offset } = openFixture(files);
  return completionAt(ide, path, offset);
}

function offered(files: Readonly<Record<string, string>>, label: string): readonly CompletionItem[] {
  return completions(files).items.filter((item) => item.label === label);
}

/** The document after taking an item, its tab stops as their texts, and what is then said of it. */
function taken(files: Readonly<Record<string, string>>, label: string): { text: string; codes: string[] } {
  const { ide, path, files: plain, offset } = openFixture(files);
  const item = completionAt(ide, path, offset).items.find((i) => i.label === label);
  if (!item) throw new Error(`'${label}' is not offered`);
  const { replace, insertText, additionalEdits = [] } = item;
  const own = { ...replace, newText: insertText.replace(/\$\{\d+:(\w+)\}/g, '$1').replace(/\$(\d+|\{\d+\})/g, '') };
  const edits = [...additionalEdits, own].sort((a, b) => b.start - a.start);
  const before = plain.get(path) as string;
  const text = edits.reduce((t, e) => t.slice(0, e.start) + e.newText + t.slice(e.end), before);
  ide.change(path, text);
  return { text, codes: (ide.analysis(path)?.diagnostics ?? []).map(({ code }) => code) };
}

const body = (step: string) => `model Net {\n  input image: [3, 64, 64]\n  trunk: ${step}\n}\n`;

test('a model of another file: with a new import, by its relative path, the text checks', () => {
  const { text, codes } = taken({ 'nets/main.enet': body('▮'), 'parts/units.enet': units }, 'Trunk');
  expect(text).toBe(`import { Trunk } from "../parts/units.enet"\n\n${body('Trunk')}`);
  expect(codes).toEqual([]);
});

test('the import goes below the others, behind a comment there, with the line ends of the file', () => {
  const head = 'import { MBConv } from "std/blocks" // inverted\r\n';
  const main = head + body('MBConv(8) -> unit: ▮').replaceAll('\n', '\r\n');
  const { text } = taken({ 'main.enet': main, 'units.enet': units }, 'Unit');
  expect(text).toContain(`${head}import { Unit } from "./units.enet"\r\nmodel Net {\r\n`);
});

test('where something else follows on the line of the last import, the text still checks', () => {
  const main = `import { MBConv } from "std/blocks" ${body('MBConv(8) -> ▮')}`;
  const { text } = taken({ 'main.enet': main, 'units.enet': units }, 'Unit');
  expect(text).toContain('import { MBConv } from "std/blocks"\nimport { Unit } from "./units.enet" model Net {');
});

test('it is merged into the import of the same file, however that is written', () => {
  for (const from of ['./units.enet', './parts/../units.enet']) {
    const main = `import { Unit } from "${from}"\n${body('unit: Unit(8) -> ▮')}`;
    const { text } = taken({ 'main.enet': main, 'units.enet': units, 'parts/x.enet': '' }, 'Trunk');
    expect(text).toContain(`import { Unit, Trunk } from "${from}"\nmodel Net {`);
    expect(text.match(/import/g)).toHaveLength(1);
  }
});

test('blocks that are values: the cells of a table, an argument', () => {
  const inCell = body('ConvBnAct {\n    | block | channels |\n    | ▮     | 8        |\n  }');
  const { text, codes } = taken(
    { 'main.enet': `import { ConvBnAct } from "std/blocks"\n${inCell}`, 'units.enet': units },
    'Unit',
  );
  expect(text).toContain('| Unit     | 8 ');
  expect(codes.filter((code) => code !== 'unaligned-table')).toEqual([]);
  const argument = `block Twice(x, unit: block) {\n  return x -> unit\n}\n${body('Twice(unit: ▮)')}`;
  expect(offered({ 'main.enet': argument, 'units.enet': units }, 'Unit')).toHaveLength(1);
});

test('they stand behind what is in scope and behind the library', () => {
  const { items } = completions({
    'main.enet': body('▮'),
    'units.enet': units,
    'own.enet': 'block Own(x) {\n  return x\n}\n',
  });
  const place = (label: string) => items.findIndex((item) => item.label === label);
  const others = ['Own', 'Unit', 'Trunk'].map(place);
  for (const known of ['Conv', 'relu', 'MBConv', 'ResNet', 'image']) {
    expect(place(known), known).toBeGreaterThanOrEqual(0);
    expect(place(known), known).toBeLessThan(Math.min(...others));
  }
  expect(others).toEqual([...others].sort((a, b) => a - b));
  expect(items[place('Unit')]).toMatchObject({ kind: 'block', detail: 'import from ./units.enet' });
  expect(items[place('Trunk')]).toMatchObject({ kind: 'model' });
});

test('not offered: what the file has, what would be a cycle, what is not a step', () => {
  const used = `import { Unit } from "./units.enet"\n${body('▮')}`;
  expect(offered({ 'main.enet': used, 'units.enet': units }, 'Unit')[0]?.additionalEdits).toBeUndefined();
  const middle = 'import { Net } from "./main.enet"\nblock Middle(x) {\n  return x -> Net\n}\n';
  const outer = 'import { Middle } from "./middle.enet"\nblock Outer(x) {\n  return x -> Middle\n}\n';
  const cycle = { 'main.enet': body('▮'), 'middle.enet': middle, 'outer.enet': outer, 'units.enet': units };
  expect(offered(cycle, 'Outer')).toEqual([]);
  expect(offered(cycle, 'Middle')).toEqual([]);
  expect(offered(cycle, 'Unit')).toHaveLength(1);
  expect(offered({ 'main.enet': body('▮'), 'a.enet': 'model Empty {\n}\n' }, 'Empty')).toEqual([]);
  const inComment = { 'main.enet': `// ▮\n${body('relu')}`, 'units.enet': units };
  expect(completions(inComment).items).toEqual([]);
});

test('two files with the same name: each with its own import', () => {
  const files = { 'main.enet': body('▮'), 'a.enet': units, 'b.enet': units };
  expect(offered(files, 'Unit').map(({ additionalEdits }) => additionalEdits?.[0]?.newText)).toEqual([
    'import { Unit } from "./a.enet"\n\n',
    'import { Unit } from "./b.enet"\n\n',
  ]);
});

test('what is not saved, renamed or deleted is offered as it is now', () => {
  const files = new Map([
    [`${root}/main.enet`, body('')],
    [`${root}/units.enet`, units],
  ]);
  const ide = createIde(memoryHost(files));
  const labels = () => {
    const { items } = completionAt(ide, `${root}/main.enet`, body('').indexOf('trunk: ') + 'trunk: '.length);
    return items.flatMap(({ label, detail }) => (detail?.includes('./') ? [`${label} ${detail}`] : []));
  };
  expect(labels()).toEqual(['Unit import from ./units.enet', 'Trunk import from ./units.enet']);
  ide.open(`${root}/units.enet`, units.replace('block Unit', 'block Part'));
  expect(labels()).toEqual(['Part import from ./units.enet', 'Trunk import from ./units.enet']);
  ide.close(`${root}/units.enet`);
  files.set(`${root}/moved.enet`, units);
  files.delete(`${root}/units.enet`);
  ide.filesChanged([`${root}/units.enet`, `${root}/moved.enet`]);
  expect(labels()).toEqual(['Unit import from ./moved.enet', 'Trunk import from ./moved.enet']);
});

test('a workspace of very many names: those most like what is typed, and more when more is typed', () => {
  const many = Object.fromEntries(
    Array.from({ length: 400 }, (_, i) => [`part${i}.enet`, `block Part${i}(x) {\n  return x -> relu\n}\n`]),
  );
  const typed = (word: string) => completions({ 'main.enet': body(`${word}▮`), ...many });
  const parts = (word: string) => typed(word).items.filter(({ label }) => label.startsWith('Part'));
  expect(typed('').isIncomplete).toBe(true);
  expect(parts('').length).toBeLessThan(300);
  expect(parts('Part399')[0]?.label).toBe('Part399');
  expect(completions({ 'main.enet': body('▮'), 'units.enet': units }).isIncomplete).toBe(false);
});
