import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { compile } from '../../src/api.ts';
import { stageTimesOf } from '../../src/bench/profile.ts';
import { latencyOf, parseLatencyTable } from '../../src/search/latency/latency-table.ts';
import { createCounter } from '../../src/search/space/counter.ts';
import { discoverSpace } from '../../src/search/space/discover.ts';
import { eachEncoding } from '../../src/search/space/sample.ts';
import { enetc, folder } from '../cli/fake-io.ts';

const space = `import { ConvBnAct, MBConv } from "std/blocks"

model Small {
  input image: [3, 16, 16]
  stem: ConvBnAct(8, kernel: 3, stride: 2)
  stages: MBConv {
    | block               | repeat | channels | kernel | expand |
    | {MBConv, ConvBnAct} | 1      | 64       | {3, 5} | 2      |
    | MBConv              | {0, 1} | 16       | 3      | 2      |
  }
  head: GlobalAvgPool
  classifier: Linear(10)
}
`;

test('a table of a space has every block, says how far it is off, and calibrates another engine', async () => {
  const cwd = folder({ 'space.enet': space });
  const argv = ['bench', 'space.enet', '--table', '--seconds', '0', '--json'];
  const { code, out, err } = await enetc([...argv, '-o', 'here.json'], { cwd });
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const report = JSON.parse(out);
  const table = parseLatencyTable(readFileSync(join(cwd, 'here.json'), 'utf8'));
  if (typeof table === 'string') throw new Error(table);
  expect(table).toEqual(report.table);
  expect(table).toMatchObject({
    model: 'Small',
    threads: 1,
    batch: 1,
    engine: expect.stringContaining('ONNX Runtime'),
  });
  const { model } = compile({ name: 'space.enet', text: space });
  const found = discoverSpace(model!, {}).space!;
  const counter = createCounter(model!, {}, found);
  const latencies = [...eachEncoding(found)].map((encoding) => {
    const counted = counter.count(encoding);
    if ('failed' in counted) throw new Error(counted.failed.message);
    return latencyOf(table, counted.pieces!);
  });
  for (const ms of latencies) expect(ms).toBeGreaterThan(0);
  expect(table.networks).toBeLessThan(latencies.length);
  expect(table.error).toMatchObject({ networks: report.samples.length, median: expect.any(Number) });
  expect(report.samples).toHaveLength(latencies.length - table.networks);

  const second = ['--calibrate', 'here.json', '--engine', 'cpu', '--networks', '4', '-o', 'cpu.json'];
  const other = await enetc([...argv, ...second], { cwd });
  expect({ code: other.code, err: other.err }).toEqual({ code: 0, err: '' });
  const calibrated = JSON.parse(other.out).table;
  expect(calibrated).toMatchObject({ networks: 4, engine: expect.stringContaining('plain TensorFlow.js') });
  expect(Object.keys(calibrated.pieces).sort()).toEqual(Object.keys(table.pieces).sort());
  expect(JSON.parse(other.out).samples).toHaveLength(2);
});

test('kernels that change the order of values belong to the stage before them', () => {
  const kernel = (name: string, ts: number, dur: number) => ({ cat: 'Node', name: `${name}_kernel_time`, ts, dur });
  const events = [
    kernel('ReorderInput', 0, 1),
    kernel('stem.conv_nchwc', 1, 10),
    kernel('stages.0.0.conv', 20, 30),
    kernel('ReorderOutput_token_1', 50, 5),
    kernel('head', 60, 7),
    { cat: 'Session', name: 'model_run', ts: 0, dur: 100 },
  ];
  const times = stageTimesOf(events, 0, ['stem', 'stages.0', 'head']);
  const expected = { stem: 0.011, 'stages.0': 0.035, head: 0.007 };
  for (const [id, ms] of Object.entries(expected)) expect(times.get(id)).toBeCloseTo(ms, 12);
});

test('says what a table cannot be made of', async () => {
  const cwd = folder({ 'space.enet': space, 'no.json': '{}', 'there.json': '' });
  const cases = [
    [['space.enet', '--table'], 2, '--table needs --output'],
    [['space.enet', '-o', 'x.json'], 2, '--output is for --table'],
    [['space.enet', '--calibrate', 'x.json'], 2, '--calibrate is for --table'],
    [['space.enet', '--table', '--profile', '-o', 'x.json'], 2, '--profile and --table cannot be combined'],
    [
      ['space.enet', '--table', '--engine', 'cpu', '-o', 'x.json'],
      2,
      'the engine cpu calibrates a table of it: --calibrate FILE',
    ],
    [['space.enet', '--table', '--calibrate', 'no.json', '-o', 'x.json'], 1, "'no.json' is not a latency table"],
    [
      ['space.enet', '--table', '--calibrate', 'absent.json', '-o', 'x.json'],
      1,
      "'absent.json' cannot be read: there is",
    ],
    [['space.enet', '--table', '-o', 'there.json'], 1, "'there.json' exists; --force overwrites it"],
    [['efficientnet', '--table', '-o', 'x.json'], 1, "'EfficientNet' has no choices"],
  ] as const;
  for (const [argv, code, message] of cases) {
    const ran = await enetc(['bench', ...argv], { cwd });
    expect({ code: ran.code, err: ran.err }).toEqual({ code, err: expect.stringContaining(message) });
  }
  expect(existsSync(join(cwd, 'x.json'))).toBe(false);
});
