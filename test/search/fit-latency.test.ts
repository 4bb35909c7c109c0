import { describe, expect, test } from 'vitest';
import { compile } from '../../src/compile.ts';
import { fitLatency } from '../../src/search/fit/fit-latency.ts';
import { enetc, folder } from '../cli/fake-io.ts';

const family = `import { ConvBnAct, MBConv } from "std/blocks"

model Family {
  param resolution: int = r(64)

  scaling phi {
    d = 1.2 ^ phi
    w = 1.1 ^ phi
    r = 1.15 ^ phi
  }

  input image: [3, resolution, resolution]
  stem: ConvBnAct(w(16), kernel: 3, stride: 2)
  stages: MBConv {
    | repeat | channels | kernel | stride | expand |
    | d(1)   | w(24)    | 3      | 2      | 3      |
    | d(2)   | w(40)    | 3      | 2      | 3      |
  }
  head: GlobalAvgPool
  classifier: Linear(10)
}
`;

const { model } = compile({ name: 'family.enet', text: family });
/** A machine that takes this long for so many multiply-accumulates: 2.1 ms for the base network. */
const latencyOf = (macs: number) => 0.3 + macs ** 0.8 / 83_000;

describe('a latency that is measured', () => {
  test.each([
    [1, {}],
    [4, {}],
    [17, {}],
    [40, {}],
  ])('%s ms: what is found is fast enough, and the next larger is not', async (ms, budgets) => {
    const { found } = await fitLatency(model!, ms, budgets, {}, async ({ costs }) => latencyOf(costs.macs));
    const { fit, measured, isNear } = found!;
    expect(fit.best.costs.latency).toBe(latencyOf(fit.best.costs.macs));
    expect(fit.best.costs.latency).toBeLessThanOrEqual(ms);
    if (isNear) expect(fit.best.costs.latency).toBeGreaterThan(0.98 * ms);
    else {
      expect(fit.next).toMatchObject({ exceeds: ['latency'] });
      expect(fit.next?.costs.latency).toBeGreaterThan(ms);
      // nothing lies between: the next larger by multiply-accumulates is that one
      const slower = measured.filter(({ costs }) => (costs.latency as number) > ms);
      expect(Math.min(...slower.map(({ costs }) => costs.macs))).toBe(fit.next?.costs.macs);
    }
    expect(measured.length).toBeLessThan(12);
  });

  test('other budgets hold too, and end it', async () => {
    const { found } = await fitLatency(model!, 1000, { params: 40_000 }, {}, async () => 1);
    expect(found?.fit.best.costs.params).toBeLessThanOrEqual(40_000);
    expect(found?.fit.next?.exceeds).toEqual(['params']);
    expect(found?.isNear).toBe(false);
  });

  test('where nothing is fast enough, the fastest is named', async () => {
    const { found, diagnostics } = await fitLatency(model!, 0.01, {}, {}, async () => 1.5);
    expect(found).toBeUndefined();
    expect(diagnostics.map(({ message }) => message)).toEqual([
      "no network of 'Family' on this line fits: the smallest measured takes 1.50 ms",
    ]);
  });

  test('a network is measured once', async () => {
    const asked: string[] = [];
    await fitLatency(model!, 17, {}, {}, async ({ inputs, costs }) => {
      asked.push(`${inputs.join()} ${costs.params} ${costs.macs}`);
      return latencyOf(costs.macs);
    });
    expect(new Set(asked).size).toBe(asked.length);
  });
});

describe('enetc fit --latency', () => {
  test('measures in ONNX Runtime, and says so', async () => {
    const cwd = folder({ 'family.enet': family });
    const asked = ['fit', 'family.enet', '--latency', '10s', '--macs', '6M', '--seconds', '0.05'];
    const { code, out } = await enetc(asked, { cwd });
    expect(code).toBe(0);
    expect(out).toMatch(/measured in ONNX Runtime [\d.]+, 1 thread, batch 1: 1 network, to the median/);
    expect(out).toContain('the next larger network exceeds MACs');
    const json = JSON.parse((await enetc([...asked, '--json'], { cwd })).out);
    expect(json).toMatchObject({
      budgets: { macs: 6e6, latency: 10_000 },
      phi: expect.any(Number),
      measured: { threads: 1 },
    });
    for (const name of ['d', 'w', 'r', 'params', 'macs', 'latency']) expect(json[name]).toBeGreaterThan(0);
    expect(json.measured.networks).toHaveLength(1);
  });

  test.each([
    [['--latency', '5ms', '--fill'], '--fill and --latency cannot be combined'],
    [['--macs', '5M', '--threads', '2'], '--threads is for --latency, which is measured'],
    [['--latency', 'fast'], '--latency takes a time'],
  ])('%s', async (options, message) => {
    const { code, err } = await enetc(['fit', 'family.enet', ...options], { cwd: folder({ 'family.enet': family }) });
    expect(code).toBe(2);
    expect(err).toContain(message);
  });
});
