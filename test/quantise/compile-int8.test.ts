import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { onnx } from '../../src/6-emit/onnx/proto.ts';
import { fillNormal } from '../../src/weights/normal.ts';
import { randomState } from '../../src/weights/random.ts';
import { enetc } from '../cli/fake-io.ts';
import { findLite } from '../tflite/lite.ts';
import { temporaryFolder } from '../train/run/fixture.ts';

const spec = `import { ConvBnAct, MBConv } from "std/blocks"

model Net {
  convention torch
  input image: [3, 32, 32] (mean: [0.4, 0.5, 0.6], std: [0.2, 0.25, 0.3])
  stem: ConvBnAct(16, kernel: 3, stride: 2, act: relu6)
  stages: MBConv(act: relu6) {
    | repeat | channels | kernel | stride | expand |
    | 1      | 16       | 3      | 1      | 4      |
  }
  head: GlobalAvgPool
  classifier: Linear(8)
}
`;

/** Pictures of smooth noise, as photographs are, in a folder. */
async function project(count = 10): Promise<string> {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'net.enet'), spec);
  mkdirSync(join(cwd, 'photos'));
  for (let i = 0; i < count; i++) {
    const values = new Float32Array(8 * 8 * 3);
    fillNormal(values, randomState(i, 'photo'), 60);
    const raw = { width: 8, height: 8, channels: 3 } as const;
    const picture = sharp(
      Uint8Array.from(values, (x) => Math.min(Math.max(x + 128, 0), 255)),
      { raw },
    );
    await picture
      .resize(40, 40, { kernel: 'cubic' })
      .png()
      .toFile(join(cwd, 'photos', `${i}.png`));
  }
  return cwd;
}

const int8 = (...more: readonly string[]) => ['compile', 'net.enet', '--int8', '-o', 'net.onnx', ...more];

/** What processors without VNNI make of the file depends on them. */
const kernelsWarning = /^warning: the integer kernels on this machine's processor are less accurate: [^\n]*\n/;

test('compile --int8 writes integers, says what they cost, and writes the same for the same pictures', async () => {
  const cwd = await project();
  const first = await enetc(int8('--calibrate', 'photos'), { cwd });
  expect([first.code, first.err.replace(kernelsWarning, '')]).toEqual([0, '']);
  expect(first.out).toMatch(/^size: \d+\.\d KiB of \d+\.\d KiB$/m);
  expect(first.out).toMatch(
    /int8: 6 of 6 layers; SQNR \d+\.\d dB, \d+\.0 % of first answers as in float32, on 2 pictures \(ranges from 8\)/,
  );
  const bytes = readFileSync(join(cwd, 'net.onnx'));
  const { graph, metadataProps } = onnx.ModelProto.decode(bytes);
  const { DataType } = onnx.TensorProto;
  const weights = graph!.initializer!.filter(({ name }) => name!.endsWith('.weight'));
  expect(weights.map(({ dataType }) => dataType)).toEqual(weights.map(() => DataType.INT8));
  expect(metadataProps!.find(({ key }) => key === 'enet.quantisation')?.value).toMatch(/^int8: 6 of 6 layers/);
  // bounds of ranges take the place of ReLU6
  expect(graph!.node!.filter(({ opType }) => opType === 'Clip')).toEqual([]);
  // the linear layer reads integers alone, as ONNX Runtime's product of integers asks
  const makers = new Map(graph!.node!.map(({ output, opType }) => [output![0], opType]));
  const linear = graph!.node!.find(({ opType }) => opType === 'Gemm');
  expect(linear!.input!.map((name) => makers.get(name))).toEqual(Array(3).fill('DequantizeLinear'));

  const again = await enetc(int8('--calibrate', 'photos'), { cwd });
  expect(again.out).toBe(first.out);
  expect(readFileSync(join(cwd, 'net.onnx')).equals(bytes)).toBe(true);

  const pictures = ['--calibrate', 'photos/0.png', '--calibrate', 'photos'];
  const json = await enetc(int8(...pictures, '--json', '--report', 'page.html'), { cwd });
  const { quantisation } = JSON.parse(json.out);
  expect(quantisation.size.int8).toBeLessThan(quantisation.size.float32);
  expect(quantisation.latency.int8).toBeGreaterThan(0);
  const page = readFileSync(join(cwd, 'page.html'), 'utf8');
  for (const { path, sqnr } of quantisation.layers) {
    expect(page).toContain(`<td>${path}</td>`);
    if (sqnr !== undefined) expect(page).toContain(`<td class="n">${sqnr.toFixed(1)}</td>`);
  }
  expect(page).toContain(`<b>${quantisation.sqnr.toFixed(1)} dB</b>`);
  expect(page).not.toMatch(/<(script|link)|https?:\/\/(?!www\.w3\.org)/);
  expect(quantisation.layers.map(({ computes }: { computes: string }) => computes)).toEqual([
    'int8',
    'int8',
    'int8',
    'int8',
    'int8',
    'int8 to float32',
  ]);
  expect(quantisation.sqnr).toBeGreaterThan(20);
});

const python = findLite()?.python;
/** The Python of the tests as one of the user's. */
const env = { VIRTUAL_ENV: dirname(dirname(python ?? '')), PATH: process.env.PATH ?? '' };

