import { elementRange, type QuantisedType } from '../5-graph/value-type.ts';

/**
 * Real numbers as the elements of a quantised type: rounded to the nearest, halves to even, clamped to the type's range.
 * @param shape of the tensor; scales along its axis 0, or one for all.
 * @param out as long as `values`.
 */
export function quantiseValues(
  values: Float32Array,
  shape: readonly number[],
  type: QuantisedType,
  out: Int8Array | Int32Array,
): void {
  const { scales, zeroPoint, axis } = type;
  if (axis !== undefined && axis !== 0) throw new Error('scales belong to the first axis of a tensor');
  const [least, most] = elementRange(type);
  const size = axis === undefined ? values.length : values.length / (shape[0] as number);
  for (let group = 0, i = 0; i < values.length; group++) {
    const scale = scales[group] as number;
    for (const end = i + size; i < end; i++) {
      out[i] = Math.min(Math.max(roundHalfEven((values[i] as number) / scale) + zeroPoint, least), most);
    }
  }
}

/** The nearest whole number, halves to even: IEEE 754's default, as in ONNX's QuantizeLinear. */
export function roundHalfEven(x: number): number {
  const down = Math.floor(x);
  const rest = x - down;
  if (rest !== 0.5) return rest < 0.5 ? down : down + 1;
  return down % 2 === 0 ? down : down + 1;
}
