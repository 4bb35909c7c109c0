import type { TokenType } from 'chevrotain';
import { expect, test } from 'vitest';
import { tokenize } from '../../grammar/lexer.ts';
import { tokensAfter } from '../../grammar/parser.ts';
import { createIde } from '../../src/ide/core/create-ide.ts';
import { completionAt } from '../../src/ide/features/completion/completion.ts';
import type { CompletionItem } from '../../src/ide/features/completion/item.ts';
import { stdlib } from '../../src/stdlib.generated.ts';
import { memoryHost, root } from './fixture.ts';

const specs = Object.entries(stdlib);
const path = `${root}/main.enet`;

/** A generator of numbers below one, the same in every run. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function opened(text: string): (offset: number) => readonly CompletionItem[] {
  const ide = createIde(memoryHost(new Map()));
  ide.open(path, text);
  return (offset) => completionAt(ide, path, offset).items;
}

/** Whether the grammar allows what an item puts in, after the whole text before it, nothing of it left out. */
function isAllowed(before: string, item: CompletionItem, known: Map<string, boolean>): boolean {
  const text = `${before}${item.insertText}`;
  const { tokens } = tokenize(`${text}${item.kind === 'row' ? '\n' : ' x'}`);
  if (item.kind !== 'row') tokens.pop();
  const first = tokens.findIndex(({ endOffset }) => (endOffset as number) >= before.length);
  const key = tokens
    .slice(first)
    .map(({ tokenType }) => tokenType.name)
    .join(' ');
  let allowed = known.get(key);
  if (allowed === undefined) {
    allowed = tokens.slice(first).every(({ tokenType }, i) => {
      const next = tokensAfter(tokens.slice(0, first + i));
      return next.some(({ nextTokenType }) => matches(tokenType, nextTokenType));
    });
    known.set(key, allowed);
  }
  return allowed;
}

function matches(type: TokenType, expected: TokenType): boolean {
  return type === expected || (type.CATEGORIES ?? []).includes(expected);
}

function checkList(items: readonly CompletionItem[], text: string, offset: number): void {
  for (const { replace, sortText, label } of items) {
    const holds =
      replace.start <= offset && offset <= replace.end && !text.slice(replace.start, replace.end).includes('\n');
    expect(holds, `${label} replaces ${replace.start}-${replace.end} at ${offset}`).toBe(true);
    expect(sortText).toMatch(/^\d{4}$/);
  }
  expect(items.filter(({ preselect }) => preselect).length).toBeLessThanOrEqual(1);
}

test.each(specs)('%s: what is offered is what the grammar allows there', (_name, text) => {
  const random = numbers(7);
  const at = opened(text);
  for (let i = 0; i < 60; i++) {
    const offset = Math.floor(random() * text.length);
    const items = at(offset);
    checkList(items, text, offset);
    const known = new Map<string, boolean>();
    for (const item of items) {
      if (item.isSnippet) continue;
      const before = text.slice(0, item.replace.start);
      expect(isAllowed(before, item, known), `'${item.label}' after ...${JSON.stringify(before.slice(-80))}`).toBe(
        true,
      );
    }
  }
});

test.each(specs)('%s cut off anywhere: the same, and the same again', (_name, text) => {
  const random = numbers(11);
  for (let i = 0; i < 12; i++) {
    const cut = text.slice(0, Math.floor(random() * text.length));
    const items = opened(cut)(cut.length);
    checkList(items, cut, cut.length);
    expect(opened(cut)(cut.length)).toEqual(items);
    const known = new Map<string, boolean>();
    for (const item of items) {
      if (item.isSnippet) continue;
      const before = cut.slice(0, item.replace.start);
      expect(isAllowed(before, item, known), `'${item.label}' after ...${JSON.stringify(before.slice(-80))}`).toBe(
        true,
      );
    }
  }
});

const pieces = [
  '{',
  '}',
  '(',
  ')',
  '[',
  ']',
  '|',
  ',',
  ':',
  '=',
  '->',
  '\n',
  '"',
  '.',
  '*',
  'if',
  'model ',
  'block ',
  'for',
  'x',
  '3',
  '//',
  '\n\n',
  '#',
];

test('mutated texts: never throws, and what is replaced is around the cursor', () => {
  const random = numbers(3);
  for (let i = 0; i < 150; i++) {
    let [, text] = specs[i % specs.length] as [string, string];
    for (let edits = 1 + Math.floor(random() * 4); edits > 0; edits--) {
      const start = Math.floor(random() * text.length);
      const put = pieces[Math.floor(random() * pieces.length)] as string;
      text = `${text.slice(0, start)}${put}${text.slice(start + Math.floor(random() ** 3 * 40))}`;
    }
    const at = opened(text);
    for (let j = 0; j < 8; j++) {
      const offset = Math.floor(random() * (text.length + 1));
      const items = at(offset);
      checkList(items, text, offset);
      expect(at(offset)).toEqual(items);
    }
  }
});
