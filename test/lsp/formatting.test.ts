import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { applyEdits } from '../../src/ide/features/edits.ts';
import { formatDocument } from '../../src/ide/features/formatting.ts';
import { enetc, folder } from '../cli/fake-io.ts';
import { openFixture } from '../ide/fixture.ts';

/** `enetc fmt` and the language server agree on what is formatted, whatever ends the lines and whatever begins the file. */

const canonical = 'block B(x) {\n  return x -> relu\n}\n\nblock C(x) {\n  return x -> B\n}\n';
const crooked = 'block B(x) {\n    return x->relu\n}\nblock C(x) { return x -> B }';
const mark = '\ufeff';
const endings: Readonly<Record<string, (text: string) => string>> = {
  LF: (text) => text,
  'CR LF': (text) => text.replaceAll('\n', '\r\n'),
  CR: (text) => text.replaceAll('\n', '\r'),
  both: (text) => text.replace('\n', '\r\n'),
};
const cases = Object.entries(endings).flatMap(([name, end]) =>
  [canonical, crooked].flatMap((text) => [end(text), mark + end(text)].map((bytes): [string, string] => [name, bytes])),
);

test.each(cases)('lines that end with %s: %j', async (_, text) => {
  const cwd = folder({ 'm.enet': text });
  const check = await enetc(['fmt', '--check', 'm.enet'], { cwd });
  await enetc(['fmt', 'm.enet'], { cwd });
  const formatted = readFileSync(join(cwd, 'm.enet'), 'utf8');
  expect(check.code === 0).toBe(formatted === text);
  // editors keep the mark of a file to themselves; one that sends it gets it back
  for (const opened of [text, text.replace(mark, '')]) {
    const edits = formatDocument(openFixture(opened).analysis);
    expect(applyEdits(opened, edits)).toBe(opened === text ? formatted : formatted.replace(mark, ''));
    expect(edits.length === 0).toBe(check.code === 0);
  }
});
