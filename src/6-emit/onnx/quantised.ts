import { elements, typeOf } from '../../5-graph/graph.ts';
import { elementRange, type FloatType, isQuantised, type QuantisedType, sameType } from '../../5-graph/value-type.ts';
import type { OpKind } from '../../ops/ops.ts';
import { littleEndianBytes } from '../../weights/bytes.ts';
import { label, type WithOp } from '../written-node.ts';
import { int } from './attributes.ts';
import { dataTypes, type OnnxBuilder } from './builder.ts';
import type { OnnxNode } from './onnx-node.ts';
import { onnx } from './proto.ts';

const { DataType } = onnx.TensorProto;

/**
 * Quantised values are written as ONNX's tools write them (QDQ): a float32 op between a DequantizeLinear of its inputs and a
 * QuantizeLinear of its result. Runtimes fuse the three into one op on integers. Values are unsigned: ONNX Runtime's kernels
 * for x86 multiply unsigned values with signed weights.
 */
export function writeQuantised(
  write: (c: never) => readonly string[],
): (c: WithOp<OnnxNode, OpKind>) => readonly string[] {
  return (c) => {
    const { graph, node, b } = c;
    const { type } = node;
    if (!isQuantised(type) || node.op.kind === 'cast') return write(c as never);
    const from = node.inputs.map((ref) => typeOf(graph, ref));
    const [input] = from;
    if (node.op.kind === 'activation' && input && sameType(input, type) && isSaturation(node.op.fn, type)) {
      return [c.inputs[0] as string];
    }
    const inputs = c.inputs.map((name, i) => {
      const held = from[i] as QuantisedType;
      return dequantised(b, name, held, `${name}/float`, c.inputShapes[i] ?? []);
    });
    const results = write({ ...c, inputs } as never);
    return results.map((name, i) =>
      quantised(b, name, type, label(c, i === 0 ? 'quantized' : `quantized:${i}`), node.shapes[i] ?? []),
    );
  };
}

/** The form of a cast to or from integers; undefined for a cast between floats. */
export function writeCast(c: OnnxNode): readonly string[] | undefined {
  const { graph, node, b, inputs } = c;
  const [ref] = node.inputs;
  const from = ref && typeOf(graph, ref);
  const [shape = []] = node.shapes;
  const [name] = inputs as [string];
  if (!from || !(isQuantised(from) || isQuantised(node.type))) return undefined;
  const { type, path } = node;
  if (isQuantised(from) && !isQuantised(type) && shape.length > 1 && isReadFlat(c)) {
    // a product of matrices is one of integers where its input is converted last
    const flat = [elements(shape)];
    const attributes = { axis: int(1) };
    const { element } = from;
    const [x] = b.node({
      type: 'Flatten',
      inputs: [name],
      name: `${path}/flatten`,
      shapes: [flat],
      attributes,
      element,
    });
    const single = dequantised(b, x as string, from, `${x}/float`, flat);
    flattened.set(b, (flattened.get(b) ?? new Set()).add(single));
    return [asElement(b, single, type.element, path, flat)];
  }
  const single = isQuantised(from) ? dequantised(b, name, from, `${name}/float`, shape) : name;
  if (isQuantised(type))
    return [quantised(b, asElement(b, single, 'float32', `${path}/single`, shape), type, path, shape)];
  return [asElement(b, single, type.element, path, shape)];
}

/** Whether a value has been made one row a picture before it was converted. */
export function isFlat(b: OnnxBuilder, name: string): boolean {
  return flattened.get(b)?.has(name) ?? false;
}

const flattened = new WeakMap<OnnxBuilder, Set<string>>();

/** Whether only linear layers, which read rows, read a node. */
function isReadFlat({ graph, node }: OnnxNode): boolean {
  const readers = graph.nodes.filter(({ inputs }) => inputs.some((ref) => ref.node === node.id));
  const isGiven = graph.outputs.some(({ value }) => value.node === node.id);
  return !isGiven && node.type.element === 'float32' && readers.every(({ op }) => op.kind === 'linear');
}

/** Opsets 13 to 18 convert only to and from float32. */
function asElement(
  b: OnnxBuilder,
  x: string,
  element: FloatType['element'],
  name: string,
  shape: readonly number[],
): string {
  if (b.typeOf(x) === element) return x;
  const attributes = { to: int(dataTypes[element]) };
  return b.node({ type: 'Cast', inputs: [x], name, shapes: [shape], attributes, element })[0] as string;
}

/** Whether the bounds of the type are those of the function: 0 is its least number, and no number is above 6. */
function isSaturation(fn: string, type: QuantisedType): boolean {
  const [least, most] = elementRange(type);
  if (fn === 'identity') return true;
  if (type.zeroPoint !== least) return false;
  const top = (type.scales[0] as number) * (most - least);
  return fn === 'relu' || (fn === 'relu6' && Math.fround(top) <= 6);
}

function quantised(b: OnnxBuilder, x: string, type: QuantisedType, name: string, shape: readonly number[]): string {
  return b.node({
    type: 'QuantizeLinear',
    inputs: [x, ...parameters(b, type)],
    name,
    shapes: [shape],
    element: type.element,
  })[0] as string;
}

function dequantised(b: OnnxBuilder, x: string, type: QuantisedType, name: string, shape: readonly number[]): string {
  const made = dequantisedOf.get(b) ?? new Map<string, string>();
  dequantisedOf.set(b, made);
  const known = made.get(x);
  if (known !== undefined) return known;
  const [result] = b.node({
    type: 'DequantizeLinear',
    inputs: [x, ...parameters(b, type)],
    name,
    shapes: [shape],
    element: 'float32',
  }) as [string];
  made.set(x, result);
  return result;
}

/** The values that have been converted to float32, each once: their new names by the old ones. */
const dequantisedOf = new WeakMap<OnnxBuilder, Map<string, string>>();

/** Scale and zero point of a value. */
function parameters(b: OnnxBuilder, type: QuantisedType): string[] {
  const [scale = 1] = type.scales;
  const [least] = elementRange(type);
  const zero = type.zeroPoint - least;
  const [dataType, bytes] =
    type.element === 'int8' ? [DataType.UINT8, Uint8Array.of(zero)] : [DataType.UINT16, Uint16Array.of(zero)];
  return [
    b.constant(`scale/${Math.fround(scale)}`, [], DataType.FLOAT, littleEndianBytes(Float32Array.of(scale))),
    b.constant(`zero/${zero}`, [], dataType, littleEndianBytes(bytes)),
  ];
}
