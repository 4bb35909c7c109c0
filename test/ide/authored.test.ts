import { expect, test } from 'vitest';
import { authored } from '../../src/ide/docs/authored.ts';
import { completionAt } from '../../src/ide/features/completion/completion.ts';
import { hover } from '../../src/ide/features/hover.ts';
import { signatureHelp } from '../../src/ide/features/signature-help.ts';
import { stdlib } from '../../src/stdlib.generated.ts';
import { openFixture } from './fixture.ts';

test.each([
  ['plain', 'A *block* of `a < b`, [Tan & Le](https://arxiv.org/abs/1905.11946).\n\n- one\n- [C, 1, 1]'],
  ['a fence that is closed', 'So:\n```enet\nx -> Conv(8)\n```\nand on'],
])('what only formats stays: %s', (_, doc) => {
  expect(authored(doc)).toBe(doc);
});

test.each([
  ['[run](command:workbench.action.quit)', '[run&#93;(command:workbench.action.quit)'],
  ['[run](javascript:alert(1))', '[run&#93;(javascript:alert(1))'],
  ['[run](HTTPS://x "title")', '[run&#93;(HTTPS://x "title")'],
  ['![seen](https://x.example/pixel.png)', '![seen&#93;(https://x.example/pixel.png)'],
  [
    '[![seen](https://x.example/p.png)](https://x.example)',
    '[![seen&#93;(https://x.example/p.png)&#93;(https://x.example)',
  ],
  ['[a]: command:x', '[a&#93;: command:x'],
  ['> [a]: command:x', '> [a&#93;: command:x'],
  ['[a][b]', '[a&#93;[b]'],
  ['\\\\](command:x)', '\\\\&#93;(command:x)'],
  ['<img src=x onerror=y>', '&#60;img src=x onerror=y>'],
  ['<command:x>', '&#60;command:x>'],
  ['a <!-- b', 'a &#60;!-- b'],
  ['`a` and ` <b>', '`a` and &#96; &#60;b>'],
  ['`a\n` <b> `', '&#96;a\n` <b> `'],
  ['\\` <b> `', '&#96; &#60;b> &#96;'],
  ['http://x\\` `<b>`', 'http://x&#96; `<b>`'],
  ['http://x`<b>`', 'http://x&#96;&#60;b>&#96;'],
  ['| `a | b` `<b>` |\n|---|---|', '| &#96;a | b` `&#60;b>&#96; |\n|---|---|'],
  ['- ~~~\n- ```', '- &#126;&#126;~\n- &#96;&#96;&#96;'],
  ['red \u001b[31m\u0000\u009bm', 'red [31mm'],
])('what does more is text: %j', (doc, said) => {
  expect(authored(doc)).toBe(said);
});

test.each([
  ['a\n```\n<b>', 'a\n```\n<b>\n```'],
  ['~~~ts x\n```\n[a](command:b)', '````ts\n```\n[a](command:b)\n````'],
  ['```js\n~~~\n    ```\n````\nb', '````js\n~~~\n    ```\n````\nb'],
  ['- a\n  ```\n  <b>\n', '- a\n```\n  <b>\n\n```'],
])('a fence ends where it is said to, or at the end: %j', (doc, said) => {
  expect(authored(doc)).toBe(said);
});

test('the documentation of the library stays as it is', () => {
  const docs = Object.values(stdlib).flatMap((text) => text.match(/(?:^ *\/\/\/.*\n)+/gm) ?? []);
  expect(docs.length).toBeGreaterThan(20);
  for (const doc of docs.map((lines) => lines.replace(/^ *\/\/\/ ?/gm, ''))) expect(authored(doc)).toBe(doc);
});

const hostile = [
  '[go](command:x) <img src=x> ![p](http://y/z.png)',
  '',
  '[r]: javascript:y',
  '',
  '```',
  '[in](command:z)',
];
const doc = (indent: string) => hostile.map((line) => `${indent}/// ${line}\n`).join('');
const text = `// [go](command:x) <img src=x>
import { ConvBnAct } from "std/blocks"
import { Other } from "./[a](command:b).enet"

${doc('')}block Own(
${doc('  ')}  x,
${doc('  ')}  channels: int = 8,
) {
  return x -> ConvBnAct(channels) -> Other(channels: 1)
}

${doc('')}model Net {
${doc('  ')}  param size: int = 8
${doc('  ')}  input image: [3, 32, 32]
${doc('  ')}  stem: Own(size)
${doc('  ')}  table rows {
    | channels |
    | 8        |
  }
  variants {
    | name | size |
    | a    | 8    |
  }
  body: Own { rows }
  head: stem -> Own(channels: size)
}
`;
const other = `// <img src=x>\n${doc('')}block Other(x, channels: int) {\n  return x -> Conv(channels, 1)\n}\n`;

/** What is left of Markdown without what its fences and code spans hold; fails where a fence stays open. */
function outsideOfCode(markdown: string): string {
  const kept: string[] = [];
  let open: string | undefined;
  for (const line of markdown.split('\n')) {
    const mark = /^`{3,}/.exec(line)?.[0];
    if (open === undefined && mark !== undefined) open = mark;
    else if (open !== undefined && line === open) open = undefined;
    else if (open === undefined) kept.push(line.replace(/`[^`]*`/g, ''));
  }
  expect(open).toBeUndefined();
  return kept.join('\n');
}

test('whatever is shown of a spec, no link of it runs anything, nothing is loaded, no fence stays open', () => {
  const { ide, analysis, path } = openFixture({ 'main.enet': `${text}▮`, '[a](command:b).enet': other });
  const shown = new Set<string>();
  const show = (markdown: string | undefined) => markdown !== undefined && shown.add(markdown);
  for (let offset = 0; offset <= text.length; offset++) {
    if (/\w/.test(text[offset] ?? '') && /\w/.test(text[offset - 1] ?? '')) continue;
    show(hover(analysis, offset)?.markdown);
    const help = signatureHelp(analysis, offset);
    show(help?.documentation);
    for (const param of help?.parameters ?? []) show(param.documentation);
    for (const item of completionAt(ide, path, offset).items) show(item.documentation);
  }
  const hostileOnes = [...shown].filter((markdown) => markdown.includes('command:'));
  // the block, its parameters, the model, its parameter, the section, the table, the module, with and without numbers
  expect(hostileOnes.length).toBeGreaterThan(8);
  for (const markdown of shown) {
    const plain = outsideOfCode(markdown);
    expect(plain).not.toMatch(/<[A-Za-z/!?]/);
    expect(plain).not.toMatch(/\](?:\((?!https?:)|\[|:)/);
    expect(plain).not.toMatch(/!\[[^\]]*\]\(/);
  }
});
