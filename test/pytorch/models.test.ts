import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { graphTensors } from '../../src/5-graph/graph.ts';
import { applyPasses, emit } from '../../src/6-emit/emit.ts';
import { onnxTarget } from '../../src/6-emit/onnx/target.ts';
import { pytorchTarget } from '../../src/6-emit/pytorch/target.ts';
import { otherThanModule, writeModel } from '../../src/6-emit/pytorch/write-model.ts';
import { compile } from '../../src/compile.ts';
import { stdlib } from '../../src/stdlib.generated.ts';
import { randomWeights } from '../../src/weights/random-weights.ts';
import { enetc, folder } from '../cli/fake-io.ts';
import { differenceOf } from '../forms/run-forms.ts';
import { build, model } from '../language/build.ts';
import { memoryFiles } from '../memory-sink.ts';
import { inputsOf, runOrt } from '../onnx/emit.ts';
import { findPython } from '../oracle.ts';
import { folderInMemory } from '../tfjs/models.ts';
import { members, models } from './members.ts';
import { startTorch, type TorchForm } from './python-torch.ts';

const python = findPython(['torch', 'numpy']);
const torch = python ? startTorch(python) : undefined;
afterAll(() => torch?.close());

function memberOf(path: string) {
  const network = compile({ name: path, text: stdlib[path]! }, members[path]);
  const { graph } = network;
  if (!graph) throw new Error(network.diagnostics.map(({ message }) => message).join('\n'));
  const checkpoint = randomWeights(graph, 5);
  const folder = folderInMemory();
  const { diagnostics } = emit(network, pytorchTarget, {}, folder.open, { checkpoint });
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  return { network, graph, checkpoint, files: folder.files() };
}

test('each model of the library is compared', () => {
  expect(Object.keys(members).sort()).toEqual([...models].sort());
});

test('a module is not for sizes at which the network has other layers', () => {
  const at = (resolution: number) =>
    compile(
      {
        name: 'm.enet',
        text: model(
          '  param resolution: int = 32\n  input image: [3, resolution, resolution]\n  a: Conv(4, 3, stride: 2)\n  p: AvgPool(resolution / 2)\n  l: Linear(3)',
        ),
      },
      { resolution },
    ).graph!;
  expect(otherThanModule(at(32), [at(32), at(16)])).toEqual(at(16));
});

test('a weight starts as a float of Python, in no more than its digits', () => {
  const { graph } = build(
    model(
      '  input image: [2, 4, 4]\n  half = Weight([2, 1, 1], 0.5)\n  one = Weight([2, 1, 1], 1)\n  a: image -> Mul(half) -> Mul(one)',
    ),
  );
  const text = writeModel(graph);
  expect(text).toContain('torch.full((2, 1, 1), 0.5)');
  expect(text).toContain('torch.full((2, 1, 1), 1.0)');
});

test.skipIf(!torch).each(models)('%s: the module has our names, and gives what ONNX Runtime gives', async (path) => {
  const { network, graph, checkpoint, files } = memberOf(path);
  const names = await torch!.load(files);
  expect([...names].sort()).toEqual([...graphTensors(graph)].map(({ tensor }) => tensor.name).sort());
  const inputs = inputsOf(graph, 2);
  const onnx = memoryFiles();
  emit(network, onnxTarget, {}, onnx.open, { checkpoint });
  const expected = await runOrt(onnx.bytes(), graph, inputs, 2);
  expect(differenceOf(await torch!.run(graph, inputs, 2), expected)).toBeLessThan(1e-4);
});

