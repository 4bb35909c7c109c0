import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { graphTensors } from '../../../src/5-graph/graph.ts';
import { buildTrainingProgram } from '../../../src/5-graph/training/build-training-program.ts';
import { onnx } from '../../../src/6-emit/onnx/proto.ts';
import { openBackend } from '../../../src/backends/open.ts';
import { compile } from '../../../src/compile.ts';
import { quantisedFor } from '../../../src/train/loop/training-options.ts';
import { fillNormal } from '../../../src/weights/normal.ts';
import { randomState } from '../../../src/weights/random.ts';
import { statedRanges } from '../../../src/weights/range-facts.ts';
import { openSafetensors } from '../../../src/weights/readers/readers.ts';
import { enetc } from '../../cli/fake-io.ts';
import { temporaryFolder, writeIdx } from './fixture.ts';

const spec = `import { ConvBnAct, MBConv } from "std/blocks"

model Tiny {
  convention torch
  param classes: int = 3
  input image: [1, 8, 8] (mean: [0.5], std: [0.5])
  stem: ConvBnAct(8, kernel: 3, stride: 2, act: relu6)
  stages: MBConv(act: relu6, drop: 0.1) {
    | repeat | channels | kernel | stride | expand |
    | 2      | 8        | 3      | 1      | 2      |
  }
  head: ConvBnAct(8, kernel: 1, act: silu) -> GlobalAvgPool -> Dropout(0.1)
  classifier: Linear(classes)
  return logits: classifier
}
`;

test('train --quantize gives what compile --int8 writes without pictures, and the file answers as what was evaluated', {
  timeout: 240_000,
}, async () => {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'tiny.enet'), spec);
  writeIdx(join(cwd, 'data'), 24, 8);
  const run = async (...argv: string[]) => {
    const ran = await enetc(argv, { cwd });
    expect([ran.code, ran.err], argv.join(' ')).toEqual([0, '']);
    return ran.out;
  };
  const common = [
    'train',
    'tiny.enet',
    '--data',
    'data',
    '--batch',
    '8',
    '--backend',
    'cpu',
    '--workers',
    '1',
    '--quiet',
  ];
  await run(
    ...common,
    '--epochs',
    '2',
    '--optimiser',
    'adamw',
    '--rate',
    '0.3',
    '--warmup',
    '0',
    '--ema',
    '0.5',
    '--out',
    'float',
  );
  await run(...common, '--weights', 'float/best.safetensors', '--quantize', '--epochs', '2', '--out', 'run');

  // an evaluation of the run is what its training validated: the rounded network
  const evaluated = JSON.parse(await run('eval', '--run', 'run', '--backend', 'cpu', '--json'));
  const lines = readFileSync(join(cwd, 'run', 'metrics.jsonl'), 'utf8')
    .trim()
    .split('\n');
  const validated = lines.map((line) => JSON.parse(line)).findLast(({ kind, best }) => kind === 'epoch' && best);
  expect(evaluated.rounded).toBe(true);
  expect(evaluated.loss).toBeCloseTo(validated.validation.raw.loss, 6);

  const out = await run('compile', '--run', 'run', '--int8', '-o', 'net.onnx');
  expect(out).toContain('int8: 11 of 11 layers, with the ranges of training\n');
  const bytes = readFileSync(join(cwd, 'net.onnx'));
  const { graph: written } = onnx.ModelProto.decode(bytes);
  const weights = written!.initializer!.filter(({ name }) => name!.endsWith('.weight'));
  expect(weights.map(({ dataType }) => dataType)).toEqual(weights.map(() => onnx.TensorProto.DataType.INT8));

  // what a training evaluates, by the file of its weights alone
  const { graph } = compile({ name: 'tiny.enet', text: spec });
  const { training } = buildTrainingProgram(graph!, { quantise: quantisedFor, ema: false });
  const file = readFileSync(join(cwd, 'run', 'best.safetensors'));
  const read = (at: number, length: number) => file.subarray(at, at + length);
  const { checkpoint } = openSafetensors({ size: file.length, read }, 'best.safetensors');
  const ranges = statedRanges(checkpoint!.metadata)!;
  expect([...ranges.keys()]).toEqual(training!.ranges);
  // what TensorFlow Lite holds in few bits, too
  expect(ranges.get('classifier/range')).toBeDefined();
  expect(await run('compile', '--run', 'run', '--int8', '--target', 'tflite', '-o', 'net.tflite')).toContain(
    '11 of 11',
  );
  const backend = await openBackend('cpu');
  const runner = await backend.createRunner(training!.program);
  const values = new Map(
    [...graphTensors(graph!)].map(({ tensor: { name } }) => [name, checkpoint!.read(name).slice()] as const),
  );
  // The file rounds biases, which training does not: norms are shifted by that much.
  for (const [name, rounded] of biasesOf(written!)) {
    const norm = name.replace(/conv\.bias$/, 'bn');
    if (norm === name) continue;
    const of = (role: string) => values.get(`${norm}.${role}`) as Float32Array;
    of('bias').forEach((_shift, i) => {
      const factor = of('weight')[i]! / Math.sqrt(of('running_var')[i]! + 1e-5);
      of('bias')[i] = rounded[i]! + factor * of('running_mean')[i]!;
    });
  }
  await runner.write(
    new Map([
      ...training!.program.variables.map(
        ({ name, shape }) => [name, new Float32Array(shape.reduce((a, b) => a * b, 1))] as const,
      ),
      ...values,
      ...[...ranges].map(([name, range]) => [name, Float32Array.of(...range, 1)] as const),
    ]),
  );
  const count = 64;
  const images = new Float32Array(count * 64);
  fillNormal(images, randomState(1, 'images'), 0.7);
  const { logits } = await runner.run('predict', { image: { shape: [count, 8, 8, 1], data: images } });
  runner.close();
  backend.close();
  const session = await InferenceSession.create(bytes, { graphOptimizationLevel: 'disabled' });
  const name = session.inputNames[0] as string;
  const given = await session.run({ [name]: new Tensor('float32', images, [count, 1, 8, 8]) });
  const answers = Object.values(given)[0]!.data as Float32Array;
  await session.release();

  // all but what a sum in another order tips from one step to the next: a step of the pooled values, times a weight
  const differences = [...logits!.data].map((value, i) => Math.abs(value - (answers[i] as number)));
  expect(differences.filter((difference) => difference > 1e-5).length).toBeLessThan(4);
  expect(Math.max(...differences)).toBeLessThan(0.01);
});

/** The biases that a file holds as whole numbers, as what they stand for. */
function biasesOf({
  node,
  initializer,
}: NonNullable<ReturnType<typeof onnx.ModelProto.decode>['graph']>): Map<string, Float32Array> {
  const constants = new Map(initializer!.map((tensor) => [tensor.name!, tensor]));
  return new Map(
    node!.flatMap(({ opType, input }) => {
      const bias = opType === 'DequantizeLinear' ? constants.get(input![0] as string) : undefined;
      if (!bias?.name?.endsWith('.bias')) return [];
      const whole = new Int32Array(Uint8Array.from(bias.rawData!).buffer);
      const scales = new Float32Array(Uint8Array.from(constants.get(input![1] as string)!.rawData!).buffer);
      return [
        [bias.name, Float32Array.from(whole, (value, i) => value * (scales[i] ?? (scales[0] as number)))] as const,
      ];
    }),
  );
}
