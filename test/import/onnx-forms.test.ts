import { InferenceSession, Tensor } from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { onnx } from '../../src/6-emit/onnx/proto.ts';
import { importModel } from '../../src/import/import-model.ts';
import { fillNormal } from '../../src/weights/normal.ts';
import { randomState } from '../../src/weights/random.ts';
import { distance, emitFiles, runOrt } from '../onnx/emit.ts';

/** Operators of other programs, in chains from an image of six channels of four by four. */
interface Node {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly attributes?: readonly object[];
}

const reals = (dims: readonly number[], numbers?: readonly number[]) => {
  const own = new Float32Array(dims.reduce((a, b) => a * b, 1));
  fillNormal(own, randomState(3, String(dims)), 0.5);
  return { dataType: 1, dims, floatData: [...(numbers ?? own)] };
};
const wholes = (list: readonly number[]) => ({ dataType: 7, dims: [list.length], int64Data: list });
const tensors: Readonly<Record<string, object>> = {
  kernel: reals([6, 6, 1, 1]),
  slopes: reals([6, 1, 1]),
  lastSlopes: reals([1, 1, 6]),
  pixels: reals([4, 4, 6]),
  six6: reals([6]),
  all: reals([1, 96]),
  one: reals([1, 1, 1], [0.125]),
  steep: reals([1, 1, 1], [-2]),
  zero: reals([], [0]),
  six: reals([], [6]),
  unit: reals([], [1]),
  three: reals([], [3]),
  sixth: reals([], [1 / 6]),
  around: wholes([0, 2, 0, 0, 0, 4, 0, 0]),
  behind: wholes([0, 0, 0, 0, 0, 9, 0, 0]),
  fewer: wholes([0, -2, 0, 0, 0, 0, 0, 0]),
  both: wholes([0, 6, 1, 1, 0, 0, 1, 1]),
  thousand: wholes([0, 0, 0, 0, 0, 999, 0, 0]),
  batches: wholes([1, 0, 0, 0, 0, 0, 0, 0]),
};

function modelOf(nodes: readonly Node[]): Uint8Array {
  const value = (name: string, dims: readonly number[] = []) => ({
    name,
    type: { tensorType: { elemType: 1, shape: { dim: dims.map((n) => ({ dimValue: n })) } } },
  });
  const used = new Set(['kernel', ...nodes.flatMap(({ inputs }) => inputs)]);
  return onnx.ModelProto.encode({
    irVersion: 8,
    opsetImport: [{ domain: '', version: 17 }],
    graph: {
      name: 'net',
      input: [value('image', [1, 6, 4, 4])],
      initializer: Object.entries(tensors).flatMap(([name, tensor]) => (used.has(name) ? [{ name, ...tensor }] : [])),
      node: [
        { name: 'first', opType: 'Conv', input: ['image', 'kernel'], output: ['y0'] },
        ...nodes.map(({ op, inputs, attributes }, i) => ({
          name: `${op}${i + 1}`,
          opType: op,
          input: [...inputs],
          output: [`y${i + 1}`],
          attribute: [...(attributes ?? [])],
        })),
      ],
      output: [{ name: `y${nodes.length}` }],
    },
  } as never).finish();
}

function imported(bytes: Uint8Array) {
  const read = (offset: number, length: number) => bytes.subarray(offset, offset + length);
  return importModel({ name: 'net.onnx', file: { size: bytes.length, read } }, 'net');
}

const turn = (...axes: number[]) => [{ name: 'perm', type: 7, ints: axes }];

