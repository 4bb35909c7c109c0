import { expect, test } from 'vitest';
import { checkSource } from '../../src/check-source.ts';

const times = (n: number, part: (i: number) => string) => Array.from({ length: n }, (_, i) => part(i)).join('\n');
const row = (i: number) => `    | 1      | ${8 * (1 + (i % 5))} | 3 | ${1 + (i % 3)} |`;
const rows = (n: number) => `{\n    | repeat | channels | kernel | expand |\n${times(n, row)}\n  }`;
const model = (members: string) => `model M {\n  input image: [3, 32, 32]\n  stem: Conv(8, 3)\n${members}\n}\n`;
const mbconv = 'import { MBConv } from "std/blocks"\n';

/** Specs of about n rows or lines. */
const shapes: Readonly<Record<string, (n: number) => string>> = {
  'one table of n rows': (n) => mbconv + model(`  stages: MBConv(act: silu) ${rows(n)}`),
  'n / 10 tables of 10 rows': (n) => mbconv + model(times(n / 10, (i) => `  s${i}: MBConv(act: silu) ${rows(10)}`)),
  'tables by name': (n) => mbconv + model(times(n / 10, (i) => `  table t${i} ${rows(10)}\n  s${i}: MBConv { t${i} }`)),
  'n lines of blocks': (n) =>
    times(
      n / 5,
      (i) =>
        `block B${i}(x, channels: int) {\n  y = x -> a: Conv(channels, 3) -> relu\n  z = y -> b: Conv(channels, 3)\n  return y -> Add(z)\n}`,
    ) + model(times(n / 5, (i) => `  s${i}: B${i}(8)`)),
  'n steps in one chain': (n) => model(`  s: relu${times(n, (i) => ` -> c${i}: Conv(8, 1)`)}`),
  'n values': (n) => model(`  a0 = 8\n${times(n, (i) => `  a${i + 1} = a${i} + 1 - 1`)}\n  s: Conv(a${n}, 1)`),
  'n parameters': (n) =>
    model(`  param p0: int = 8\n${times(n, (i) => `  param p${i + 1}: int = p${i}`)}\n  s: Conv(p${n}, 1)`),
  'n mistakes': (n) => model(times(n, (i) => `  s${i}: Conv(nothing${i}, 1)`)),
};

function median(numbers: number[]): number {
  return numbers.sort((a, b) => a - b)[numbers.length >> 1] as number;
}

function timeOf(text: string): number {
  const start = performance.now();
  checkSource({ name: 'long.enet', text });
  return performance.now() - start;
}

const ratios: string[] = [];

// Medians of alternating runs in one process, so that what the machine does besides hits both alike.
test.each(Object.entries(shapes))('check time grows linearly: %s', { retry: 2, timeout: 300_000 }, (name, shape) => {
  const [short, long] = [shape(1_000), shape(10_000)];
  for (let i = 0; i < 3; i++) timeOf(short);
  const shorts: number[] = [];
  const longs: number[] = [];
  for (let i = 0; i < 3; i++) {
    longs.push(timeOf(long));
    for (let k = 0; k < 3; k++) shorts.push(timeOf(short));
  }
  const ratio = median(longs) / median(shorts);
  ratios.push(
    `${ratio.toFixed(1).padStart(5)} (${median(shorts).toFixed(0)} ms, ${median(longs).toFixed(0)} ms) ${name}`,
  );
  expect(ratio).toBeLessThan(12);
});

test('the ratios', () => {
  console.log(`10,000 against 1,000:\n${ratios.join('\n')}`);
});
