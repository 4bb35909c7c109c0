import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { elements, graphTensors, shapeOf } from '../../src/5-graph/graph.ts';
import { compileLibrary } from '../library-points.ts';

interface Reference {
  readonly params: number;
  readonly backbone: number;
  readonly bifpn: number;
  readonly class_net: number;
  readonly box_net: number;
  readonly size: number;
  readonly width: number;
  readonly cells: number;
  readonly head: number;
}

const file = new URL('../reference/efficientdet.json', import.meta.url);
const models: Readonly<Record<string, Reference>> = JSON.parse(readFileSync(file, 'utf8')).models;

function built(options: object) {
  const { graph, point, diagnostics } = compileLibrary('efficientdet', options);
  if (!graph || !point) throw new Error(diagnostics.map((d) => d.message).join());
  return { graph, point };
}

describe.each(Object.entries(models))('%s', (variant, reference) => {
  const { graph, point } = built({ variant });

  test('its parts have the parameters of the reference', () => {
    const parts = { trunk: 0, scales: 0, pyramid: 0, scores: 0, boxes: 0 };
    for (const { tensor } of graphTensors(graph)) {
      if (tensor.trainable) parts[tensor.name.split('.')[0] as keyof typeof parts] += elements(tensor.shape);
    }
    const { trunk, scales, pyramid, scores, boxes } = parts;
    expect({ trunk, fusion: scales + pyramid, scores, boxes }).toEqual({
      trunk: reference.backbone,
      fusion: reference.bifpn,
      scores: reference.class_net,
      boxes: reference.box_net,
    });
    expect(trunk + scales + pyramid + scores + boxes).toBe(reference.params);
  });

  test('resolution, width, cells and heads are those of the reference', () => {
    const value = (name: string) => Number(point.params.find((p) => p.name === name)?.text);
    expect([value('resolution'), value('width'), value('cells'), value('depth')]).toEqual([
      reference.size,
      reference.width,
      reference.cells,
      reference.head,
    ]);
  });

  test('gives scores and boxes for each scale, from stride 8 on', () => {
    const levels = variant === 'd7x' ? 6 : 5;
    const sides = Array.from({ length: levels }, (_, i) => reference.size / 2 ** (3 + i));
    const shapes = graph.outputs.map(({ value }) => shapeOf(graph, value));
    expect(shapes).toEqual([810, 36].flatMap((channels) => sides.map((side) => [channels, side, side])));
  });
});

test('the published rows differ from the formula in width, cells and resolution', () => {
  const other = (phi: number) => built({ phi }).point.alternative?.values;
  expect([0, 1, 3].map(other)).toEqual([{}, {}, {}]);
  expect(other(2)).toEqual({ width: 120 });
  expect(other(4)).toEqual({ width: 216 });
  expect(other(5)).toEqual({ resolution: 1152, cells: 8 });
  expect(other(6)).toEqual({ cells: 9 });
  expect(other(7)).toEqual({ resolution: 1408, trunk_phi: 7, width: 520, cells: 10 });
});
