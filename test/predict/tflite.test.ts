import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { enetc } from '../cli/fake-io.ts';
import { findLite } from '../tflite/lite.ts';
import { temporaryFolder } from '../train/run/fixture.ts';

const python = findLite()?.python;
/** The Python of the tests as one of the user's. */
const env = { VIRTUAL_ENV: dirname(dirname(python ?? '')), PATH: process.env.PATH ?? '' };

const spec = `model Net {
  convention torch
  input image: [3, 16, 16] (mean: [0.4, 0.5, 0.6], std: [0.2, 0.25, 0.3])
  stem: Conv(8, kernel: 3, stride: 2) -> relu6
  head: GlobalAvgPool
  classifier: Linear(3) -> softmax
  return scores: classifier
}
`;

type Answer = { predictions: { label: string; index: number; probability: number }[] };

test.skipIf(!python?.includes('/'))(
  'predict runs TensorFlow Lite files: float32, half, int8, and one that states its facts in the format alone',
  async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'net.enet'), spec);
    writeFileSync(join(cwd, 'labels.txt'), 'ant\nbee\ncat\n');
    mkdirSync(join(cwd, 'set'));
    for (const [i, background] of ['#c02020', '#20c020', '#2020c0'].entries()) {
      const picture = sharp({ create: { width: 40, height: 30, channels: 3, background } });
      await picture.png().toFile(join(cwd, 'set', `${i}.png`));
    }
    const ran = async (...argv: readonly string[]) => {
      const { code, out, err } = await enetc(argv, { cwd, env });
      expect([code, err]).toEqual([0, '']);
      return out;
    };
    const predict = async (file: string): Promise<Answer[]> =>
      JSON.parse(await ran('predict', file, 'set', '--json', '--workers', '1'));
    const compiled = ['compile', 'net.enet', '--labels', 'labels.txt', '--quiet', '--seed', '3'];
    await ran(...compiled, '-o', 'net.onnx');
    const expected = await predict('net.onnx');
    const lite = [...compiled, '--target', 'tflite'];
    await ran(...lite, '-o', 'float.tflite');
    await ran(...lite, '--half', '-o', 'half.tflite');
    await ran(...lite, '--int8', '--calibrate', 'set', '--judge', 'set', '-o', 'int8.tflite');
    // the facts in our own words under another name: TensorFlow Lite's own are left
    const text = readFileSync(join(cwd, 'float.tflite'), 'latin1');
    const entry = '\x04\0\0\0enet\0';
    expect(text.split(entry)).toHaveLength(2);
    writeFileSync(join(cwd, 'foreign.tflite'), text.replace(entry, '\x04\0\0\0else\0'), 'latin1');
    for (const [file, tolerance] of [
      ['float.tflite', 1e-5],
      ['half.tflite', 1e-3],
      ['int8.tflite', 0.02],
      ['foreign.tflite', 1e-5],
    ] as const) {
      const found = await predict(file);
      for (const [i, { predictions }] of found.entries()) {
        const byIndex = new Map(expected[i]!.predictions.map((answer) => [answer.index, answer]));
        expect(predictions).toHaveLength(3);
        for (const { index, label, probability } of predictions) {
          const { label: name, probability: share } = byIndex.get(index)!;
          expect(label, file).toBe(name);
          expect(Math.abs(probability - share), file).toBeLessThan(tolerance);
        }
      }
    }
    writeFileSync(join(cwd, 'broken.tflite'), text.slice(0, 500), 'latin1');
    const broken = await enetc(['predict', 'broken.tflite', 'set'], { cwd, env });
    expect([broken.code, broken.out]).toEqual([1, '']);
    expect(broken.err).toContain("'broken.tflite' is not a TensorFlow Lite file that can be read");
  },
);
