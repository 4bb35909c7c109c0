import fc from 'fast-check';
import { expect, test } from 'vitest';
import { format } from '../../src/1-parse/format.ts';
import { parse } from '../../src/1-parse/parse.ts';
import { mutatedSample, validText } from '../parse/arbitrary.ts';
import { plain } from '../parse/plain.ts';

const runs = Number(process.env.ENET_RUNS ?? 400);

function commentsOf(text: string): string[] {
  const { ast } = parse({ name: 'x', text });
  return ast.comments.map((c) => c.text.trimEnd()).sort();
}

function check(text: string): void {
  const first = parse({ name: 'x', text });
  const result = format({ name: 'x', text });
  if (first.diagnostics.length > 0) {
    // Limits of the tree are not syntax errors: such a text may be formatted still.
    if (result.diagnostics.length > 0) expect(result.text).toBe(text);
    return;
  }
  expect(result.diagnostics).toEqual([]);
  const second = parse({ name: 'x', text: result.text });
  expect(second.diagnostics).toEqual([]);
  expect(plain(second.ast)).toEqual(plain(first.ast));
  expect(commentsOf(result.text)).toEqual(commentsOf(text));
  expect(format({ name: 'x', text: result.text }).text).toBe(result.text);
  // a document's line ends are those of its first line
  const lines = /^[^\n]*\r\n/.test(result.text) ? result.text.replaceAll('\r\n', '\n') : result.text;
  expect(lines).not.toMatch(/[ \t\r]\n|\n\n\n|^\n|\ufeff/);
  if (result.text !== '') expect(result.text.endsWith('\n')).toBe(true);
}

test('formatting random texts of the grammar keeps meaning and comments, and is idempotent', () => {
  fc.assert(fc.property(validText, check), { numRuns: runs });
});

test('the same for mutated samples that still parse', () => {
  fc.assert(fc.property(mutatedSample, check), { numRuns: runs });
});
