import { expect, test } from 'vitest';
import { semanticTokens } from '../../src/ide/features/semantic-tokens.ts';
import { stdlib } from '../../src/stdlib.generated.ts';
import { openFixture } from './fixture.ts';

function tokensOf(text: string): string[] {
  const { analysis } = openFixture(text);
  return semanticTokens(analysis).map(({ start, length, type, modifiers }) =>
    [text.slice(start, start + length), type, ...modifiers].join(' '),
  );
}

const small = `import { MBConv } from "std/blocks"
/// A block.
block Unit(x, channels: int, act: activation = relu) {
  ys = [y -> act for y in Split(x, 2)]
  return x -> conv: Conv(x.channels, 3) -> act
}
model M { // a family
  param size: int = r(32)
  convention tf
  scaling phi { d = 1.2 ^ phi }
  variants {
    | name | phi | size |
    | a    | 0   | 32   |
  }
  input image: [3, size, size]
  stages: Unit(act: silu) {
    | name | block | channels |
    | c1   |       | w(8)     |
  }
  inner: N(variant: b)
  return logits: stages.c1
}
`;

test('names have the colour of what they mean', () => {
  expect(tokensOf(small).join('\n')).toMatchSnapshot();
});

test.each(Object.keys(stdlib))('tokens of %s are in order, on one line and do not overlap', (name) => {
  const text = stdlib[name] as string;
  const { analysis } = openFixture(text);
  const tokens = semanticTokens(analysis);
  let end = 0;
  for (const { start, length } of tokens) {
    expect(start).toBeGreaterThanOrEqual(end);
    expect(length).toBeGreaterThan(0);
    expect(text.slice(start, start + length)).not.toContain('\n');
    end = start + length;
  }
  // every word of the file has a token: each name of the library means something, but for `_`. Settings of `share` are not names.
  const covered = new Set(tokens.map((t) => t.start));
  const code = text
    .replace(/\/\/.*/g, (comment) => ' '.repeat(comment.length))
    .replace(/"[^"]*"|share\([^)]*\)/g, (s) => ' '.repeat(s.length));
  const bare = [...code.matchAll(/(?<![\w.*])[A-Za-z_][\w.*]*/g)].filter((m) => !covered.has(m.index)).map((m) => m[0]);
  expect(bare.filter((word) => word !== '_')).toEqual([]);
});

test('a range gives the tokens of that range', () => {
  const { analysis } = openFixture(small);
  const all = semanticTokens(analysis);
  const start = small.indexOf('block Unit');
  const end = small.indexOf('model M');
  const part = semanticTokens(analysis, { start, end });
  expect(part).toEqual(all.filter((t) => t.start + t.length >= start && t.start <= end));
});

test('broken text keeps what can be known', () => {
  const tokens = tokensOf('import { MBConv } from "std/blocks"\nblock X( {\n  x -> MBConv(, relu\n}}} block\n');
  expect(tokens).toContain('MBConv function defaultLibrary');
  expect(tokens).toContain('relu enumMember defaultLibrary');
});
