import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { totalCost } from '../../src/5-graph/cost.ts';
import { registerLayers } from '../../src/6-emit/tfjs/custom-layers/register.ts';
import { compile } from '../../src/compile.ts';
import type { Checkpoint } from '../../src/weights/checkpoint.ts';
import { enetc, folder } from '../cli/fake-io.ts';
import { differenceOf, formsOf } from '../forms/run-forms.ts';

/** Blocks of PyTorch and timm said in the language: under their tensors' names, equal in every form. */

interface Packed {
  readonly shape: readonly number[];
  readonly data: string;
}

interface Golden {
  readonly inputs: readonly Packed[];
  readonly output: Packed;
  readonly tensors: Readonly<Record<string, Packed>>;
}

const path = new URL('../reference/blocks/blocks.json', import.meta.url);
const goldens = JSON.parse(readFileSync(path, 'utf8')) as Readonly<Record<string, Golden>>;

const up = (args: string) => `model M { convention torch  input a: [6, 5, 4]  y: ConvTranspose(${args}) }`;

const sample = readFileSync(new URL('../samples/vit.enet', import.meta.url), 'utf8');

/** What a golden's module is here: the section `y` bears its tensors, but in the sample, whose paths are timm's own names. */
const specs: Readonly<Record<string, string>> = {
  vit: sample,
  eca: `block ECA(x, kernel: int) {
    gate = x -> GlobalAvgPool -> conv: ChannelConv(kernel) -> sigmoid
    return x -> Mul(gate)
  }
  model M { input a: [8, 5, 6]  y: ECA(5) }`,
  grn: `block GRN(x) {
    weight = Weight([x.channels, 1, 1], 0)
    bias = Weight([x.channels, 1, 1], 0)
    norm = x -> Power(2) -> GlobalAvgPool -> Mul(x.height * x.width) -> Power(0.5)
    ratio = Div(norm, Add(norm -> ChannelMean, 1e-6))
    return Add(x, bias, Mul(x, ratio, weight))
  }
  model M { input a: [8, 5, 6]  y: GRN }`,
  cbam: `block ChannelGate(x, reduced: int) {
    pooled = [x -> GlobalAvgPool, x -> GlobalMaxPool]
    scores = [v -> share fc1: Conv(reduced, 1, bias: false) -> relu -> share fc2: Conv(x.channels, 1, bias: false) for v in pooled]
    return x -> Mul(sigmoid(Add(scores)))
  }
  block SpatialGate(x, kernel: int = 7) {
    pixels = Concat(x -> ChannelMean, x -> ChannelMax)
    gate = pixels -> conv.conv: Conv(1, kernel, bias: false) -> conv.bn: BatchNorm -> sigmoid
    return x -> Mul(gate)
  }
  block CBAM(x, reduced: int) {
    return x -> channel: ChannelGate(reduced) -> spatial: SpatialGate
  }
  model M { convention torch  input a: [16, 9, 8]  y: CBAM(4) }`,
  'transposed 2, stride 2': up('4, 2, stride: 2'),
  'transposed 3, stride 2, padding 1, output padding 1': up('4, 3, stride: 2, output_padding: 1'),
  'transposed 4, stride 2, padding 1, no bias': up('4, 4, stride: 2, bias: false'),
  'transposed 3, groups 2, dilation 2': up('4, 3, groups: 2, dilation: 2, padding: 0'),
  'transposed 3x2, stride 3x1, depthwise': up(
    '6, [3, 2], stride: [3, 1], groups: 6, padding: valid, output_padding: [2, 0]',
  ),
  'transposed 2, stride 3, two for each of 6 groups': up('12, 2, stride: 3, groups: 6, output_padding: 1'),
  'transposed 3, stride 2, padding 2': up('3, 3, stride: 2, padding: 2'),
  'attention of one head': `model M { input a: [4, 3, 5]  input b: [4, 3, 5]  input c: [4, 3, 5]  y: Attend(a, b, c) }`,
  'attention of two heads, other pixels and values': `model M { input a: [4, 3, 5]  input b: [4, 2, 4]  input c: [6, 2, 4]
    y: a -> Attend(b, c, heads: 2) }`,
  flatten: 'model M { input a: [3, 5, 4]  y: Flatten -> fc: Linear(4) }',
};

