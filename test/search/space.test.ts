import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { buildGraph } from '../../src/5-graph/build.ts';
import { compile } from '../../src/compile.ts';
import { emptyHost } from '../../src/host.ts';
import { partsOfSpace } from '../../src/search/algorithms/space-parts.ts';
import { costsOf } from '../../src/search/costs.ts';
import { createCounter } from '../../src/search/space/counter.ts';
import { discoverSpace } from '../../src/search/space/discover.ts';
import { drawCandidates } from '../../src/search/space/draw.ts';
import { createSampler, eachEncoding } from '../../src/search/space/sample.ts';
import { restrictSpace, settleChoices } from '../../src/search/space/settle.ts';
import { settingsOf, spaceSize } from '../../src/search/space/space.ts';
import { randomState } from '../../src/weights/random.ts';
import { enetc, folder } from '../cli/fake-io.ts';
import { lines } from '../language/build.ts';

const mnasnet = readFileSync(new URL('../samples/mnasnet-space.enet', import.meta.url), 'utf8');

/** A space of few networks: a row that may be left out, a block that lacks a parameter, two options that round to one. */
const small = (rest = '', channels = 'round(12 * {1, 1.1, 2}, 8)') => `import { ConvBnAct, MBConv } from "std/blocks"

model Small {
  input image: [3, 32, 32]
  stem: ConvBnAct(8, kernel: 3, stride: 2)
  stages: MBConv {
    | block               | repeat | channels    | kernel | stride | expand |
    | {MBConv, ConvBnAct} | 1      | ${channels} | 3      | 2      | {2, 3} |
    | {MBConv, ConvBnAct} | {0, 2} | 16          | {3, 5} | 1      | {2, 4} |
  }
  head: GlobalAvgPool
  classifier: Linear(10)
${rest}}
`;

const opened = new Map<string, ReturnType<typeof openAnew>>();

/** A space with its counter, which knows from one test to the next. */
function open(text: string) {
  const known = opened.get(text) ?? openAnew(text);
  opened.set(text, known);
  return known;
}

function openAnew(text: string) {
  const source = { name: 'space.enet', text };
  const { model } = compile(source);
  const { space, diagnostics } = discoverSpace(model!, {});
  expect(diagnostics).toEqual([]);
  return { source, model: model!, space: space!, counter: createCounter(model!, {}, space!) };
}

const graphOf = ({ model, space }: ReturnType<typeof open>, encoding: readonly number[]) =>
  buildGraph(model, { set: settingsOf(space, encoding) }).graph!;

describe('how large a space is', () => {
  test("MnasNet's, by hand: 72 rows of MBConv, 18 of each other block; a repeat less in the last", () => {
    const { space } = open(mnasnet);
    expect(space.decisions).toHaveLength(36);
    expect(spaceSize(space)).toEqual({ encodings: 216n ** 5n * 144n, networks: 108n ** 5n * 72n });
  });

  test('a row that is left out leaves its other choices unused', () => {
    const { space } = open(small());
    // first row: (2 + 1) * 3; second: none, or 2 kernels with (2 + 1)
    expect(spaceSize(space)).toEqual({ encodings: 2n * 3n * 2n * 2n * 2n * 2n * 2n, networks: 9n * 7n });
    expect([...eachEncoding(space)]).toHaveLength(63);
  });

  test('settled choices make it smaller, and wrong ones are named', () => {
    const { space } = open(small());
    const { space: half } = restrictSpace(space, { 'stages.1.repeat': '2', 'stages.1.block': 'ConvBnAct' });
    expect(spaceSize(half).networks).toBe(9n * 2n);
    const [wrong] = restrictSpace(space, { 'stages.1.kernel': '7' }).diagnostics;
    expect(wrong?.message).toBe('--set stages.1.kernel: 7 is not one of its choices: 3, 5');
  });
});

