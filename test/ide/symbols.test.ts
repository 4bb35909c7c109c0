import { expect, test } from 'vitest';
import { type DocumentSymbol, documentSymbols } from '../../src/ide/features/symbols.ts';
import { matchScore } from '../../src/ide/features/workspace-symbols.ts';
import { stdlib } from '../../src/stdlib.generated.ts';
import { openFixture, symbolsOf } from './fixture.ts';

function outline(symbols: readonly DocumentSymbol[], indent = ''): string {
  return symbols.map((s) => `${indent}${s.kind} ${s.name}\n${outline(s.children, `${indent}  `)}`).join('');
}

test('the outline of a library model', () => {
  const { analysis } = openFixture(stdlib['std/resnet'] as string);
  const text = outline(documentSymbols(analysis));
  expect(text).toContain('import std/blocks\nblock FirstBottleneck\n  parameter x\n');
  expect(text).toContain('\nmodel ResNet\n  parameter classes\n  parameter resolution\n');
  expect(text).toContain('  variants variants\n    variant resnet18\n');
  expect(text).toContain('  section stages\n    row c2\n    row c3\n');
  expect(text).toContain('weights weights ResNet\n');
});

test('names stand inside of what they name, whatever the text', () => {
  const text = stdlib['std/efficientnet'] as string;
  for (let cut = 0; cut < text.length; cut += 397) {
    const { analysis } = openFixture(text.slice(0, cut));
    const check = (s: DocumentSymbol) => {
      expect(s.place.start).toBeLessThanOrEqual(s.selection.start);
      expect(s.selection.end).toBeLessThanOrEqual(s.place.end);
      expect(s.name).not.toBe('');
      s.children.forEach(check);
    };
    documentSymbols(analysis).forEach(check);
  }
});

test('workspace symbols: letters in their order, the best first, the library last', () => {
  const { ide } = openFixture(
    'block MyConv(x) { return x -> relu }\nmodel Net { input x: [3, 8, 8]\n  stem: MyConv }\n',
  );
  const names = (query: string) => symbolsOf(ide, query).map((s) => s.name);
  expect(names('MBConv')[0]).toBe('MBConv');
  expect(names('mbc')[0]).toBe('MBConv');
  expect(names('myc')).toEqual(['MyConv']);
  expect(names('effv2')).toContain('EfficientNetV2');
  expect(names('zzz')).toEqual([]);
  expect(names('')[0]).toBe('Net');
  expect(matchScore('nt', 'Net')).toBeDefined();
  expect(matchScore('tn', 'Net')).toBeUndefined();
});
