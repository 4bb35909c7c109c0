import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { changeDocument, openDocument } from '../../src/lsp/documents.ts';

const text = fc.string({ unit: fc.constantFrom('a', 'b', '\n', '\r', '\r\n', 'é', '😀'), maxLength: 30 });
const place = fc.record({ line: fc.nat(6), character: fc.nat(6) });
const ranged = fc.record({
  range: fc.tuple(place, place),
  text: fc.string({ unit: fc.constantFrom('x', '\n', '\r'), maxLength: 3 }),
});
const change = fc.oneof({ weight: 9, arbitrary: ranged }, { weight: 1, arbitrary: fc.record({ text }) });

const paths = { realPath: (path: string) => path, libraryPath: () => undefined };
const textDocument = { uri: 'file:///a.enet', version: 2 };

function opened(text: string) {
  return openDocument({ uri: textDocument.uri, languageId: 'enet', version: 1, text }, paths);
}

type Place = { line: number; character: number };
const isAfter = (a: Place, b: Place) => a.line > b.line || (a.line === b.line && a.character > b.character);

test.each(['as they come', 'from the end to the start'])(
  'changes, %s, are those of the reference implementation of documents',
  (order) => {
    fc.assert(
      fc.property(text, fc.array(change, { maxLength: 6 }), (text, given) => {
        const changes = given.map((c) => {
          if (!('range' in c)) return c;
          const [a, b] = c.range;
          return { text: c.text, range: isAfter(a, b) ? { start: b, end: a } : { start: a, end: b } };
        });
        if (order !== 'as they come') {
          changes.sort((a, b) => ('range' in a && 'range' in b && isAfter(b.range.start, a.range.start) ? 1 : -1));
        }
        // each change made to a new document: one that is updated mistakes a line feed put after a carriage return
        const reference = changes.reduce((before, change) => {
          return TextDocument.update(TextDocument.create(textDocument.uri, 'enet', 1, before), [change], 2).getText();
        }, text);
        const { document } = changeDocument(opened(text), { textDocument, contentChanges: changes }, 'utf-16');
        expect(document.lines.text).toBe(reference);
      }),
      { numRuns: 3000 },
    );
  },
);

test.each([
  [2, []],
  [1, ['version 1 after version 1']],
  [0, ['version 0 after version 1']],
  [-1, ['version -1 after version 1']],
  [1.5, ['a change without a version']],
])(
  'a change to version %d of a document at version 1 is made, and what is wrong with that is said',
  (version, said) => {
    const contentChanges = [{ text: 'new' }];
    const changed = changeDocument(
      opened('old'),
      { textDocument: { ...textDocument, version }, contentChanges },
      'utf-16',
    );
    expect(changed.problems).toEqual(said);
    expect(changed.document).toMatchObject({
      version: Number.isInteger(version) ? version : 1,
      lines: { text: 'new' },
    });
  },
);

test('10,000 changes in one message, as of a word that is replaced in a whole file', () => {
  const lines = 10_000;
  const document = opened('// a line of some length, as tables have them\n'.repeat(lines));
  const contentChanges = Array.from({ length: lines }, (_, i) => {
    const line = lines - 1 - i;
    return { range: { start: { line, character: 3 }, end: { line, character: 4 } }, text: 'the' };
  });
  const start = process.cpuUsage();
  const { document: changed } = changeDocument(document, { textDocument, contentChanges }, 'utf-16');
  const { user, system } = process.cpuUsage(start);
  expect(changed.lines.text).toBe('// the line of some length, as tables have them\n'.repeat(lines));
  expect((user + system) / 1000).toBeLessThan(400);
});