/** Two rows that may each be left out, and agree on kernel and width where they are there. */
const agreeing = `import { ConvBnAct, MBConv } from "std/blocks"

model Agreeing {
  input image: [3, 32, 32]
  stem: ConvBnAct(8, kernel: 3, stride: 2)
  stages: MBConv {
    | block               | repeat | channels                    | kernel         | stride | expand |
    | {MBConv, ConvBnAct} | {0, 1} | round(16 * {wide: 1, 2}, 8) | {kernel: 3, 5} | 2      | {3, 6} |
    | {MBConv, ConvBnAct} | {0, 2} | round(24 * {wide: 1, 2}, 8) | {kernel: 3, 5} | 1      | {3, 6} |
  }
  head: GlobalAvgPool
  classifier: Linear(10)
}
`;

describe('choices that share a name', () => {
  test('are counted once, and matter where any of their rows is there', () => {
    const { space } = open(agreeing);
    expect(space.decisions.map(({ key }) => key).filter((key) => !key.includes('.'))).toEqual(['wide', 'kernel']);
    // neither row; one of them: width, kernel and 3 blocks; both: width, kernel and 3 blocks each
    expect(spaceSize(space)).toEqual({ encodings: 2n ** 8n, networks: 1n + 2n * 12n + 36n });
    expect(partsOfSpace(space).sizes).toEqual([61]);
  });

  test('every candidate is counted as its own build is, from pieces', () => {
    const opened = open(agreeing);
    for (const encoding of eachEncoding(opened.space)) {
      const counted = opened.counter.count(encoding);
      expect('costs' in counted && counted.costs).toEqual(costsOf(graphOf(opened, encoding)));
    }
    expect(opened.counter.built).toBeLessThan(61);
  });

  test('are settled in all of their cells', () => {
    const opened = open(agreeing);
    for (const encoding of [...eachEncoding(opened.space)].filter((_, i) => i % 10 === 0)) {
      const { text, diagnostics } = settleChoices(opened.source, emptyHost, opened.space, encoding);
      expect(diagnostics).toEqual([]);
      const built = compile({ name: 'net.enet', text: text! });
      expect(lines(built.graph!)).toEqual(lines(graphOf(opened, encoding)));
    }
  });
});

describe('counting', () => {
  test.each([
    ['a chain of pieces', mnasnet, 30],
    ['rows left out', small(), 63],
    [
      'a section that reads another',
      small('  both: stem -> GlobalAvgPool -> out: Linear(10)\n  sum: Add(classifier, both)\n'),
      30,
    ],
  ])('%s: put together from pieces as built whole', (_, text, count) => {
    const opened = open(text);
    const draw = createSampler(opened.space);
    const random = randomState(3, 'test');
    // first what the pieces are learned from
    for (let i = 0; i < 150; i++) opened.counter.count(draw(random));
    for (let i = 0; i < count; i++) {
      const encoding = draw(random);
      expect(opened.counter.count(encoding)).toMatchObject({ costs: costsOf(graphOf(opened, encoding)) });
    }
  });

  test('few candidates of a chain are built', () => {
    const { space, counter } = open(mnasnet);
    const { candidates } = drawCandidates(space, counter, 2000, 0, {});
    expect(candidates).toHaveLength(2000);
    expect(counter.built).toBeLessThan(900);
  });

  const withHead = (head: string, rest = '') => small(rest).replace('stages: MBConv {', `stages: ${head} {`);

  test('numbers of blocks that reach rates alone leave a chain a chain', () => {
    const counted = mnasnet.replace('stages: MBConv {', 'stages: MBConv(drop: 0.2 * index / count) {');
    expect(counted).not.toBe(mnasnet);
    const opened = open(counted);
    const { space, counter } = opened;
    const { candidates } = drawCandidates(space, counter, 2000, 0, {});
    expect(counter.built).toBeLessThan(900);
    for (const { encoding, costs } of candidates.slice(-20)) {
      expect(costs).toEqual(costsOf(graphOf(opened, encoding)));
    }
  });

  test.each([
    ['the channels', withHead('MBConv(expand: 2 + index)')],
    [
      'a rate that is a choice too',
      small()
        .replace('| expand |', '| drop           |')
        .replaceAll(/\{2, [34]\} \|/g, '0.1 * {1, 2} * index |'),
    ],
    [
      'a block of a parameter',
      withHead('unit(drop: 0.1 * index / count)').replace('  input', '  param unit: block = MBConv\n  input'),
    ],
    [
      'a condition of the block',
      `${withHead('Odd(drop: 0.1 * index / count)').replaceAll('{MBConv, ConvBnAct}', '{Odd, ConvBnAct}')}
block Odd(x, channels: int, kernel: size = 3, stride: size = 1, expand: real = 2, drop: real = 0) {
  return x
    -> a: ConvBnAct(channels, kernel, stride)  if drop > 0.04
    -> b: MBConv(channels, kernel, stride, expand)  if drop <= 0.04
}
`,
    ],
  ])('a network is built each time where numbers of blocks reach %s', (_, text) => {
    const { space, counter } = open(text);
    expect(drawCandidates(space, counter, 40, 0, {}).looked).toBe(counter.built);
  });
});