beforeAll(async () => {
  await tf.setBackend('cpu');
  registerLayers(tf);
});

const floats = ({ data }: Packed) => new Float32Array(Uint8Array.from(Buffer.from(data, 'base64')).buffer);

const settings = { classes: '5', width: '12', heads: '3', depth: '2', patch: '8', resolution: '32' };

/** A golden's tensor as ours: rows of the sample's table have a number, and places are a map, in timm tokens `[1, H W, C]`. */
function ours(name: string, key: string, tensor: Packed): [string, readonly number[], Float32Array] {
  const values = floats(tensor);
  if (name !== 'vit') return [`y.${key}`, tensor.shape, values];
  if (key !== 'pos_embed') return [key.replace(/^blocks\./, 'blocks.0.'), tensor.shape, values];
  const [, tokens = 0, channels = 0] = tensor.shape;
  const side = Math.sqrt(tokens);
  const turned = values.map((_v, i) => values[(i % tokens) * channels + Math.floor(i / tokens)]!);
  return [key, [channels, side, side], turned];
}

test.each(Object.entries(specs))('%s', async (name, text) => {
  const golden = goldens[name]!;
  const { graph, diagnostics, ...network } = compile(
    { name: 'block.enet', text },
    name === 'vit' ? { set: settings } : {},
  );
  expect(diagnostics.map(({ message }) => message)).toEqual([]);
  const all = Object.entries(golden.tensors).map(([key, tensor]) => ours(name, key, tensor));
  const tensors = new Map(all.map(([key, shape]) => [key, { name: key, shape, dtype: 'F32' }]));
  const read = (key: string) => all.find(([own]) => own === key)![2];
  const checkpoint: Checkpoint = { name, tensors, metadata: new Map(), read };
  const names = graph!.inputs.map((id) => graph!.nodes[id]!.op).flatMap((op) => (op.kind === 'input' ? [op.name] : []));
  const inputs = Object.fromEntries(golden.inputs.map((input, i) => [names[i]!, floats(input)]));
  const forms = formsOf({ ...network, graph, diagnostics }, checkpoint, name.length, inputs);
  let ran = 0;
  for (const form of forms) {
    const found = await form.run();
    if (!found) continue;
    ran++;
    expect(differenceOf(found, [floats(golden.output)]), form.name).toBeLessThan(form.tolerance / 10);
  }
  expect(ran).toBeGreaterThanOrEqual(6);
});

/** timm's vit_tiny_patch16_224 has 5,717,416, of which 192 are its class token and 192 that token's place. */
test('the samples have the parameters of timm and of the usual U-Net in PyTorch', () => {
  const unet = readFileSync(new URL('../samples/unet.enet', import.meta.url), 'utf8');
  const params = (text: string) => totalCost(compile({ name: 'sample.enet', text }).graph!).params;
  expect(params(sample)).toBe(5_717_416 - 2 * 192);
  // torch.nn modules of the same layers, 64 to 1024 channels and two classes
  expect(params(unet)).toBe(31_037_698);
});

test.each([
  ['unet', ['width=4', 'resolution=32']],
  ['vit', Object.entries(settings).map((pair) => pair.join('='))],
])('verify finds %s the same in every form', async (name, given) => {
  const text = readFileSync(new URL(`../samples/${name}.enet`, import.meta.url), 'utf8');
  const cwd = folder({ 'net.enet': text });
  const sets = given.flatMap((setting) => ['--set', setting]);
  const ran = await enetc(['verify', 'net.enet', '--backend', 'cpu', '--json', ...sets], { cwd });
  const report = JSON.parse(ran.out);
  expect({ ok: report.ok, forms: report.rows.length }).toEqual({ ok: true, forms: 3 });
});
