import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { linesOf, offsetAt, positionAt } from '../../src/lsp/lines.ts';

const text = fc.string({ unit: fc.constantFrom('a', '\n', '\r', '\r\n', 'é', '漢', '😀', ' '), maxLength: 40 });

test('positions are those of the reference implementation of documents', () => {
  fc.assert(
    fc.property(text, (text) => {
      const lines = linesOf(text);
      const document = TextDocument.create('file:///a', 'enet', 1, text);
      for (let offset = -1; offset <= text.length + 1; offset++) {
        expect(positionAt(lines, offset, 'utf-16')).toEqual(document.positionAt(offset));
      }
      for (let line = 0; line <= lines.starts.length; line++) {
        for (const character of [0, 1, 2, 5, 100]) {
          expect(offsetAt(lines, { line, character }, 'utf-16')).toBe(document.offsetAt({ line, character }));
        }
      }
    }),
  );
});

test('characters of UTF-8 positions are bytes', () => {
  fc.assert(
    fc.property(text, (text) => {
      const lines = linesOf(text);
      for (let offset = 0; offset <= text.length; offset++) {
        const wide = positionAt(lines, offset, 'utf-16');
        const start = lines.starts[wide.line] as number;
        const before = text.slice(start, start + wide.character);
        // an offset within a surrogate pair is not a place in UTF-8
        if (/[\ud800-\udbff]$/.test(before)) continue;
        const narrow = positionAt(lines, offset, 'utf-8');
        expect(narrow).toEqual({ line: wide.line, character: Buffer.byteLength(before) });
        expect(offsetAt(lines, narrow, 'utf-8')).toBe(offsetAt(lines, wide, 'utf-16'));
      }
    }),
  );
});

test('bytes of a long line are counted once, not for each of its words', () => {
  const line = 'é漢 a😀 |'.repeat(200_000);
  const lines = linesOf(`x\n${line}\n`);
  const start = process.cpuUsage();
  for (let character = 0; character < line.length; character += 40) {
    const position = positionAt(lines, character + 2, 'utf-8');
    if (character % 80_000 !== 0) continue;
    expect(position.character).toBe(Buffer.byteLength(line.slice(0, character)));
    expect(offsetAt(lines, position, 'utf-8')).toBe(character + 2);
  }
  expect(process.cpuUsage(start).user / 1e6).toBeLessThan(3);
});

test.each([
  [{ line: -1, character: 3 }, 0],
  [{ line: 0, character: -1 }, 0],
  [{ line: 0, character: 99 }, 2],
  [{ line: 99, character: 0 }, 5],
  [{ line: 0.5, character: 1.5 }, 1],
  [{ line: Number.NaN, character: 1 }, 0],
])('a position outside of the text is the nearest place in it: %o', (position, offset) => {
  expect(offsetAt(linesOf('ab\ncd'), position, 'utf-16')).toBe(offset);
});
