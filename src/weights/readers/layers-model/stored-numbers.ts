import { setLittleEndian } from '../../bytes.ts';
import { fromHalf } from '../../float16.ts';
import { isObject } from '../../is-object.ts';

/** How the numbers of a weight are stored in a file: as single precision, or as TensorFlow.js's converter quantises them. */
export type NumberFormat =
  | { readonly kind: 'float32' }
  | { readonly kind: 'float16' }
  /** The number is `q * scale + min`. */
  | { readonly kind: 'uint8' | 'uint16'; readonly scale: number; readonly min: number };

/** The bytes of an element, of all types that TensorFlow.js stores with a fixed size. */
export const bytesPerElement: Readonly<Record<string, number>> = {
  float32: 4,
  float16: 2,
  int32: 4,
  bool: 1,
  uint8: 1,
  uint16: 2,
  complex64: 8,
};

/** The format of a weight's entry in model.json, or undefined if it is invalid. */
export function numberFormat(quantization: unknown): NumberFormat | undefined {
  if (quantization === undefined || quantization === null) return { kind: 'float32' };
  if (!isObject(quantization)) return undefined;
  const { dtype, scale, min } = quantization;
  if (dtype === 'float16') return { kind: dtype };
  if ((dtype !== 'uint8' && dtype !== 'uint16') || !isNumber(scale) || !isNumber(min)) return undefined;
  return { kind: dtype, scale, min };
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

/** Numbers from their bytes. */
export function decodeNumbers(format: NumberFormat, bytes: Uint8Array): Float32Array {
  const size = bytesPerElement[format.kind] as number;
  const values = new Float32Array(bytes.length / size);
  if (format.kind === 'float32') {
    setLittleEndian(values, bytes);
    return values;
  }
  if (format.kind === 'float16') {
    const halves = new Uint16Array(values.length);
    setLittleEndian(halves, bytes);
    fromHalf(halves, values);
    return values;
  }
  const levels = format.kind === 'uint8' ? bytes : new Uint16Array(values.length);
  if (levels instanceof Uint16Array) setLittleEndian(levels, bytes);
  for (let i = 0; i < values.length; i++) values[i] = (levels[i] as number) * format.scale + format.min;
  return values;
}
