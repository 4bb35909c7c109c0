import { expect, test } from 'vitest';
import { createDocument } from '../../src/ide/core/document.ts';

test('a text whose every declaration changes at once is read in time that grows with its length', () => {
  const text = (kernel: number) => {
    const blocks = Array.from({ length: 8000 }, (_, i) => `block A${i}(x) {\n  return x -> Conv(8, ${kernel})\n}\n`);
    return blocks.join('');
  };
  const before = createDocument({ name: 'a', text: text(1) });
  const start = process.cpuUsage();
  const after = createDocument({ name: 'a', text: text(3) }, before);
  expect(process.cpuUsage(start).user / 1e6).toBeLessThan(5);
  expect(after.pieces).toHaveLength(8000);
});
