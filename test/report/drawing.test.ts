import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createDiagram } from '../../src/report/drawing/diagram.ts';
import { drawDot } from '../../src/report/drawing/dot.ts';
import { layOut } from '../../src/report/drawing/layers.ts';
import type { Edge } from '../../src/report/drawing/layout.ts';
import { drawMermaid } from '../../src/report/drawing/mermaid.ts';
import { drawSvg } from '../../src/report/drawing/svg.ts';
import { fitText, fitTextEnd, textLength } from '../../src/report/drawing/text-metrics.ts';
import { build } from '../language/build.ts';
import { processorTime } from '../processor-time.ts';
import { efficientNet, maker, nasLike, resNet } from './sample-graphs.ts';

/** Fails unless every element that opens closes, in order. */
function expectWellFormed(svg: string): void {
  const open: string[] = [];
  for (const [, close, name, self] of svg.matchAll(/<(\/?)([a-z]+)(?:\s[^<>]*?)?(\/?)>/gi)) {
    if (close) expect(open.pop()).toBe(name);
    else if (!self) open.push(name as string);
  }
  expect(open).toEqual([]);
  expect(svg.replace(/<[^<>]*>/g, '')).not.toMatch(/[<>]/);
  expect(svg).not.toMatch(/&(?!(amp|lt|gt|quot);)/);
}

describe('the inside of a block', () => {
  test('MBConv: the fullest block, with what others lack marked', () => {
    const [figure] = createDiagram(efficientNet()).blocks;
    expect(figure?.units.map((u) => [u.label, u.details, u.optional])).toEqual([
      ['input', '', false],
      ['Conv 1×1', 'BN · SiLU', true],
      ['DWConv k×k /s', 'BN · SiLU', false],
      ['GlobalAvgPool', '', false],
      ['Conv 1×1', 'SiLU', false],
      ['Conv 1×1', 'Sigmoid', false],
      ['×', '', false],
      ['Conv 1×1', 'BN', false],
      ['+', '', true],
      ['output', '', false],
    ]);
    expect(figure?.edges).toContainEqual([0, 8]);
    expect(figure?.edges).toContainEqual([2, 6]);
  });

  test('a bottleneck has its shortcut convolution, dashed', () => {
    const [figure] = createDiagram(resNet()).blocks;
    expect(figure?.units.filter((u) => u.optional).map((u) => u.label)).toEqual(['Conv 1×1 /s']);
  });

  test('labelled steps of a large block become one box each; both inputs are there', () => {
    const [figure] = createDiagram(nasLike()).blocks;
    expect(figure?.units.filter((u) => u.kind === 'group').map((u) => u.label)).toEqual([
      'adjust',
      'fit',
      'a_left',
      'a_right',
      'b_left',
      'b_right',
      'e_left',
    ]);
    expect(figure?.units.filter((u) => u.kind === 'port').map((u) => u.label)).toEqual([
      'input 2',
      'input 1',
      'output',
    ]);
    expect(figure?.units.find((u) => u.label === 'a_left')?.details).toBe('DWConv 5×5\nConv 1×1\n(2 times)');
  });
});

describe('what stands outside of tables', () => {
  const text = `
block Neck(a, b, channels: int) {
  p = a -> one: Conv(channels, 3) -> relu -> two: Conv(channels, 3, dilation: 2) -> silu
  return p -> Add(b) -> mix: Conv(channels, 1)
}
block Cell(new, old, channels: int) {
  return new -> left: Conv(channels, 3) -> Add(old -> right: Conv(channels, 1)), new
}
model Detector {
  input image: [3, 64, 64]
  stem: Conv(16, 3, 2)
  body: conv: Conv(16, 3) -> units: Conv {
    | channels | kernel | stride |
    | 16       | 3      | 2      |
    | 16       | 3      | 1      |
  } -> relu -> fit: Conv(16, 1)
  cells: Cell(body, body) {
    | channels |
    | 16       |
    | 16       |
  }
  last, _ = cells
  neck: Neck(last, body, channels: 16)
  maps = [neck, stem -> down: Conv(16, 3, 2)]
  scores = [map -> score: Conv(9, 3) for map in maps]
  return a: scores[0], b: scores[1], c: body, d: body, e: body, f: neck, g: scores[1]
}
`;
  const { graph } = build(text);
  const diagram = createDiagram(graph);

  test('is a stage of its own: heads under their names, what is before and behind a table', () => {
    expect(diagram.stages.map(({ id }) => id)).toEqual([
      'stem',
      'body',
      'body.units.0',
      'body.units.1',
      'body.relu',
      'cells.0',
      'cells.1',
      'neck',
      'down',
      'score.0',
      'score.1',
    ]);
    const chain = diagram.edges.filter(({ from, to }) => to <= 5 && to === from + 1).map(({ from }) => from);
    expect(chain).toEqual([-1, 0, 1, 2, 3, 4]);
    expect(diagram.edges.every(({ from, to }) => from < to)).toBe(true);
  });

  test('a block keeps its name where its ops are many; dilation and activations are there', () => {
    const neck = diagram.stages.find(({ id }) => id === 'neck');
    expect([neck?.title, neck?.details]).toEqual(['Neck', '3×3 · dilation 2 · ReLU, SiLU']);
    expect(diagram.stages[0]).toMatchObject({ title: 'Conv 3×3', details: 'stride 2' });
  });

  test("a cell's inputs have the names of its parameters", () => {
    const cell = diagram.blocks.find(({ operator }) => operator === 'Cell');
    expect(cell?.units.flatMap((u) => (u.kind === 'port' ? [u.label] : []))).toEqual(['new', 'old', 'output']);
  });

  test('outputs are a list, one per line, and not over the boxes', () => {
    const svg = drawSvg(diagram);
    expectWellFormed(svg);
    expect(svg).not.toContain('b, g');
    // two fit between boxes, of three the first and how many more; at the foot each has its line
    for (const line of ['>c<', '>and 2 more<', '>b  9 × 16 × 16<', '>g  9 × 16 × 16<']) expect(svg).toContain(line);
  });
});