test.skipIf(!python?.includes('/'))('a TensorFlow Lite file is judged by the interpreter that runs it', async () => {
  const cwd = await project();
  const run = (...more: string[]) =>
    enetc(
      [
        ...['compile', 'net.enet', '--target', 'tflite', '--int8', '--calibrate', 'photos', '-o', 'net.tflite'],
        ...['--json', '--correct', 'bias', ...more],
      ],
      { cwd, env },
    );
  const { code, out, err } = await run();
  expect([code, err]).toEqual([0, '']);
  type Layers = readonly { readonly computes: string }[];
  const kinds = (layers: Layers) => [...new Set(layers.map(({ computes }) => computes))];
  const { quantisation } = JSON.parse(out);
  expect(quantisation.engine).toMatch(/^(LiteRT|TensorFlow Lite)/);
  // the classifier, too: no layer of TensorFlow Lite gives float32
  expect(kinds(quantisation.layers)).toEqual(['int8']);
  expect(quantisation.sqnr).toBeGreaterThan(20);
  const goal = quantisation.sqnr + 3;
  const better = JSON.parse((await run('--sqnr', String(goal))).out).quantisation;
  expect(better.goal.sought.sqnr).toBeGreaterThan(goal);
  expect(kinds(better.layers).sort()).toEqual(['float32', 'int8']);
});

test('layers return to float32 until a goal holds, and each part of the method can be left out', async () => {
  const cwd = await project();
  const run = async (...argv: readonly string[]) => {
    const { code, out } = await enetc(int8('--calibrate', 'photos', '--json', ...argv), { cwd });
    expect(code).toBe(0);
    return JSON.parse(out).quantisation as {
      sqnr: number;
      expected?: number;
      goal: { sought: { sqnr: number; expected?: number } };
      layers: { computes: string; returned?: number }[];
    };
  };
  const floats = (report: Awaited<ReturnType<typeof run>>) =>
    report.layers.filter(({ computes }) => computes === 'float32').length;
  const whole = await run();
  const sought = (sqnr: number, judge: string) =>
    run('--correct', 'none', '--sqnr', String(sqnr), '--judge', `photos/${judge}.png`);
  const reached = await sought(1, '4');
  expect(floats(reached)).toBe(0);
  const goal = reached.goal.sought.sqnr + 3;
  const better = await sought(goal, '4');
  expect(better.goal.sought.sqnr).toBeGreaterThanOrEqual(goal);
  // what the result is judged on decides nothing
  const other = await sought(goal, '9');
  expect(other.layers.map(({ computes }) => computes)).toEqual(better.layers.map(({ computes }) => computes));
  expect(other.goal).toEqual(better.goal);
  expect(other.sqnr).not.toBe(better.sqnr);
  expect([floats(whole), floats(better) > 0, floats(better) < 6]).toEqual([0, true, true]);
  // those that gain most go first
  const gains = (inFloats: boolean) =>
    better.layers.flatMap(({ returned, computes }) =>
      returned !== undefined && (computes === 'float32') === inFloats ? [returned] : [],
    );
  expect(Math.min(...gains(true))).toBeGreaterThanOrEqual(Math.max(...gains(false)));
  const easy = await run('--correct', 'none', '--keep-agreement', '0.5', '--report', 'page.html');
  expect(floats(easy)).toBe(0);
  const expected = [easy.expected, easy.goal.sought.expected].map((share) => (share ?? 0) > 0.5 && (share ?? 2) <= 1);
  expect(expected).toEqual([true, true]);
  expect(better.expected).toBeUndefined();
  expect(readFileSync(join(cwd, 'page.html'), 'utf8')).toContain('to be expected, 50.0 % asked for');
  const file = onnx.ModelProto.decode(readFileSync(join(cwd, 'net.onnx')));
  const line = file.metadataProps!.find(({ key }) => key === 'enet.quantisation')?.value;
  expect(line).toMatch(/ % of first answers as in float32 \(\d+\.\d % to be expected\), on 2 pictures/);
  const plain = await run('--correct', 'none', '--no-equalise', '--ranges', 'minmax');
  expect(plain.sqnr).toBeLessThan(whole.sqnr);
});

test('without pictures it refuses; noise is named for what it is', async () => {
  const cwd = await project(1);
  const without = await enetc(int8(), { cwd });
  expect([without.code, without.out]).toEqual([2, '']);
  expect(without.err).toContain("--int8 needs --calibrate: pictures that are like those it will see, or 'noise'");
  const noise = await enetc(int8('--calibrate', 'noise', '--correct', 'none'), { cwd });
  expect(noise.code).toBe(0);
  expect(noise.err).toContain('noise');
  expect(noise.out).toContain('on 64 samples of noise (ranges from 64)');
  const one = await enetc(int8('--calibrate', 'photos'), { cwd });
  expect(one.code).toBe(2);
  expect(one.err).toContain('--calibrate has 1 picture');
});

test.each([
  [['--calibrate', 'photos'], '--calibrate needs --int8'],
  [['--int8', '--half', '--calibrate', 'photos'], '--int8 and --half cannot be combined'],
  [['--int8', '--no-fold', '--calibrate', 'photos'], '--int8 folds norms: leave out --no-fold'],
  [['--int8', '--calibrate', 'photos', '--activation-bits', '16'], '--activation-bits 16 needs --opset 21'],
  [
    ['--int8', '--calibrate', 'photos', '--target', 'tflite', '--activation-bits', '16'],
    '--activation-bits 16 belongs to --target onnx, not to tflite',
  ],
  [['--int8', '--calibrate', 'photos', '--target', 'tfjs'], '--int8 belongs to --target onnx or tflite, not to tfjs'],
])('%j is refused', async (argv, message) => {
  const cwd = await project(0);
  const { code, err } = await enetc(['compile', 'net.enet', ...argv], { cwd });
  expect(code).toBe(2);
  expect(err).toContain(message);
});
