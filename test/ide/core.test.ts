import { expect, test } from 'vitest';
import { documentDiagnostics } from '../../src/ide/features/diagnostics.ts';
import { mainPath, openFixture } from './fixture.ts';

const small = `block Unit(x, channels: int) {
  return x -> conv: Conv(channels, 3)
}

/// What is built.
model M {
  param width: int = 8
  input image: [3, 16, 16]
  stem: Unit(wid▮th)
  return stem
}
`;

test('a document is known by its path, its cursor by its declaration', () => {
  const { analysis, offset } = openFixture(small);
  expect(analysis.diagnostics).toEqual([]);
  const at = analysis.declarationAt(offset);
  expect(at.node?.kind).toBe('model');
  expect(at.source.text.slice(at.offset - 3, at.offset + 2)).toBe('width');
  const { span } = at.node!;
  const place = analysis.locate(span);
  expect(place.path).toBe(mainPath);
  expect(analysis.source.text.slice(place.start, place.start + 7)).toBe('model M');
});

test('a network is built at the point asked for', () => {
  const { analysis } = openFixture(small);
  expect(analysis.network('M')?.graph.nodes.length).toBe(2);
  expect(analysis.network('M', { set: { width: '24' } })?.graph.nodes.at(-1)?.shapes[0]).toEqual([24, 16, 16]);
  expect(analysis.network('N')).toBeUndefined();
});

test('diagnostics stand where the document says', () => {
  const { analysis } = openFixture(small.replace('wid▮th)', 'widht)'));
  const d = documentDiagnostics(analysis).find(({ code }) => code === 'unknown-name');
  expect(analysis.source.text.slice(d?.start, d?.end)).toBe('widht');
  expect(d?.fixes[0]?.edits[0]).toEqual({ path: mainPath, start: d?.start, end: d?.end, newText: 'width' });
});

test('who imports a file is known', () => {
  const { ide } = openFixture({
    'main.enet': 'import { A } from "./a.enet"\nmodel M { input x: [3, 8, 8]\n  s: A\n  return s }\n',
    'a.enet': 'block A(x) { return x -> relu }\n',
    'b.enet': 'import { MBConv } from "std/blocks"\n',
  });
  expect(ide.filesImporting('/space/a.enet')).toEqual([mainPath]);
  expect(ide.filesImporting('std/blocks')).toEqual(['/space/b.enet']);
});