test('a block of thousands of ops and a network of thousands of stages are drawn in bounded time', () => {
  const m = maker();
  const image = m.input(3, 8);
  let x = image;
  m.place = { section: 'a', row: '0', block: 0, operator: 'Big' };
  for (let i = 0; i < 2000; i++) x = m.plain({ kind: 'add' }, 'a.0.0', m.conv(x, `a.0.0.c${i}`, 3, 3), image);
  for (let i = 1; i < 3000; i++) {
    m.place = { section: 'a', row: String(i), block: 0, operator: 'Small' };
    x = m.conv(x, `a.${i}.0.conv`, 3, 3);
  }
  const graph = m.graph('G', ['y', x]);
  const start = processorTime();
  const diagram = createDiagram(graph);
  expect(diagram.blocks[0]?.units.map((u) => u.label)).toEqual(['input', '4000 ops', 'output']);
  expect(drawSvg(diagram).length).toBeGreaterThan(100_000);
  expect(processorTime() - start).toBeLessThan(10_000);
});

describe('the diagram', () => {
  test('has a tensor between neighbours, one for each that passes stages by, and the taps', () => {
    const m = maker();
    const image = m.input(3, 8);
    m.place = { section: 'a' };
    const a = m.conv(image, 'a', 4);
    m.place = { section: 'b' };
    const b = m.conv(a, 'b', 8);
    m.place = { section: 'c' };
    const c = m.concat('c', b, a, image);
    const diagram = createDiagram(m.graph('G', ['mid', b], ['out', c]));
    expect(diagram.edges.map((e) => [e.from, e.to, e.shape[0]])).toEqual([
      [-1, 0, 3],
      [0, 1, 4],
      [1, 2, 8],
      [0, 2, 4],
      [-1, 2, 3],
    ]);
    expect(diagram.taps.map((t) => [t.name, t.from])).toEqual([
      ['mid', 1],
      ['out', 2],
    ]);
  });
});

describe('layout', () => {
  /** Graphs as blocks are: vertex 0 is the input, the last the output, and every other lies between. */
  const graphs = fc.integer({ min: 2, max: 18 }).chain((count) =>
    fc.array(fc.tuple(fc.nat(count - 1), fc.nat(count - 1)), { maxLength: 40 }).map((pairs) => {
      const edges = new Map<string, Edge>();
      const add = (a: number, b: number) => a < b && edges.set(`${a} ${b}`, [a, b]);
      for (const [a, b] of pairs) add(Math.min(a, b), Math.max(a, b));
      for (let v = 1; v < count; v++) if (![...edges.values()].some(([, to]) => to === v)) add(v - 1, v);
      for (let v = 0; v < count - 1; v++) if (![...edges.values()].some(([from]) => from === v)) add(v, count - 1);
      return { count, edges: [...edges.values()] };
    }),
  );

  test('no two units share a place, no edge runs over a unit or along another edge', () => {
    fc.assert(
      fc.property(graphs, ({ count, edges }) => {
        const { layer, lane, edgeLane } = layOut(Array(count).fill(1), edges);
        const cells = new Map<string, string>();
        const take = (l: number, y: number, by: string) => {
          const key = `${l} ${y}`;
          expect(cells.get(key) ?? by).toBe(by);
          cells.set(key, by);
        };
        for (let v = 0; v < count; v++) take(lane[v]!, layer[v]!, `unit ${v}`);
        edges.forEach(([from, to], i) => {
          expect(layer[from]).toBeLessThan(layer[to]!);
          const l = edgeLane[i];
          if (layer[to]! - layer[from]! > 1) expect(l).toBeDefined();
          if (l !== undefined) for (let y = layer[from]! + 1; y < layer[to]!; y++) take(l, y, `edge ${i}`);
        });
      }),
      { numRuns: 300 },
    );
  });
});

