import { expect, test } from 'vitest';
import { documentLinks } from '../../src/ide/features/document-links.ts';
import { foldingRanges } from '../../src/ide/features/folding.ts';
import { linkedEditingRanges } from '../../src/ide/features/references.ts';
import { selectionRanges } from '../../src/ide/features/selection-ranges.ts';
import { stdlib } from '../../src/stdlib.generated.ts';
import { openFixture } from './fixture.ts';

test('folding: imports, comments, declarations and tables', () => {
  const { analysis } = openFixture(`import { ConvBnAct } from "std/blocks"
import { ResNet } from "std/resnet"

/// One line.
/// Another.
model M {
  input image: [3, 32, 32]
  stages: ConvBnAct {
    | channels |
    | 8        |
  }
}
`);
  const { text } = analysis.source;
  const lines = foldingRanges(analysis).map((f) => {
    const line = (offset: number) => text.slice(0, offset).split('\n').length;
    return `${f.kind} ${line(f.start)}-${line(f.end)}`;
  });
  expect(lines).toEqual(['imports 1-2', 'comment 4-5', 'region 6-11', 'region 8-10']);
});

test('folding of broken text stays within it', () => {
  const text = stdlib['std/efficientnet'] as string;
  for (let cut = 0; cut < text.length; cut += 401) {
    const { analysis } = openFixture(text.slice(cut));
    for (const f of foldingRanges(analysis)) {
      expect(f.start).toBeLessThan(f.end);
      expect(f.end).toBeLessThanOrEqual(analysis.source.text.length);
    }
  }
});

test('selections grow from the word to the file', () => {
  const { analysis, offset } = openFixture(`/// Documented.
block B(x, n: int) {
  return x -> conv: Conv(n * 2▮4, 3) -> relu
}
`);
  const { text } = analysis.source;
  const texts = selectionRanges(analysis, offset).map((r) => text.slice(r.start, r.end));
  expect(texts.slice(0, 4)).toEqual(['24', 'n * 24', 'conv: Conv(n * 24, 3)', 'x -> conv: Conv(n * 24, 3) -> relu']);
  expect(texts.at(-2)?.startsWith('/// Documented.')).toBe(true);
  expect(texts.at(-1)).toBe(text);
});

test('selections hold each other at every offset of the library and of broken text', () => {
  for (const text of [stdlib['std/resnet'] as string, 'block B(x {\n return -> \n | a |', '', '\n\n']) {
    const { analysis } = openFixture(text);
    for (let offset = 0; offset <= text.length; offset += 23) {
      const ranges = selectionRanges(analysis, offset);
      ranges.forEach((r, i) => {
        expect(r.start <= offset && offset <= r.end).toBe(true);
        const inner = ranges[i - 1];
        if (inner) expect(r.start <= inner.start && inner.end <= r.end).toBe(true);
      });
    }
  }
});

test('links: imports, arXiv numbers, DOIs and pages', () => {
  const { analysis } = openFixture({
    'main.enet': `import { B } from "./b.enet"
import { C } from "./none.enet"
import { MBConv } from "std/blocks"
// See arXiv:1905.11946v5 (and https://example.org/a_b?c=1), doi 10.1109/CVPR.2016.90.
// arxiv.org/abs/1704.04861
`,
    'b.enet': 'block B(x) { return x -> relu }\n',
  });
  const { text } = analysis.source;
  const links = documentLinks(analysis).map((l) => [text.slice(l.start, l.end), 'url' in l.to ? l.to.url : l.to.path]);
  expect(links).toEqual([
    ['./b.enet', '/space/b.enet'],
    ['std/blocks', 'std/blocks'],
    ['arXiv:1905.11946v5', 'https://arxiv.org/abs/1905.11946v5'],
    ['https://example.org/a_b?c=1', 'https://example.org/a_b?c=1'],
    ['10.1109/CVPR.2016.90', 'https://doi.org/10.1109/CVPR.2016.90'],
    ['arxiv.org/abs/1704.04861', 'https://arxiv.org/abs/1704.04861'],
  ]);
});

test('linked editing: a value and its uses, not what others can name', () => {
  const linked = (text: string) => {
    const { analysis, offset } = openFixture(text);
    return linkedEditingRanges(analysis, offset).length;
  };
  expect(linked('block B(x) {\n  hid▮den = 2\n  return x -> c: Conv(hidden, hidden)\n}\n')).toBe(3);
  expect(linked('block B(x, n▮: int) {\n  return x -> c: Conv(n, n)\n}\n')).toBe(0);
  expect(linked('block B▮(x) { return x -> relu }\n')).toBe(0);
});

test('what folds on one long line is found in time that grows with its length', () => {
  const { analysis } = openFixture(`model M { input image: [3, 32, 32] ${'a: Conv(8, 3) '.repeat(60_000)}}`);
  const start = process.cpuUsage();
  expect(foldingRanges(analysis)).toEqual([]);
  expect(process.cpuUsage(start).user / 1e6).toBeLessThan(3);
});
