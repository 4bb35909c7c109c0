import { expect, test } from 'vitest';
import { betweenStages, type ProfileEvent, profileOf } from '../../src/bench/profile.ts';
import { enetc, folder, tiny } from '../cli/fake-io.ts';

/** Runs of 100 microseconds, in each the kernels of these nodes, 10 microseconds each; the first run takes ten times as long. */
function profileEvents(runs: number, kernels: readonly (readonly [node: string, op: string])[]): ProfileEvent[] {
  let ts = 0;
  return Array.from({ length: runs }, (_, r) => {
    const dur = r === 0 ? 10 : 1;
    const start = ts;
    ts += 1000 * dur;
    return [
      ...kernels.map(([name, op_name], k) => ({
        cat: 'Node',
        name: `${name}_kernel_time`,
        ts: start + k * 10 * dur,
        dur: 10 * dur,
        args: { op_name },
      })),
      { cat: 'Session', name: 'model_run', ts: start, dur: 100 * dur },
    ];
  }).flat();
}

test('kernels belong to the stage that their name begins with, as whole words', () => {
  const kernels = [
    ['stem.conv_nchwc', 'Conv'],
    ['stem.silu/act/QuickGeluFusion/', 'QuickGelu'],
    ['stages.1.0.conv_nchwc', 'Conv'],
    ['stages.10.0.conv_nchwc', 'Conv'],
    ['ReorderOutput_token_3', 'ReorderOutput'],
    ['head_nchwc', 'GlobalAveragePool'],
    ['head2', 'Gemm'],
  ] as const;
  const stages = ['stem', 'stages.1', 'stages.10', 'head', 'head2'].map((id) => ({ id, macs: 1 }));
  const profile = profileOf('net', profileEvents(9, kernels), 1, stages)!;
  expect(profile).toMatchObject({ runs: 8, run: 0.1, kernels: expect.closeTo(0.07, 12) });
  expect(profile.stages!.map(({ id, ms }) => [id, Math.round(ms * 1e6)])).toEqual([
    ['stem', 20000],
    ['stages.1', 10000],
    ['stages.10', 10000],
    ['head', 10000],
    ['head2', 10000],
    [betweenStages, 10000],
  ]);
  expect(profile.ops[0]).toMatchObject({ id: 'Conv', count: 3, share: expect.closeTo(3 / 7, 12) });
  expect(profileOf('net', profileEvents(1, kernels), 1, stages)).toBeUndefined();
});

test('the slow and the fast quarter of the runs do not count', () => {
  const events = [0, 1, 2, 3, 4, 5, 6, 7].flatMap((r) => [
    { cat: 'Node', name: 'a_kernel_time', ts: r * 1000, dur: r < 2 ? 1 : r < 6 ? 50 : 900 },
    { cat: 'Session', name: 'model_run', ts: r * 1000, dur: 950 },
  ]);
  expect(profileOf('net', events, 0)).toMatchObject({ runs: 8, kernels: expect.closeTo(0.05, 12) });
});

test('the profile of a spec has its stages, and their times are those of all kernels', async () => {
  const cwd = folder({ 'tiny.enet': tiny });
  const argv = ['bench', 'tiny.enet@b', '--compare', '@a', '--profile', '--seconds', '0.1'];
  const { code, out, err } = await enetc([...argv, '--json'], { cwd });
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const { profiles } = JSON.parse(out);
  expect(profiles.map((p: { name: string }) => p.name)).toEqual([
    'tiny.enet (published row b)',
    'tiny.enet (published row a)',
  ]);
  const [{ stages, ops, kernels, run, runs }] = profiles;
  expect(stages.map(({ id }: { id: string }) => id)).toEqual(['stem', 'head', 'classifier', betweenStages]);
  const sum = (parts: { ms: number; share: number }[], of: 'ms' | 'share') => parts.reduce((s, p) => s + p[of], 0);
  expect(sum(stages, 'share')).toBeCloseTo(1, 6);
  expect(sum(stages, 'ms')).toBeCloseTo(kernels, 6);
  expect(sum(ops, 'ms')).toBeCloseTo(kernels, 6);
  expect(stages[0].ms).toBeGreaterThan(0);
  expect(run).toBeGreaterThanOrEqual(kernels);
  expect(runs).toBeGreaterThanOrEqual(12);
  const { macs } = JSON.parse((await enetc(['summary', 'tiny.enet', '--variant', 'b', '--json'], { cwd })).out).totals;
  expect(stages.reduce((s: number, p: { macs: number }) => s + p.macs, 0)).toBe(macs);
  const text = (await enetc(argv, { cwd })).out;
  expect(text).toMatch(/^stem +\S+ ms +\S+ %/m);
  expect(text).toMatch(/runs of \S+ ms while profiling, \S+ ms of them in kernels\n$/);
});

test('an ONNX file has the profile of its operators', async () => {
  const cwd = folder({ 'tiny.enet': tiny });
  expect((await enetc(['compile', 'tiny.enet', '--variant', 'a', '-o', 'a.onnx'], { cwd })).code).toBe(0);
  const { out } = await enetc(['bench', 'a.onnx', '--profile', '--seconds', '0', '--json'], { cwd });
  const [profile] = JSON.parse(out).profiles;
  expect(profile.stages).toBeUndefined();
  expect(profile.ops.map(({ id }: { id: string }) => id)).toContain('GlobalAveragePool');
});
