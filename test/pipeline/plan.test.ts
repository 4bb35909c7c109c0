import { describe, expect, test } from 'vitest';
import { compile } from '../../src/compile.ts';
import { type PipelinePlan, type PlanOptions, planPipeline } from '../../src/pipeline/plan.ts';
import { trainingWork } from '../../src/pipeline/work.ts';
import { stdlib } from '../../src/stdlib.generated.ts';
import { enetc, folder } from '../cli/fake-io.ts';

const tiny = `model Net {
  input image: [3, 32, 32]
  stem: Conv(8, 3, bias: false) -> bn: BatchNorm -> relu
  a: Conv(16, 3) -> Dropout(0.5) -> MaxPool(2)
  b: a -> left: Conv(16, 1) -> Add(a -> AvgPool(3, stride: 1, padding: 1))
  head: GlobalAvgPool
  classifier: Linear(10)
}
`;

const library = (name: string, variant?: string) =>
  compile({ name, text: stdlib[`std/${name}`] as string }, { ...(variant && { variant }) }).graph!;

function planned(text: string, options: PlanOptions): PipelinePlan {
  const { graph, diagnostics } = compile({ name: 'net.enet', text });
  expect(diagnostics).toEqual([]);
  const plan = planPipeline(graph!, options);
  if ('problem' in plan) throw new Error(JSON.stringify(plan));
  return plan;
}

describe('the work of a step', () => {
  const { ops, values } = trainingWork(compile({ name: 'net.enet', text: tiny }).graph!);
  const op = (path: string) => ops.find(({ node }) => node.path === path)!;

  test('is that of its kernels, forward and backward', () => {
    const macs = 3 * 9 * 8 * 32 * 32;
    expect(op('stem').forward).toEqual([{ macs, imageBytes: 4 * (3 * 32 * 32 + 8 * 32 * 32), fixedBytes: 4 * 8 * 27 }]);
    // Nothing before the first convolution trains: its input's gradient is not made.
    expect(op('stem').backward.map((kernel) => kernel.macs)).toEqual([macs]);
    expect(op('a').backward.map((kernel) => kernel.macs)).toEqual([16 * 8 * 9 * 1024, 16 * 8 * 9 * 1024, 0]);
    expect(op('classifier').params).toBe(16 * 10 + 10);
  });

  test('keeps what gradients read, as PyTorch does', () => {
    const kept = values.filter(({ firstKeeper }) => firstKeeper !== Number.POSITIVE_INFINITY);
    const sizes = (path: string) => kept.filter((value) => value.path === path).map(({ bytes }) => bytes);
    expect(sizes('stem')).toEqual([4 * 8 * 1024]);
    expect(sizes('stem.relu')).toEqual([4 * 8 * 1024]);
    // the mask of the dropout is of booleans, and its output is the pool's input
    expect(sizes('a.dropout')).toEqual([16 * 1024, 4 * 16 * 1024]);
    // 64-bit indices, and the values that the convolution and the average pool read
    expect(sizes('a.max_pool').sort((x, y) => x - y)).toEqual([4 * 16 * 256, 8 * 16 * 256]);
  });
});

test('an activation whose gradient reads its output here keeps its input, if PyTorch does', () => {
  const kept = (call: string) => {
    const text = `model Net {\n  input image: [3, 8, 8]\n  a: Conv(4, 3) -> ${call}\n  b: Conv(5, 1)\n}\n`;
    const { values } = trainingWork(compile({ name: 'net.enet', text }).graph!);
    const found = values.filter(({ firstKeeper }) => firstKeeper !== Number.POSITIVE_INFINITY);
    return found.map(({ path, bytes }) => `${path} ${bytes / 256}`);
  };
  expect(kept('relu')).toEqual(['image 3', 'a.relu 4']);
  expect(kept('leaky_relu')).toEqual(['image 3', 'a 4', 'a.leaky_relu 4']);
  // written as a clamp, which keeps the line that it is given
  expect(kept('hardsigmoid(0.2)')).toEqual(['image 3', 'a.hardsigmoid 4', 'a.hardsigmoid 4']);
});

test('a value that skips a stage is handed through it', () => {
  const plan = planned(
    `model Net {
  input image: [3, 16, 16]
  a: Conv(4, 3)
  b: Conv(4, 3)
  c: Conv(4, 3)
  sum: c -> Add(a)
}
`,
    { stages: 3, batch: 4, microBatches: 2, cuts: ['b', 'c'] },
  );
  const names = plan.stages.map(({ handsOver }) => handsOver.map(({ path, passes }) => `${path}${passes ? '*' : ''}`));
  expect(names).toEqual([['a'], ['a*', 'b'], []]);
  expect(plan.stages[1]!.handsOver[0]).toMatchObject({ shape: [4, 16, 16], bytes: 2 * 4 * 4 * 256 });
});

test('uses of a shared step stay in one stage', () => {
  const graph = library('efficientdet', 'd0');
  const { ops, mayCut } = trainingWork(graph);
  const plan = planPipeline(graph, { stages: 3, batch: 8, microBatches: 4 });
  if ('problem' in plan) throw new Error(plan.problem);
  const owners = new Map<string, Set<number>>();
  let at = 0;
  plan.stages.forEach((stage, i) => {
    for (const { node } of ops.slice(at, at + stage.ops)) {
      if (node.tensors.length === 0) continue;
      const owner = node.owner ?? node.path;
      owners.set(owner, (owners.get(owner) ?? new Set()).add(i));
    }
    at += stage.ops;
  });
  expect(at).toBe(ops.length);
  expect(mayCut.slice(1)).toContain(false);
  expect([...owners.values()].every((stages) => stages.size === 1)).toBe(true);
});