const forms: readonly [string, RegExp, readonly Node[]][] = [
  ['a slope of each channel', /Sub\(/, [{ op: 'PRelu', inputs: ['y0', 'slopes'] }]],
  [
    'a slope of each channel, channels last',
    /Sub\(/,
    [
      { op: 'Transpose', inputs: ['y0'], attributes: turn(0, 2, 3, 1) },
      { op: 'PRelu', inputs: ['y1', 'lastSlopes'] },
      { op: 'Transpose', inputs: ['y2'], attributes: turn(0, 3, 1, 2) },
    ],
  ],
  [
    'numbers of each pixel and channel, channels last',
    /Add\(/,
    [
      { op: 'Transpose', inputs: ['y0'], attributes: turn(0, 2, 3, 1) },
      { op: 'Add', inputs: ['y1', 'pixels'] },
      { op: 'Transpose', inputs: ['y2'], attributes: turn(0, 3, 1, 2) },
    ],
  ],
  [
    'numbers of a vector that was a map of one pixel',
    /Add\(/,
    [
      { op: 'GlobalAveragePool', inputs: ['y0'] },
      { op: 'Flatten', inputs: ['y1'] },
      { op: 'Mul', inputs: ['y2', 'six6'] },
      { op: 'Add', inputs: ['six6', 'y3'] },
    ],
  ],
  [
    'numbers of a flattened map',
    /Mul\(/,
    [
      { op: 'Flatten', inputs: ['y0'] },
      { op: 'Mul', inputs: ['y1', 'all'] },
    ],
  ],
  ['one slope', /leaky_relu\(0\.125\)/, [{ op: 'PRelu', inputs: ['y0', 'one'] }]],
  ['one slope that the language has not', /Sub\(/, [{ op: 'PRelu', inputs: ['y0', 'steep'] }]],
  ['a maximum with 0', /-> relu\b/, [{ op: 'Max', inputs: ['zero', 'y0'] }]],
  [
    'a maximum, then a minimum',
    /-> relu6/,
    [
      { op: 'Max', inputs: ['y0', 'zero'] },
      { op: 'Min', inputs: ['y1', 'six'] },
    ],
  ],
  [
    'a minimum, then a maximum',
    /-> relu6/,
    [
      { op: 'Min', inputs: ['y0', 'six'] },
      { op: 'Max', inputs: ['zero', 'y1'] },
    ],
  ],
  [
    'a ReLU, then a minimum',
    /-> relu6/,
    [
      { op: 'Relu', inputs: ['y0'] },
      { op: 'Min', inputs: ['y1', 'six'] },
    ],
  ],
  [
    'a ReLU, then a Clip',
    /-> relu6/,
    [
      { op: 'Relu', inputs: ['y0'] },
      { op: 'Clip', inputs: ['y1', '', 'six'] },
    ],
  ],
  [
    'a hard sigmoid of Min and Max',
    /hardsigmoid/,
    [
      { op: 'Add', inputs: ['y0', 'three'] },
      { op: 'Max', inputs: ['y1', 'zero'] },
      { op: 'Min', inputs: ['y2', 'six'] },
      { op: 'Mul', inputs: ['y3', 'sixth'] },
    ],
  ],
  ['channels of zeros', /Mul\(0\)[\s\S]*Concat\(/, [{ op: 'Pad', inputs: ['y0', 'around'] }]],
  ['more channels of zeros than there are', /Mul\(0\)[\s\S]*Concat\(/, [{ op: 'Pad', inputs: ['y0', 'behind'] }]],
];

test.each(forms)("%s gives ONNX Runtime's output", async (_, stated, nodes) => {
  const bytes = modelOf(nodes);
  const { imported: back, diagnostics } = imported(bytes);
  expect(diagnostics.map(({ message }) => message)).toEqual([]);
  const { graph, weights, text } = back!;
  expect(text).toMatch(stated);
  const image = new Float32Array(96);
  fillNormal(image, randomState(1, 'image'), 4);
  const session = await InferenceSession.create(bytes);
  const wanted = (await session.run({ image: new Tensor('float32', image, [1, 6, 4, 4]) }))[session.outputNames[0]!]!;
  const [found] = await runOrt(emitFiles(graph, weights!).bytes, graph, { image });
  expect(distance(found!, wanted.data as Float32Array)).toBeLessThan(1e-6);
});

test.each<[string, readonly Node[], string]>([
  ['a maximum of two values', [{ op: 'Max', inputs: ['y0', 'image'] }], 'only one of a value and a number of the file'],
  ['other bounds', [{ op: 'Max', inputs: ['y0', 'three'] }], 'it is only known as a part of a norm or of a pool'],
  ['channels taken away', [{ op: 'Pad', inputs: ['y0', 'fewer'] }], 'channels that a Pad takes away'],
  ['pixels too', [{ op: 'Pad', inputs: ['y0', 'both'] }], 'padding of channels and of pixels at once'],
  ['many zeros', [{ op: 'Pad', inputs: ['y0', 'thousand'] }], '999 channels of zeros next to 6'],
  ['the batch', [{ op: 'Pad', inputs: ['y0', 'batches'] }], 'padding of the batch cannot be expressed'],
  ['ones', [{ op: 'Pad', inputs: ['y0', 'around', 'unit'] }], 'padding by anything but zeros'],
])('%s cannot be expressed, and the message says what', (_, nodes, message) => {
  const { imported: none, diagnostics } = imported(modelOf(nodes));
  expect(none).toBeUndefined();
  expect(diagnostics.map((one) => one.message).join()).toContain(message);
});
