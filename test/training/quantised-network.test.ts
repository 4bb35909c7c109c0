import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { elements } from '../../src/5-graph/graph.ts';
import { createEagerRunner } from '../../src/backends/eager/create-runner.ts';
import { quantisedFor } from '../../src/train/loop/training-options.ts';
import { folder } from '../cli/fake-io.ts';
import { build } from '../language/build.ts';
import { findPython, runPython } from '../oracle.ts';
import { inputsOf, programOf, startOf } from './small-training.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

/** An inverted bottleneck with a shortcut, a pool, a layer that SiLU follows, dropout: what is rounded, and what is not. */
const { graph: network } = build(`import { ConvBnAct, MBConv } from "std/blocks"
model Net {
  input image: [3, 6, 6]
  stem: ConvBnAct(8, act: relu6)
  body: MBConv(8, act: relu6, expand: 2) -> pool: MaxPool(kernel: 2, stride: 2)
  last: ConvBnAct(6, kernel: 1, act: silu) -> GlobalAvgPool -> Dropout(0)
  classifier: Linear(3)
}`);

/** The same network in PyTorch, with its own fake quantisation, in double precision. */
const script = `
import json, sys, numpy as np, torch, torch.nn.functional as F
given = json.load(open(sys.argv[1]))
t = {name: torch.tensor(v['data'], dtype=torch.float64).reshape(v['shape']) for name, v in given['variables'].items()}
for name in given['trainable']: t[name].requires_grad_(True)
def rounded(x):
    low, high = min(x.min().item(), 0.0), max(x.max().item(), 0.0)
    scale = (high - low) / 255
    return torch.fake_quantize_per_tensor_affine(x, scale, int(np.clip(np.rint(-low / scale), 0, 255)), 0, 255)
def weight(name):
    w = t[name + '.weight']
    scale = w.detach().abs().reshape(w.shape[0], -1).amax(1) / 127
    return torch.fake_quantize_per_channel_affine(w, scale.float(), torch.zeros(w.shape[0], dtype=torch.int32), 0, -127, 127)
def norm(x, name):
    return F.batch_norm(x, None, None, t[name + '.weight'], t[name + '.bias'], True, 0.1, given['epsilon'])
def unit(x, path, pad, groups=1):
    return norm(F.conv2d(x, weight(path + '.conv'), padding=pad, groups=groups), path + '.bn')
image = rounded(torch.tensor(given['image'], dtype=torch.float64).permute(0, 3, 1, 2))
stem = rounded(F.relu6(unit(image, 'stem', 1)))
x = rounded(F.relu6(unit(stem, 'body.expand', 0)))
x = rounded(F.relu6(unit(x, 'body.depthwise', 1, 16)))
x = rounded(unit(x, 'body.project', 0))
x = rounded(x + stem)
x = F.max_pool2d(x, 2, 2)
x = F.silu(unit(x, 'last', 0))
x = rounded(x.mean((2, 3)))
logits = F.linear(x, weight('classifier'), t['classifier.bias'])
loss = (-(torch.tensor(given['targets'], dtype=torch.float64) * F.log_softmax(logits, 1)).sum(1)
        * torch.tensor(given['weights'], dtype=torch.float64)).mean()
loss.backward()
print(json.dumps({'loss': loss.item(), 'logits': logits.flatten().tolist(),
                  'gradients': {name: t[name].grad.flatten().tolist() for name in given['trainable']}}))
`;

const python = findPython(['torch']);

test.skipIf(!python)('a step of a quantised network is that of PyTorch with its fake quantisation', async () => {
  const training = programOf(network, { quantise: quantisedFor });
  const runner = await createEagerRunner(tf, training.program);
  const variables = startOf(training);
  const inputs = inputsOf(training);
  await runner.write(variables);
  const outputs = await runner.run('accumulate', inputs);
  const values = await runner.read();
  runner.close();
  const file = join(folder({}), 'given.json');
  const shapes = new Map(training.program.variables.map(({ name, shape }) => [name, shape]));
  const own = training.program.variables.filter(({ start }) => start === 'weights');
  const epsilon = network.nodes.flatMap(({ op }) => (op.kind === 'batchNorm' ? [op.epsilon] : []))[0];
  const { batch, rest } = { batch: 4, rest: inputs.image!.shape.slice(1) };
  const nested = chunk([...inputs.image!.data], [batch, ...rest]);
  writeFileSync(
    file,
    JSON.stringify({
      variables: Object.fromEntries(
        own.map(({ name }) => [name, { shape: shapes.get(name), data: [...(variables.get(name) as Float32Array)] }]),
      ),
      trainable: training.trainable,
      epsilon,
      image: nested,
      targets: chunk([...inputs.targets!.data], [batch, 3]),
      weights: [...inputs.sample_weights!.data],
    }),
  );
  const expected = JSON.parse(runPython(python as string, script, [file]));
  expect(outputs.loss?.data[0]).toBeCloseTo(expected.loss, 5);
  expectNear('logits', outputs.logits!.data, expected.logits);
  for (const name of training.trainable) {
    expect(values.get(`${name}/sum`)).toHaveLength(elements(shapes.get(name)!));
    expectNear(name, values.get(`${name}/sum`) as Float32Array, expected.gradients[name]);
  }
  // a hundredth of what was seen, by which the extremes are divided
  const range = values.get('image/range') as Float32Array;
  expect(range[2]).toBeCloseTo(0.01, 7);
  expect((range[1] as number) / (range[2] as number)).toBeCloseTo(Math.max(...inputs.image!.data), 4);
});

test('what is rounded is what int8 files hold: inputs of layers, not what an activation needs in float32', () => {
  const { ranges } = programOf(network, { quantise: quantisedFor });
  expect(ranges).toMatchInlineSnapshot(`
    [
      "image/range",
      "stem.relu6/range",
      "body.expand.relu6/range",
      "body.depthwise.relu6/range",
      "body.project.conv/range",
      "body.add/range",
      "last.global_avg_pool/range",
      "last.conv/range",
      "last.silu/range",
      "classifier/range",
    ]
  `);
  expect(programOf(network).ranges).toEqual([]);
});

/** By the largest number of each: sums of many terms in single precision. A bias before a norm has no gradient but their noise. */
function expectNear(name: string, actual: Float32Array, expected: readonly number[]): void {
  const most = Math.max(...expected.map(Math.abs), 1e-2);
  const worst = Math.max(...expected.map((value, i) => Math.abs(value - (actual[i] as number))));
  expect(worst / most, name).toBeLessThan(2e-5);
}

function chunk(data: readonly unknown[], shape: readonly number[]): readonly unknown[] {
  if (shape.length < 2) return data;
  const size = shape.slice(1).reduce((a, b) => a * b, 1);
  return Array.from({ length: shape[0] as number }, (_, i) =>
    chunk(data.slice(i * size, (i + 1) * size), shape.slice(1)),
  );
}