describe('a plan', () => {
  const graph = library('efficientnet', 'b0');
  const plan = (options: Partial<PlanOptions>) => planPipeline(graph, { stages: 4, batch: 64, ...options });
  const whole = (options: Partial<PlanOptions>) => {
    const made = plan(options);
    if ('problem' in made) throw new Error(JSON.stringify(made));
    return made;
  };

  test('has a time whose parts add up, and takes the fastest number of micro-batches', () => {
    const best = whole({});
    const { work, imbalance, recomputation, bubble, links } = best.parts;
    expect(work + imbalance + recomputation + bubble + links).toBeCloseTo(best.seconds, 12);
    for (const microBatches of [1, 2, 4, 8, 16, 32, 64]) {
      expect(best.seconds).toBeLessThanOrEqual(whole({ microBatches }).seconds * (1 + 1e-9));
    }
  });

  test('keeps within the memory, recomputes where it has to, and says how much it takes at least', () => {
    const free = whole({ microBatches: 8 });
    const most = Math.max(...free.stages.map(({ memory }) => memory.total));
    expect(free.stages.some(({ recompute }) => recompute)).toBe(false);
    const tight = whole({ microBatches: 8, memory: most * 0.6 });
    expect(tight.stages.some(({ recompute }) => recompute)).toBe(true);
    for (const { memory } of tight.stages) expect(memory.total).toBeLessThanOrEqual(most * 0.6);
    const none = plan({ microBatches: 8, memory: 1e6 });
    if (!('problem' in none) || none.problem !== 'memory') throw new Error('it fits');
    expect('problem' in plan({ microBatches: 8, memory: none.least * 0.999 })).toBe(true);
    expect('problem' in plan({ microBatches: 8, memory: none.least * 1.001 })).toBe(false);
  });

  test('takes measured times: a part that is measured to be slower gets smaller stages', () => {
    const asked = { microBatches: 8 };
    const before = whole(asked);
    const seconds = { 'stages.6': 10, stem: { forward: 1e-6, backward: 1e-6 } };
    const after = whole({ ...asked, times: { images: 8, seconds } });
    expect(after.seconds).toBeGreaterThan(before.seconds);
    const opsOfLast = ({ stages }: PipelinePlan) => stages.at(-1)!.ops;
    expect(opsOfLast(after)).toBeLessThan(opsOfLast(before));
  });

  test('whose stages cannot be cut says why', () => {
    expect(plan({ stages: 1000 })).toMatchObject({ problem: 'cuts' });
    expect(plan({ cuts: ['stages.3', 'stages.2', 'head'] })).toEqual({ problem: 'path', path: 'stages.2' });
    expect(plan({ cuts: ['stages.3', 'stages.9', 'head'] })).toEqual({ problem: 'path', path: 'stages.9' });
  });
});

describe('enetc pipeline', () => {
  const run = (argv: string[], cwd = folder({ 'net.enet': tiny })) => enetc(['pipeline', 'net.enet', ...argv], { cwd });

  test('prints a plan and draws it', async () => {
    const cwd = folder({ 'net.enet': tiny });
    const argv = ['--stages', '2', '--batch', '8', '--micro-batches', '4', '-o', 'plan.svg'];
    const { code, out } = await run(argv, cwd);
    expect(code).toBe(0);
    expect(out).toMatch(/^Net · 2 stages, 1F1B, 8 images in 4 micro-batches\n/);
    expect(out).toMatch(/\nlimited by /);
    const { readFileSync } = await import('node:fs');
    const svg = readFileSync(`${cwd}/plan.svg`, 'utf8');
    expect(svg.match(/<rect [^>]*fill="#d6e8f5" stroke="#0072b2"/g)).toHaveLength(2 * 4 + 1);
    expect(svg.match(/<rect [^>]*fill="#fbe3cf" stroke="#c45500"/g)).toHaveLength(2 * 4 + 1);
    expect((await run(argv, cwd)).code).toBe(0);
  });

  test('gives machines the same', async () => {
    const { out } = await run(['--stages', '2', '--json', '--cuts', 'b', '--batch', '8', '--micro-batches', '2']);
    const plan = JSON.parse(out);
    expect(plan).toMatchObject({
      model: 'Net',
      microBatches: 2,
      stages: [{ from: 'stem' }, { to: 'classifier' }],
    });
    expect(plan.timeline).toBeUndefined();
  });

  test.each([
    [[], 'needs a number of stages'],
    [['--stages', '2', '--batch', '9', '--micro-batches', '2'], 'does not divide the batch'],
    [['--stages', '3', '--cuts', 'b'], 'beginnings of all stages but the first: 2, not 1'],
    [['--stages', '2', '--times', 'no.json'], 'no.json'],
    [['--stages', '2', '--memory', '1KB'], 'fits 1000 B per device: with'],
    [['--stages', '90'], 'places to cut, too few'],
  ])('%j is refused', async (argv, said) => {
    const { code, err, out } = await run(argv);
    expect(code).not.toBe(0);
    expect(err).toContain(said);
    expect(out).toBe('');
  });

  test('a file of times is held to its form', async () => {
    const of = async (times: string) => {
      const cwd = folder({ 'net.enet': tiny, 't.json': times });
      return run(['--stages', '2', '--times', 't.json'], cwd);
    };
    expect(await of('{"images": 8, "seconds": {"a": 0.5}}')).toMatchObject({ code: 0 });
    expect((await of('{"images": 8}')).err).toContain('lacks images (a number) or seconds');
    expect((await of('{"images": 8, "seconds": {"a": -1}}')).err).toContain("the time of 'a' is none");
    expect((await of('{')).err).toContain('is not JSON');
  });
});
