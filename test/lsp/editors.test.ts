import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { keywords } from '../../grammar/tokens.ts';
import { stdlib } from '../../src/stdlib.generated.ts';
import { startHere, uriOf, workspace } from './client.ts';

const read = (path: string) => readFileSync(new URL(`../../editors/${path}`, import.meta.url), 'utf8');

test('Neovim colours the words of the language', () => {
  const lines = read('neovim/syntax/enet.vim').match(/^syntax keyword enet\w+ .*$/gm) ?? [];
  expect(lines.flatMap((line) => line.split(' ').slice(3)).sort()).toEqual([...keywords].sort());
});

test('Emacs colours the words of the language', () => {
  const text = read('emacs/enet-mode.el');
  const list = /\(defconst enet-keywords\s+'\(([^)]*)\)/.exec(text)?.[1] ?? '';
  const words = [...list.matchAll(/"(\w+)"/g)].map((m) => m[1] as string);
  expect([...words, 'true', 'false'].sort()).toEqual([...keywords].sort());
});

test('the hover of docs/editors.md is the real one', async () => {
  const text = stdlib['std/efficientnet'] as string;
  const root = workspace({ 'efficientnet.enet': text });
  const uri = uriOf(root, 'efficientnet.enet');
  const client = await startHere(root, { initializationOptions: { settings: { scaling: 'b5' } } });
  await client.open(uri, text);
  const lines = text.slice(0, text.indexOf('w(80)')).split('\n');
  const position = { line: lines.length - 1, character: (lines.at(-1)?.length ?? 0) + 1 };
  const hover = await client.connection.sendRequest('textDocument/hover', { textDocument: { uri }, position });
  await client.stop();
  const page = readFileSync(new URL('../../docs/editors.md', import.meta.url), 'utf8');
  const shown = /<!-- hover -->\n\n([\s\S]*?)\n\n<!-- end -->/.exec(page)?.[1] ?? 'nothing';
  const { value } = (hover as { contents: { value: string } }).contents;
  const plain = (s: string) => s.replace(/^(?:> ?|---)/gm, '').replace(/\n+/g, '\n');
  expect(plain(value)).toContain(plain(shown));
});