describe('text', () => {
  test('is cut to its room', () => {
    for (const text of ['', 'stages.4', 'W'.repeat(1000), '宽'.repeat(50)]) {
      expect(textLength(fitText(text, 60, 11), 11)).toBeLessThanOrEqual(60);
      expect(textLength(fitTextEnd(text, 60, 11), 11)).toBeLessThanOrEqual(60);
    }
    expect(fitTextEnd('a.very.long.path.to.stage.7', 60, 11)).toMatch(/^….*stage\.7$/);
  });
});

describe('formats', () => {
  const hostile = () => {
    const m = maker();
    let x = m.input(3, 32);
    for (let i = 0; i < 60; i++) {
      m.place = { section: '<script>alert("&")</script>', row: `${i}\u0000"\\\n`, block: 0, operator: `B${i % 9}<b>` };
      x = m.convBnAct(x, `p.${i}`, 8, 3, 1, 1, 'relu');
    }
    return createDiagram(m.graph('A "model" \\ <b>&amp;', ['out<1>\u0007', x]));
  };

  test('SVG is well-formed, whole, and the same each time', () => {
    for (const diagram of [efficientNet(), resNet(), nasLike()].map((g) => createDiagram(g))) {
      const svg = drawSvg(diagram);
      expectWellFormed(svg);
      expect(svg).not.toMatch(/NaN|undefined|Infinity|-\d+" height|https?:(?!\/\/www\.w3\.org\/2000\/svg)/);
      expect(drawSvg(diagram)).toBe(svg);
    }
    expect(drawSvg(createDiagram(efficientNet()))).toMatchSnapshot();
  });

  test('two columns, tensors that pass stages by within and between them, wide names', () => {
    const m = maker();
    const image = m.input(3, 8);
    let x = image;
    const kept = [image];
    for (let i = 0; i < 30; i++) {
      m.place = {
        section: i === 3 ? '宽的段落' : `s${i}`,
        row: '0',
        block: 0,
        operator: i < 2 ? '宽'.repeat(12) : 'Small',
      };
      x = m.conv(x, `s${i}.0.conv`, 4, 3);
      if (i % 7 === 5) x = m.concat(`s${i}.0.join`, x, kept.at(-2) ?? image, kept[0] as typeof image);
      kept.push(x);
    }
    const svg = drawSvg(createDiagram(m.graph('宽 G', ['y', x])));
    expectWellFormed(svg);
    expect(svg).toMatchSnapshot();
  });

  test('names from a file are text in every format', () => {
    const diagram = hostile();
    const svg = drawSvg(diagram);
    expectWellFormed(svg);
    expect(svg).not.toContain('<script');
    const dot = drawDot(diagram);
    expect(dot.replace(/"(\\.|[^"\\])*"/g, '').replaceAll('->', '')).not.toMatch(/["<>\u0000]/);
    const mermaid = drawMermaid(diagram);
    expect(mermaid).not.toMatch(/<(?!br\/>)|\\|\u0000/);
    expect(
      mermaid.split('\n').every((line) => (line.match(/"/g)?.length ?? 0) % 2 === 0 || line.startsWith('%%')),
    ).toBe(true);
  });

  test('Mermaid and DOT of ResNet', () => {
    const diagram = createDiagram(resNet([1, 1]));
    expect(drawMermaid(diagram)).toMatchSnapshot();
    expect(drawDot(diagram)).toMatchSnapshot();
  });
});

test('a long section is told by the blocks that it calls; a norm without an op before it is named', () => {
  const { graph } = build(`block Pair(x, channels: int) {
  return x -> a: Conv(channels, 3) -> relu -> b: Conv(channels, 3)
}

model Net {
  input image: [3, 32, 32]
  head: pair: Pair(8) -> twice: Pair(8) -> last: Conv(4, 1) -> Upsample(2) -> GlobalAvgPool
  scaled = head -> Normalise -> Mul(2)
  gate = relu(scaled)
  return gate
}`);
  expect(createDiagram(graph).stages.map(({ title, details }) => [title, details])).toEqual([
    ['2 × Pair, Conv 1×1, Upsample ×2, …', '3×3 · ReLU'],
    ['L2 norm, ×2', ''],
    ['ReLU', ''],
  ]);
});
