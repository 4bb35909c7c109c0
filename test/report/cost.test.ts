import { describe, expect, test } from 'vitest';
import { totalCost } from '../../src/5-graph/cost.ts';
import { activationMemory } from '../../src/5-graph/memory.ts';
import { fieldSize, receptiveFields } from '../../src/5-graph/receptive-field.ts';
import { efficientNet, maker, resNet } from './sample-graphs.ts';

describe('cost', () => {
  test('of EfficientNet-B0 and B1 is that of the published networks', () => {
    expect(totalCost(efficientNet())).toMatchObject({ params: 5288548, buffers: 42016, macs: 385814752 });
    expect(totalCost(efficientNet(1, 1.1, 240))).toMatchObject({ params: 7794184 });
  });

  test('of ResNet-50', () => {
    expect(totalCost(resNet())).toMatchObject({ params: 25557032, buffers: 53120, macs: 4089184256 });
  });

  test('grouped convolutions divide, dropout costs nothing', () => {
    const m = maker();
    const x = m.conv(m.input(8, 4), 'a', 8, 3, 1, 4);
    const y = m.plain({ kind: 'dropPath', rate: 0.5 }, 'a', m.plain({ kind: 'dropout', rate: 0.5 }, 'a', x));
    const cost = totalCost(m.graph('G', ['y', y]));
    expect(cost).toEqual({
      params: 8 * 2 * 9,
      buffers: 0,
      macs: 8 * 16 * 2 * 9,
      activations: 8 * 16,
      activationBytes: 8 * 16 * 4,
    });
  });
});

describe('receptive field', () => {
  test('of ResNet-50 whose 3x3 convolutions stride: 427 at stride 32', () => {
    const graph = resNet();
    const fields = receptiveFields(graph);
    const last = graph.nodes.findLastIndex((n) => n.op.kind === 'add');
    expect(fieldSize(fields[last]!)).toBe(427);
    expect(fields[last]!.stride).toBe(32);
  });

  test('a gate does not make it the whole image, a global pool does', () => {
    const graph = efficientNet();
    const fields = receptiveFields(graph);
    const last = graph.nodes.findLastIndex((n) => n.path === 'head' && n.op.kind === 'activation');
    expect(fieldSize(fields[last]!)).toBe(851);
    expect(fieldSize(fields.at(-1)!)).toBe(851 + 6 * 32);
  });

  test('joins paths that are shifted against each other', () => {
    const m = maker();
    const x = m.input(4, 8);
    const odd = m.node({ kind: 'pad', pads: { top: -1, left: -1, bottom: 1, right: 1 } }, 'a', [x], [[4, 8, 8]]);
    const even = m.pool(x, 'a', 'avgPool', 1, 2);
    const y = m.concat('a', even, m.pool(odd, 'a', 'avgPool', 1, 2));
    expect(receptiveFields(m.graph('G', ['y', y])).at(-1)).toEqual({ first: 0, last: 1, stride: 2 });
  });

  test('dilation reaches further', () => {
    const m = maker();
    const x = m.input(1, 9);
    const pads = { top: 2, left: 2, bottom: 2, right: 2 };
    m.node(
      { kind: 'maxPool', window: { kernel: [3, 3], stride: [1, 1], dilation: [2, 2], pads } },
      'a',
      [x],
      [[1, 9, 9]],
    );
    expect(receptiveFields(m.graph('G'))[1]).toEqual({ first: -2, last: 2, stride: 1 });
  });
});

describe('activation memory', () => {
  test('a chain holds input and output; pointwise ops work in place', () => {
    const m = maker();
    const x = m.input(1, 8); // 256 bytes
    let y = m.conv(x, 'a', 2, 3); // 512
    y = m.act(m.bn(y, 'a.bn'), 'a', 'relu'); // in place
    y = m.conv(y, 'b', 1, 3); // 256
    const memory = activationMemory(m.graph('G', ['y', y]));
    expect(memory.live).toEqual([256, 768, 512, 512, 768]);
    expect(memory).toMatchObject({ peak: 768, peakNode: 1 });
  });

  test('a shortcut keeps its tensor alive, and an output is never freed', () => {
    const m = maker();
    const x = m.input(1, 8);
    const a = m.conv(x, 'a', 1, 3);
    const b = m.act(a, 'a', 'relu'); // a is needed below: not in place
    const c = m.plain({ kind: 'add' }, 'a', b, a);
    const d = m.plain({ kind: 'dropout', rate: 0.1 }, 'a', c); // c itself
    const e = m.conv(d, 'b', 1, 3);
    expect(activationMemory(m.graph('G', ['e', e], ['c', c])).live).toEqual([256, 512, 512, 512, 256, 512]);
  });
});
