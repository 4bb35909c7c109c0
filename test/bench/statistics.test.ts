import { expect, test } from 'vitest';
import { compareBlocks, medianInterval } from '../../src/bench/comparison.ts';
import { blockCount, blockRuns, measure, mostWindows, type RunnableModel } from '../../src/bench/measure.ts';
import { doubtsOf, isSettled, quantile, summarizeSeries } from '../../src/bench/statistics.ts';
import { fillNormal } from '../../src/weights/normal.ts';
import { randomState } from '../../src/weights/random.ts';

test('quantiles are those of numpy', () => {
  // numpy.quantile([3, 1, 4, 1, 5, 9, 2, 6], [0, 0.25, 0.5, 0.9, 1])
  const series = [3, 1, 4, 1, 5, 9, 2, 6];
  expect([0, 0.25, 0.5, 0.9, 1].map((share) => quantile(series, share))).toEqual(
    [1, 1.75, 3.5, 6.9, 9].map((value) => expect.closeTo(value, 12)),
  );
  expect(series[0]).toBe(3);
});

test('a constant series has a verdict', () => {
  const summary = summarizeSeries(Array.from({ length: 50 }, () => 7));
  expect(summary).toEqual({ runs: 50, median: 7, p90: 7, spread: 0, drift: 0 });
  expect(doubtsOf(summary, true)).toEqual([]);
  expect(doubtsOf(summary, false)).toEqual(['the warm-up did not settle']);
});

test('a machine that slows down by 8 % shows as drift, though the spread is small', () => {
  const summary = summarizeSeries(Array.from({ length: 100 }, (_, i) => 10 + (0.8 * i) / 99));
  expect(summary.spread).toBeLessThan(0.05);
  // between the medians of tenths: 90 of 99 steps
  expect(summary.drift).toBeCloseTo((0.8 * 90) / 99 / (10 + (0.8 * 4.5) / 99), 10);
  expect(doubtsOf(summary, true)).toEqual(['the last tenth is 7.2 % above the first']);
});

test('two modes show as spread', () => {
  const summary = summarizeSeries(Array.from({ length: 100 }, (_, i) => (i % 2 === 0 ? 10 : 12)));
  expect(summary).toMatchObject({ median: 11, spread: 2 / 11, drift: 0 });
  expect(doubtsOf(summary, true)).toEqual(['the spread is 18.2 %, above 5 %']);
});

test('a warm-up has settled when three medians in a row agree within 2 %', () => {
  expect(isSettled([10, 10])).toBe(false);
  expect(isSettled([20, 10, 10.1, 10.2])).toBe(true);
  expect(isSettled([10, 10.1, 10.3])).toBe(false);
});

test('the interval of a median has the ranks of the sign test', () => {
  // 99 % intervals by the table of the binomial distribution (Conover, Practical Nonparametric Statistics)
  const ranks = (n: number) => medianInterval(Array.from({ length: n }, (_, i) => n - i));
  expect(ranks(8)).toEqual([1, 8]);
  expect(ranks(12)).toEqual([2, 11]);
  expect(ranks(20)).toEqual([4, 17]);
  expect(ranks(50)).toEqual([16, 35]);
});

/** Latencies of blocks with noise within each, and an effect of each block's own sessions. */
function noisy(name: string, latency: number, within: number, between: number): number[][] {
  const [noise, sessions] = [new Float32Array(blockCount * 20), new Float32Array(blockCount)];
  fillNormal(noise, randomState(0, name), within);
  fillNormal(sessions, randomState(1, name), between);
  return Array.from(sessions, (session, b) =>
    Array.from(noise.subarray(b * 20, (b + 1) * 20), (n) => latency * (1 + n + session)),
  );
}

test('a model against itself is never faster or slower, however its sessions differ', () => {
  const verdicts = Array.from({ length: 500 }, (_, trial) => {
    const between = [0, 0.005, 0.02, 0.04][trial % 4] as number;
    return compareBlocks(noisy(`a${trial}`, 10, 0.015, between), noisy(`b${trial}`, 10, 0.015, between), true).verdict;
  });
  expect(verdicts.filter((v) => v === 'faster' || v === 'slower')).toEqual([]);
  expect(verdicts.filter((v, i) => i % 4 === 0 && v !== 'equal')).toEqual([]);
});