describe('the spaces of the papers', () => {
  const example = (name: string) =>
    open(readFileSync(new URL(`../../examples/${name}/${name}.enet`, import.meta.url), 'utf8'));

  test("MnasNet's has 432 choices a block, of which those without layers are one", () => {
    const { space } = example('mnasnet-space');
    expect(spaceSize(space)).toEqual({ encodings: 432n ** 7n, networks: 289n * 432n ** 5n * 289n });
  });

  test("TuNAS's has 6.6e17 networks: a row that repeats no times is no block", () => {
    const { space, counter } = example('proxylessnas-space');
    expect(spaceSize(space).networks).toBe(3n * 6n ** 6n * 7n ** 15n);
    expect(drawCandidates(space, counter, 500, 0, {}).candidates).toHaveLength(500);
    expect(counter.built).toBeLessThan(60);
  });

  test.each(['mnasnet-space', 'proxylessnas-space'])(
    '%s: counted by pieces as built, and settled as plain specs',
    (name) => {
      const opened = example(name);
      const { candidates } = drawCandidates(opened.space, opened.counter, 3, 1, {});
      for (const { encoding, costs } of candidates) {
        expect(costs).toEqual(costsOf(graphOf(opened, encoding)));
        const { text: plain, diagnostics } = settleChoices(opened.source, emptyHost, opened.space, encoding);
        expect(diagnostics).toEqual([]);
        expect(lines(compile({ name: 'plain.enet', text: plain! }).graph!)).toEqual(lines(graphOf(opened, encoding)));
      }
    },
  );
});

describe('drawing', () => {
  test('no network twice: those that differ in what is rounded alike are one', () => {
    const opened = open(small());
    const { candidates, repeated } = drawCandidates(opened.space, opened.counter, 1000, 0, {});
    const layers = (encoding: number[]) =>
      JSON.stringify(
        graphOf(opened, encoding).nodes.map(({ op, path, tensors }) => [op, path, tensors.map((t) => t.shape)]),
      );
    const built = new Set([...eachEncoding(opened.space)].map(layers));
    expect(candidates).toHaveLength(built.size);
    expect(repeated).toBe(63 - built.size);
    expect(built.size).toBe(6 * 7);
  });

  test('the same seed draws the same, all networks being equally likely', () => {
    const { space, counter } = open(mnasnet);
    const first = drawCandidates(space, counter, 50, 7, {});
    expect(drawCandidates(space, counter, 50, 7, {})).toEqual(first);
    expect(drawCandidates(space, counter, 50, 8, {}).candidates).not.toEqual(first.candidates);
    const block = space.decisions.findIndex(({ key }) => key === 'stages.1.block');
    const draw = createSampler(space);
    const random = randomState(1, 'test');
    let convolutions = 0;
    for (let i = 0; i < 6000; i++) if (draw(random)[block] === 0) convolutions++;
    // 72 of 108 networks have an MBConv there
    expect(convolutions / 6000).toBeCloseTo(2 / 3, 1);
  });

  test('budgets hold', () => {
    const { space, counter } = open(mnasnet);
    const { candidates, over } = drawCandidates(space, counter, 100, 0, { macs: 250e6, params: 4e6 });
    expect(candidates).toHaveLength(100);
    expect(over).toBeGreaterThan(20);
    for (const { costs } of candidates) expect(costs.macs <= 250e6 && costs.params <= 4e6).toBe(true);
  });
});

