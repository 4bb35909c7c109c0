import { expect, test } from 'vitest';
import { createIde } from '../../src/ide/core/create-ide.ts';
import { documentDiagnostics } from '../../src/ide/features/diagnostics.ts';
import { mainPath, memoryHost, openFixture, root } from './fixture.ts';

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

test('a point has its network also where another was found to have none', () => {
  const { analysis } = openFixture(`model M {
  param width: int = 8
  variants {
    | name | width     |
    | bad  | 10 ^ 308 * 10 |
  }
  input image: [3, 16, 16]
  stem: Conv(width, 3)
}
`);
  const before = analysis.network('M')?.graph.nodes.length;
  expect(before).toBe(2);
  expect(analysis.diagnostics.map((d) => d.code)).toEqual(['not-finite']);
  expect(analysis.network('M')?.graph.nodes.length).toBe(before);
  expect(analysis.network('M', { variant: 'bad' })).toBeUndefined();
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

test('a key in one document costs the others nothing; what they import costs those that import it', () => {
  const files = new Map([
    [mainPath, small.replace('▮', '')],
    [`${root}/a.enet`, 'import { B } from "./b.enet"\nblock A(x) {\n  return x -> B\n}\n'],
    [`${root}/b.enet`, 'block B(x) {\n  return x -> relu\n}\n'],
    [`${root}/c.enet`, 'import { C } from "./missing.enet"\nblock D(x) {\n  return x -> C\n}\n'],
  ]);
  const host = memoryHost(files);
  let asked = 0;
  const counted = {
    ...host,
    resolvePath: (from: string, path: string) => {
      asked++;
      return host.resolvePath(from, path);
    },
  };
  const ide = createIde(counted);
  const all = () => ['a', 'b', 'c'].map((name) => ide.analysis(`${root}/${name}.enet`));
  const before = all();
  asked = 0;
  ide.change(mainPath, small.replace('▮', 'x'));
  const [a, b, c] = all();
  expect([a, b, c].every((analysis, i) => analysis !== undefined && analysis === before[i])).toBe(true);
  expect(asked).toBe(0);

  ide.open(`${root}/b.enet`, 'block B(x) {\n  return x -> silu\n}\n');
  expect(ide.analysis(`${root}/a.enet`)).not.toBe(a);
  expect(ide.analysis(`${root}/c.enet`)).toBe(c);
  ide.open(`${root}/missing.enet`, 'block C(x) {\n  return x -> relu\n}\n');
  expect(c?.diagnostics.map(({ code }) => code)).toContain('file-not-found');
  expect(ide.analysis(`${root}/c.enet`)?.diagnostics).toEqual([]);
  ide.close(`${root}/missing.enet`);
  expect(ide.analysis(`${root}/c.enet`)?.diagnostics.map(({ code }) => code)).toContain('file-not-found');
});
