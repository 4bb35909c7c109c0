import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { keywords } from '../../grammar/tokens.ts';

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