describe.skipIf(!torch)('a module as its users run it', () => {
  const forms: readonly (readonly [TorchForm, number])[] = [
    ['compile', 1e-4],
    ['export', 1e-4],
    ['channels_last', 1e-4],
    ['autocast', 0.1],
  ];
  test.each(['std/mobilenet-v3', 'std/shufflenet-v2'])('%s', async (path) => {
    const { graph, files } = memberOf(path);
    const inputs = inputsOf(graph, 2);
    await torch!.load(files);
    const plain = await torch!.run(graph, inputs, 2);
    for (const [form, most] of forms) {
      expect(differenceOf(await torch!.run(graph, inputs, 2, form), plain), form).toBeLessThan(most);
    }
  });

  test('one for several sizes gives at each what ONNX Runtime gives', async () => {
    const at = (resolution: number) =>
      compile({ name: 'std/efficientnet', text: stdlib['std/efficientnet']! }, { variant: 'b0', resolution });
    const [network, other] = [at(65), at(64)];
    const [graph, others] = [applyPasses(network.graph!, pytorchTarget, {}), [other.graph!]];
    // convolutions of odd and of even images are padded in different ways
    expect(writeModel(graph)).not.toBe(writeModel(graph, others));
    expect(otherThanModule(graph, others)).toBeUndefined();
    const checkpoint = randomWeights(graph, 5);
    const folder = folderInMemory();
    emit(network, pytorchTarget, { others }, folder.open, { checkpoint });
    await torch!.load(folder.files());
    for (const { graph: sized, ...rest } of [network, other]) {
      const inputs = inputsOf(sized!, 2);
      const onnx = memoryFiles();
      emit({ ...rest, graph: sized! }, onnxTarget, {}, onnx.open, { checkpoint });
      const expected = await runOrt(onnx.bytes(), sized!, inputs, 2);
      expect(differenceOf(await torch!.run(sized!, inputs, 2), expected)).toBeLessThan(1e-4);
    }
  });

  test('what was trained goes back by its names', async () => {
    const spec = `${model('  convention tf\n  input image: [2, 6, 6]\n  a: conv: Conv(4, 3) -> bn: BatchNorm -> relu\n  b: Linear(3)')}`;
    const { graph, ...network } = build(spec);
    const memory = folderInMemory();
    emit({ ...network, graph }, pytorchTarget, {}, memory.open, { checkpoint: randomWeights(graph, 1) });
    await torch!.load(memory.files());
    const inputs = inputsOf(graph, 4);
    await torch!.train(graph, inputs, 4);
    const cwd = folder({ 'm.enet': spec });
    await torch!.save(join(cwd, 'trained.pth'));
    expect(await enetc(['compile', 'm.enet', '--weights', 'trained.pth', '-o', 'm.onnx'], { cwd })).toMatchObject({
      code: 0,
    });
    const expected = await torch!.run(graph, inputs, 4);
    const found = await runOrt(readFileSync(join(cwd, 'm.onnx')), graph, inputs, 4);
    expect(differenceOf(found, expected)).toBeLessThan(1e-4);
  });

  test('training moves the statistics of norms by the convention, and gives auxiliary outputs', async () => {
    const network = build(
      model(
        '  convention tf(momentum: 0.75)\n  input image: [2, 5, 5]\n  a: bn: BatchNorm -> relu\n  b: Linear(3)\n  return b\n  auxiliary 0.3: a -> c: Linear(3)',
      ),
    );
    const { graph } = network;
    const folder = folderInMemory();
    emit(network, pytorchTarget, {}, folder.open, { checkpoint: randomWeights(graph, 1) });
    await torch!.load(folder.files());
    const inputs = inputsOf(graph, 4);
    const { outputs, state } = await torch!.train(graph, inputs, 4);
    expect(outputs.map(({ length }) => length)).toEqual([12, 12]);
    const before = randomWeights(graph, 1);
    for (const channel of [0, 1]) {
      const values = [0, 1, 2, 3].flatMap((n) => [
        ...inputs.image!.slice((2 * n + channel) * 25, (2 * n + channel + 1) * 25),
      ]);
      const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
      const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (values.length - 1);
      const moved = (name: string, by: number) => 0.75 * before.read(name)[channel]! + 0.25 * by;
      expect(state.get('a.bn.running_mean')![channel]).toBeCloseTo(moved('a.bn.running_mean', mean), 5);
      expect(state.get('a.bn.running_var')![channel]).toBeCloseTo(moved('a.bn.running_var', variance), 4);
    }
  });

  // Steps that only training needs are written last: what they read must still be there.
  test('auxiliary outputs read values of the middle of the network, by which others have been named since', async () => {
    const text = model(
      '  input image: [2, 9, 9]\n  a: Conv(4, 3) -> relu\n  side: a -> GlobalMaxPool -> fc: Linear(3)\n  b: a -> conv: Conv(5, 3, stride: 2)\n  last: Linear(3)\n  return last\n  auxiliary 0.3: side',
    );
    const network = build(text);
    const folder = folderInMemory();
    const checkpoint = randomWeights(network.graph, 1);
    emit(network, pytorchTarget, {}, folder.open, { checkpoint });
    await torch!.load(folder.files());
    const inputs = inputsOf(network.graph, 2);
    const { outputs } = await torch!.train(network.graph, inputs, 2);
    const side = build(text.replace('return last', 'return side').replace('auxiliary 0.3: side', ''));
    const onnx = memoryFiles();
    emit(side, onnxTarget, {}, onnx.open, { checkpoint });
    const expected = await runOrt(onnx.bytes(), side.graph, inputs, 2);
    expect(differenceOf(outputs.slice(1), expected)).toBeLessThan(1e-4);
  });

  test('torch.compile follows sections that are named by words of Python', async () => {
    const { graph, ...network } = build(
      model('  input image: [2, 9, 9]\n  lambda: conv: Conv(4, 3) -> scale: Add(2)\n  pass: Linear(3)'),
    );
    const folder = folderInMemory();
    emit({ ...network, graph }, pytorchTarget, {}, folder.open, { checkpoint: randomWeights(graph, 1) });
    await torch!.load(folder.files());
    const inputs = inputsOf(graph, 2);
    const plain = await torch!.run(graph, inputs, 2);
    expect(differenceOf(await torch!.run(graph, inputs, 2, 'compile'), plain)).toBeLessThan(1e-4);
  });
});
