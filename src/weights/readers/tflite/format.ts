import { elements } from '../../../5-graph/graph.ts';
import type { Checkpoint, CheckpointTensor } from '../../checkpoint.ts';
import { Unreadable } from '../byte-reader.ts';
import type { CheckpointFormat, CheckpointSource, OpenedTensors, RandomAccess } from '../format.ts';
import { inOurOrder } from '../layers-model/feature-channels.ts';
import { refusing } from '../refusing.ts';
import { floatBytes, readFloats } from '../stored-floats.ts';
import { readConstants, type TfliteConstant } from './constants.ts';
import { RangedBuffer } from './ranged-buffer.ts';
import { rootTable } from './tables.ts';
import { factsIn } from './written-facts.ts';

const what = 'a TensorFlow Lite model (.tflite)';

/** A TensorFlow Lite model, whose constants are tensors under their names in it. */
export const tfliteFormat: CheckpointFormat = {
  what,
  isOf: ({ text }) => text.slice(4, 8) === 'TFL3',
  open: refusing(what, openTflite),
};

function openTflite({ name, file }: CheckpointSource): OpenedTensors {
  const root = rootTable(new RangedBuffer(file));
  const constants = readConstants(root, file.size);
  const tensors = new Map<string, CheckpointTensor>();
  const located = new Map<string, TfliteConstant>();
  const unused = unusedNames();
  for (const constant of constants) {
    const own = unused(constant.name);
    tensors.set(own, { name: own, dtype: typeOf(constant), shape: ourShape(constant) });
    located.set(own, constant);
  }
  if (tensors.size === 0) throw new Unreadable('it has no constants');
  const checkpoint: Checkpoint = {
    name,
    tensors,
    metadata: factsIn(root, file),
    read(tensor) {
      const constant = located.get(tensor);
      if (!constant || !isRead(constant)) throw new Error(`${name} has no floating-point tensor '${tensor}'`);
      const values = new Float32Array(elements(constant.shape));
      readStored(file, constant, values, `'${tensor}' of ${name}`);
      return turned(constant, values);
    },
  };
  return { checkpoint, diagnostics: [] };
}

/** Two constants may have one name: the second is `NAME#2`. */
function unusedNames(): (name: string) => string {
  const uses = new Map<string, number>();
  return (name) => {
    const n = (uses.get(name) ?? 0) + 1;
    uses.set(name, n);
    const own = n === 1 ? name : `${name}#${n}`;
    if (n > 1 && uses.has(own)) throw new Unreadable(`it has two constants '${own.slice(0, 80)}'`);
    if (n > 1) uses.set(own, 1);
    return own;
  };
}

const integers = { I8: Int8Array, U8: Uint8Array, I16: Int16Array, I32: Int32Array } as const;

function isRead({ stored, quantisation }: TfliteConstant): boolean {
  return floatBytes[stored] !== undefined || (quantisation !== undefined && Object.hasOwn(integers, stored));
}

/** Quantised tensors are read as single precision. */
function typeOf(constant: TfliteConstant): string {
  return isRead(constant) && floatBytes[constant.stored] === undefined ? 'F32' : constant.stored;
}

function readStored(file: RandomAccess, constant: TfliteConstant, out: Float32Array, shown: string): void {
  const { stored, begin, quantisation, shape } = constant;
  if (!quantisation || floatBytes[stored] !== undefined) {
    readFloats(file, begin, stored, out, shown);
    return;
  }
  const Integers = integers[stored as keyof typeof integers];
  const size = Integers.BYTES_PER_ELEMENT;
  const bytes = Uint8Array.from(file.read(begin, out.length * size));
  if (bytes.length < out.length * size) throw new Error(`the file ended while ${shown} was read`);
  const view = new DataView(bytes.buffer);
  const { scales, zeroPoints, axis } = quantisation;
  const inner = scales.length === 1 ? out.length : elements(shape.slice(axis + 1));
  for (let i = 0; i < out.length; i++) {
    const q = size === 4 ? view.getInt32(i * 4, true) : size === 2 ? view.getInt16(i * 2, true) : (bytes[i] as number);
    const level = stored === 'I8' ? (q << 24) >> 24 : q;
    const step = Math.floor(i / inner) % scales.length;
    out[i] = (level - (zeroPoints[step] ?? 0)) * (scales[step] as number);
  }
}

function ourShape({ layout, shape }: TfliteConstant): readonly number[] {
  const [a = 1, height = 1, width = 1, d = 1] = shape;
  if (layout === 'conv') return [a, d, height, width];
  return layout === 'depthwise' ? [d, 1, height, width] : shape;
}

/**
 * The numbers of a kernel in our order: each filter is a row of `[pixels, channels]`, and a depthwise kernel one row with all
 * filters as its channels.
 */
function turned({ layout, shape, channels }: TfliteConstant, values: Float32Array): Float32Array {
  if (layout === 'linear')
    return channels === undefined ? values : inOurOrder(values, [{ channels, features: shape[1] as number }]);
  if (layout === 'other') return values;
  const [, height = 1, width = 1, last = 1] = shape;
  return inOurOrder(values, [{ channels: last, features: height * width * last }]);
}
