import { expect, test } from 'vitest';
import { scatterFile } from '../../src/study/report/scatter.ts';

test('the legend of a plot lies below its points, inside the picture', () => {
  const points = [
    { x: 1, y: 0.5, title: 'low' },
    { x: 9, y: 0.9, title: 'high' },
  ];
  const axis = { name: 'n', format: String };
  const svg = scatterFile({
    title: 't',
    x: axis,
    y: axis,
    series: [
      { name: 'a long name', points },
      { name: 'front', color: 1, joined: true, points },
    ],
  });
  const [, height = 0] = /viewBox="0 0 \d+ (\d+)"/.exec(svg)?.map(Number) ?? [];
  const marks = [...svg.matchAll(/<circle [^>]*cx="([\d.]+)" cy="([\d.]+)"[^>]*\/>/g)].map(([, x, y]) => [
    Number(x),
    Number(y),
  ]);
  const plotted = [...svg.matchAll(/cy="([\d.]+)"[^/]*><title>/g)].map(([, y]) => Number(y));
  expect(plotted).toHaveLength(4);
  expect(marks).toHaveLength(2);
  for (const [, y = 0] of marks) {
    expect(y).toBeGreaterThan(Math.max(...plotted) + 40);
    expect(y).toBeLessThan(height - 5);
  }
  expect(marks[1]![0]! - marks[0]![0]!).toBeGreaterThan('a long name'.length * 5 + 10);
});
