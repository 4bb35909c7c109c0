import { expect, test } from 'vitest';
import { formatBytes, formatCount, formatExact, formatFactor, formatRatio } from '../../src/report/format-number.ts';
import { summarize } from '../../src/report/summary.ts';
import { summaryText } from '../../src/report/summary-text.ts';
import { renderTable } from '../../src/report/text-table.ts';
import { efficientNet, maker, nasLike, resNet } from './sample-graphs.ts';

test('the summary of EfficientNet-B0 is Table 1 of the paper', () => {
  expect(summaryText(summarize(efficientNet()))).toMatchSnapshot();
  const { stages } = summarize(efficientNet());
  expect(stages.map((s) => s.id)).toEqual([
    'stem',
    ...[0, 1, 2, 3, 4, 5, 6].map((i) => `stages.${i}`),
    'head',
    'classifier',
  ]);
  expect(stages.slice(1, 8).map((s) => [s.operator, s.kernels, s.stride, s.output[0], s.repeats, s.expand])).toEqual([
    ['MBConv', [3], 1, 16, 1, [1]],
    ['MBConv', [3], 2, 24, 2, [6]],
    ['MBConv', [5], 2, 40, 2, [6]],
    ['MBConv', [3], 2, 80, 3, [6]],
    ['MBConv', [5], 1, 112, 3, [6]],
    ['MBConv', [5], 2, 192, 4, [6]],
    ['MBConv', [3], 1, 320, 1, [6]],
  ]);
  expect(stages[2]).toMatchObject({ input: [16, 112, 112], output: [24, 56, 56], squeeze: [4, 6] });
});

test('stages add up to the totals', () => {
  for (const graph of [efficientNet(1.1, 1.2, 260), resNet(), nasLike()]) {
    const { stages, totals } = summarize(graph);
    for (const name of ['params', 'buffers', 'macs', 'activationBytes'] as const) {
      expect(stages.reduce((sum, s) => sum + s[name], 0)).toBe(totals[name]);
    }
    expect(Math.max(...stages.map((s) => s.peakBytes))).toBe(totals.peakBytes);
  }
});

test('a stride is against the most reduced input, and expansion needs a narrow end', () => {
  const stages = summarize(resNet()).stages;
  expect(stages.map((s) => s.stride)).toEqual([4, 1, 2, 2, 2, 1, 1]);
  expect(stages[1]).toMatchObject({ operator: 'Bottleneck', repeats: 3, expand: [1, 0.25], squeeze: [] });
  expect(stages[0]).toMatchObject({ operator: 'Conv 7×7, MaxPool 3×3', kernels: [7, 3] });
  expect(stages[5]).toMatchObject({ operator: 'GlobalAvgPool', kernels: [] });

  const m = maker();
  const image = m.input(8, 16);
  m.place = { section: 'down' };
  const half = m.conv(image, 'down', 8, 3, 2);
  m.place = { section: 'join' };
  const joined = m.concat('join', m.conv(half, 'join.a', 8, 3), m.conv(image, 'join.b', 8, 3, 2));
  expect(summarize(m.graph('G', ['y', joined])).stages.map((s) => s.stride)).toEqual([2, 1]);
});

test('numbers are written with three digits and a unit', () => {
  expect([0, 7, 999, 999.6, 1000, 5288548, 385814752, 1e18].map(formatCount)).toEqual([
    '0',
    '7',
    '999',
    '1.00 k',
    '1.00 k',
    '5.29 M',
    '386 M',
    '1000 P',
  ]);
  expect([0, 1023, 1024, 121353616].map(formatBytes)).toEqual(['0 B', '1023 B', '1.00 KiB', '116 MiB']);
  expect(formatExact(1234567)).toBe('1,234,567');
  expect([1.6, 2.48832, 0.1 + 0.2].map((n) => formatFactor(n))).toEqual(['1.6', '2.488', '0.3']);
  expect([formatRatio(2, 3), formatRatio(0, 3), formatRatio(3, 0), formatRatio(2, 2)]).toEqual(['×1.5', '', '', '']);
});

test('a table leaves empty columns out and shows no control characters', () => {
  const columns = [{ title: 'a' }, { title: 'empty' }, { title: 'n', align: 'right' }] as const;
  const rows = [
    ['x\x1b[31m', '', '1'],
    ['y\n', '', '100'],
  ];
  expect(renderTable(columns, rows)).toBe('a         n\n───────────\nx␛[31m    1\ny␊      100\n');
});