test('a difference of 10 % shows while the machine slows down by half; the first is what the ratio is over', () => {
  const slowing = (blocks: number[][]) => blocks.map((block, b) => block.map((v) => v * (1 + (b / blockCount) * 0.5)));
  const [first, other] = [slowing(noisy('a', 10, 0.01, 0.003)), slowing(noisy('b', 11, 0.01, 0.003))];
  expect(doubtsOf(summarizeSeries(first.flat()), true)).not.toEqual([]);
  const slower = compareBlocks(first, other, true);
  expect(slower).toMatchObject({
    verdict: 'slower',
    ratio: expect.closeTo(1.1, 2),
    doubts: [],
    pairs: blockCount * 20,
  });
  expect(slower.low).toBeLessThan(slower.ratio);
  expect(slower.high).toBeGreaterThan(slower.ratio);
  expect(compareBlocks(other, first, true)).toMatchObject({ verdict: 'faster', ratio: expect.closeTo(1 / 1.1, 2) });
  expect(compareBlocks(first, other, false)).toMatchObject({ verdict: 'none', doubts: ['the warm-up did not settle'] });
  const wild = compareBlocks(noisy('a', 10, 0.1, 0), noisy('b', 20, 0.1, 0), true);
  expect(wild).toMatchObject({ verdict: 'none', doubts: [expect.stringContaining('the spread is')] });
});

/** Models whose runs move a clock, and what happened in order. */
function simulated(latencies: readonly ((run: number) => number)[]) {
  let time = 0;
  const log: string[] = [];
  const models = latencies.map((latency, i) => async (): Promise<RunnableModel> => {
    log.push(`open ${i}`);
    let runs = 0;
    return {
      run: async () => {
        time += latency(runs++);
        log.push(`run ${i}`);
      },
      close: async () => void log.push(`close ${i}`),
    };
  });
  return { models, log, now: () => time };
}

test('warms up until it is steady, then measures in turns with sessions of their own', async () => {
  const warming = (run: number) => (run < 20 ? 40 - run : 20);
  const { models, log, now } = simulated([warming, () => 30]);
  const { blocks, warmUpRuns, settled } = await measure(models, { seconds: 0, now });
  expect(settled).toBe(true);
  // four windows of five runs while it gets faster, three that agree; the last of the former has the median 22
  expect(warmUpRuns).toBe(35);
  expect(blocks.map((b) => b.map((series) => series.length))).toEqual(
    [0, 1].map(() => Array(blockCount).fill(blockRuns)),
  );
  expect(blocks[1]?.flat().every((ms) => ms === 30)).toBe(true);
  const second = log.slice(log.indexOf('close 1') + 1);
  expect(second.slice(0, 6)).toEqual(['open 0', 'open 1', 'run 0', 'run 1', 'run 1', 'run 0']);
  const third = second.slice(second.indexOf('close 1') + 1);
  expect(third.slice(0, 2)).toEqual(['open 1', 'open 0']);
  expect(log.filter((l) => l.startsWith('open')).length).toBe(log.filter((l) => l.startsWith('close')).length);
});

test('a warm-up that does not settle ends, and measuring takes the time that is asked for', async () => {
  const texts: string[] = [];
  const { models, now } = simulated([(run) => 10 * 1.02 ** (run % 300)]);
  const { warmUpRuns, settled } = await measure(models, {
    seconds: 0,
    now,
    onProgress: (text) => void texts.push(text),
  });
  expect(settled).toBe(false);
  expect(warmUpRuns).toBeGreaterThanOrEqual(mostWindows * 5);
  expect(texts).toContain(`warming up: window 30 of at most ${mostWindows}`);
  expect(texts.at(-1)).toMatch(/^measuring: block \d+ of 12$/);
  const steady = simulated([() => 1]);
  const { blocks } = await measure(steady.models, { seconds: 1.2, now: steady.now });
  expect(blocks[0]?.map((b) => b.length)).toEqual(Array(blockCount).fill(100));
});

test('models are closed where a run fails', async () => {
  const { models, log, now } = simulated([() => 1]);
  const failing = async () => ({ ...(await models[0]!()), run: () => Promise.reject(new Error('no')) });
  await expect(measure([...models, failing], { seconds: 0, now })).rejects.toThrow('no');
  expect(log.filter((l) => l === 'close 0')).toHaveLength(2);
});

test('on a coarse clock short models run several times for one latency', async () => {
  const { models, log, now } = simulated([() => 0.03, () => 400]);
  // a clock that steps by a tenth of a millisecond, as that of pages which are not isolated
  const coarse = () => Math.floor(now() * 10) / 10;
  const { blocks } = await measure(models, { seconds: 0, now: coarse, resolution: 0.1 });
  for (const ms of blocks[0]?.flat() ?? []) expect(Math.abs(ms / 0.03 - 1)).toBeLessThan(0.025);
  expect(blocks[1]?.flat().every((ms) => Math.abs(ms / 400 - 1) < 1e-3)).toBe(true);
  const runs = (i: number) => log.filter((l) => l === `run ${i}`).length;
  expect(runs(0) / runs(1)).toBeGreaterThan(50);
});