describe('a settled spec', () => {
  test.each([
    ['MnasNet', mnasnet],
    ['rows left out', small()],
  ])('%s: is plain, and builds the candidate', (_, text) => {
    const opened = open(text);
    const { candidates } = drawCandidates(opened.space, opened.counter, 8, 5, {});
    for (const { encoding } of candidates) {
      const { text: plain, diagnostics } = settleChoices(opened.source, emptyHost, opened.space, encoding);
      expect(diagnostics).toEqual([]);
      const compiled = compile({ name: 'plain.enet', text: plain! });
      expect(compiled.diagnostics).toEqual([]);
      expect(lines(compiled.graph!)).toEqual(lines(graphOf(opened, encoding)));
    }
  });

  test('a table that is used twice takes one setting', () => {
    const twice = `import { ConvBnAct } from "std/blocks"

model Twice {
  table rows {
    | repeat | channels | kernel |
    | 1      | 8        | {3, 5} |
  }
  input image: [3, 16, 16]
  a: ConvBnAct { rows }
  b: ConvBnAct { rows }
}
`;
    const { source, space } = open(twice);
    const kernels = (encoding: number[]) => settleChoices(source, emptyHost, space, encoding);
    expect(kernels([1, 1]).text).toContain('| 5      |');
    expect(kernels([0, 1]).diagnostics.map(({ code }) => code)).toEqual(['choices-differ']);
  });
});

describe('enetc search', () => {
  test('counts, samples, and writes a network that compiles', async () => {
    const cwd = folder({ 'small.enet': small() });
    const counted = await enetc(['search', '--count'], { cwd });
    expect(counted).toMatchObject({ code: 0, err: '' });
    expect(counted.out).toContain('Small: 7 decisions, 192 encodings, 63 networks');
    const asked = ['search', 'small.enet', '--sample', '5', '--seed', '2', '--set', 'stages.1.repeat=2', '--json'];
    const sampled = JSON.parse((await enetc([...asked, '--pick', '3', '-o', 'net'], { cwd })).out);
    expect(sampled.candidates).toHaveLength(5);
    expect(sampled.written).toBe('net.enet');
    const third = sampled.candidates[2];
    expect(third.choices['stages.1.repeat']).toBe('2');
    const { totals } = JSON.parse((await enetc(['summary', 'net.enet', '--json'], { cwd })).out);
    expect(totals).toMatchObject({ params: third.params, macs: third.macs, peakBytes: third.memory });
    expect(readFileSync(join(cwd, 'net.enet'), 'utf8')).not.toContain('{MBConv');
    expect((await enetc([...asked, '-o', 'net'], { cwd })).err).toContain("'net.enet' exists; --force overwrites it");
  });

  test('a choice that is settled by its name is out of the space, and in what is written', async () => {
    const cwd = folder({ 'agreeing.enet': agreeing });
    const set = ['--set', 'wide=2', '--set', 'stages.0.repeat=1'];
    const { out } = await enetc(['search', '--count', ...set, '--sample', '1', '-o', 'net'], { cwd });
    // two kernels, three blocks, and the second row left out or one of three blocks
    expect(out).toContain('64 encodings, 24 networks');
    expect(readFileSync(join(cwd, 'net.enet'), 'utf8')).toContain('round(16 * 2, 8)');
  });

  test('says what it cannot do', async () => {
    const cwd = folder({ 'small.enet': small() });
    expect((await enetc(['search'], { cwd })).err).toContain('search needs --data');
    expect((await enetc(['search', '--count', '-o', 'x'], { cwd })).err).toContain('--output needs --sample');
    const none = await enetc(['search', 'efficientnet', '--count'], { cwd });
    expect(none).toMatchObject({ code: 1, err: expect.stringContaining("no-choices]: 'EfficientNet' has no choices") });
    const wrong = await enetc(['search', 'small.enet', '--count', '--set', 'stages.1.kernel=9'], { cwd });
    expect(wrong).toMatchObject({ code: 1, err: expect.stringContaining('not one of its choices: 3, 5') });
    const absent = await enetc(['search', 'small.enet', '--sample', '3', '--table', 'absent.json'], { cwd });
    expect(absent).toMatchObject({
      code: 1,
      err: "error: 'absent.json' cannot be read: there is no such file or folder\n",
    });
  });
});
