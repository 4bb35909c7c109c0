import { expect, test } from 'vitest';
import { applyEdits, editsByPath } from '../../src/ide/features/edits.ts';
import { editsForMoves } from '../../src/ide/features/file-rename.ts';
import { openFixture, root } from './fixture.ts';

const texts = {
  'net.enet': 'import { A } from "./blocks/a.enet"\nimport { MBConv } from "std/blocks"\n',
  'blocks/a.enet': 'import { B } from "./b.enet"\nblock A(x) { return x -> B }\n',
  'blocks/b.enet': 'block B(x) { return x -> relu }\n',
};

/** The first lines of the files that change. */
function moved(from: string, to: string): Record<string, string> {
  const { ide } = openFixture(texts);
  const edits = editsForMoves(ide, [{ from: `${root}/${from}`, to: `${root}/${to}` }]);
  return Object.fromEntries(
    [...editsByPath(edits)].map(([path, own]) => {
      const name = path.slice(root.length + 1) as keyof typeof texts;
      return [name, applyEdits(texts[name], own).split('\n')[0] ?? ''];
    }),
  );
}

test('a file that moves: who imports it, and what it imports', () => {
  expect(moved('blocks/a.enet', 'a.enet')).toEqual({
    'net.enet': 'import { A } from "./a.enet"',
    'blocks/a.enet': 'import { B } from "./blocks/b.enet"',
  });
  expect(moved('blocks/b.enet', 'blocks/unit.enet')).toEqual({ 'blocks/a.enet': 'import { B } from "./unit.enet"' });
  expect(moved('net.enet', 'models/net.enet')).toEqual({ 'net.enet': 'import { A } from "../blocks/a.enet"' });
});

test('a folder that moves takes its inner imports with it', () => {
  expect(moved('blocks', 'parts/blocks')).toEqual({ 'net.enet': 'import { A } from "./parts/blocks/a.enet"' });
  expect(moved('block', 'other')).toEqual({});
});
