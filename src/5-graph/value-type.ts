/**
 * The type of the elements of a value or a tensor: how they are stored, and which real number each represents. A
 * network as written is float32 throughout; passes give other types, and each target states which ones it takes.
 */
export type ValueType = FloatType | QuantisedType;

/** How an element is held. */
export type ElementType = ValueType['element'];

export interface FloatType {
  readonly element: 'float32' | 'float16';
}

/**
 * Affine quantisation: the element `q` stands for `scale * (q - zeroPoint)` (Jacob et al., "Quantization and Training of
 * Neural Networks for Efficient Integer-Arithmetic-Only Inference", 2018, equation 1), which is what ONNX's
 * DequantizeLinear computes and TensorFlow Lite's quantisation specification prescribes.
 *
 * Values and weights are int8, values can also be int16, biases and sums are int32. A file format with unsigned numbers stores the same with 128, or 32768, added to element and zero point.
 */
export interface QuantisedType {
  readonly element: 'int8' | 'int16' | 'int32';
  /** One scale for all elements, or one per index along `axis`; positive. */
  readonly scales: readonly number[];
  /** The element that represents 0, in the range of the element; 0 where there are several scales, and for int32. */
  readonly zeroPoint: number;
  /** The axis of the tensor's shape that the scales belong to; present only with scales per channel. */
  readonly axis?: number;
}

export const float32: FloatType = { element: 'float32' };
export const float16: FloatType = { element: 'float16' };

/** The bytes that an element takes. */
export const bytesPerElement: { readonly [E in ElementType]: number } = {
  float32: 4,
  float16: 2,
  int8: 1,
  int16: 2,
  int32: 4,
};

export function isQuantised(type: ValueType): type is QuantisedType {
  return type.element === 'int8' || type.element === 'int16' || type.element === 'int32';
}

/** The least and the most element of a quantised type. */
export function elementRange({ element }: QuantisedType): readonly [least: number, most: number] {
  const bits = 8 * bytesPerElement[element];
  return [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1];
}

/** The type of a bias: it has the scale of the products that it is added to. @param input the scale of what the op reads */
export function biasType({ scales, axis }: QuantisedType, input: number): QuantisedType {
  return {
    element: 'int32',
    scales: scales.map((scale) => scale * input),
    zeroPoint: 0,
    ...(axis !== undefined && { axis }),
  };
}

/** Whether two types hold the same numbers in the same way. */
export function sameType(a: ValueType, b: ValueType): boolean {
  if (a === b) return true;
  if (!isQuantised(a) || !isQuantised(b)) return a.element === b.element;
  return (
    a.element === b.element &&
    a.zeroPoint === b.zeroPoint &&
    a.axis === b.axis &&
    a.scales.length === b.scales.length &&
    a.scales.every((scale, i) => scale === b.scales[i])
  );
}

/**
 * What is wrong with a type for elements of this shape, as a phrase: `a scale of 0`; undefined if nothing is.
 * @param shape of a tensor, or of a value without its batch.
 */
export function typeProblem(type: ValueType, shape: readonly number[]): string | undefined {
  if (!isQuantised(type)) return undefined;
  const { element, scales, zeroPoint, axis } = type;
  const wrong = scales.find((scale) => !(scale > 0 && Number.isFinite(scale)));
  if (wrong !== undefined) return `a scale of ${wrong}`;
  const expected = axis === undefined ? 1 : shape[axis];
  if (expected === undefined) return `scales along axis ${axis} of ${shape.length}`;
  if (scales.length !== expected) return `${scales.length} scales instead of ${expected}`;
  const isSymmetric = element === 'int32' || axis !== undefined;
  const [least, most] = isSymmetric ? [0, 0] : elementRange(type);
  if (!Number.isInteger(zeroPoint) || zeroPoint < least || zeroPoint > most) return `a zero point of ${zeroPoint}`;
  return undefined;
}
