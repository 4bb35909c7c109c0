import { elements } from '../../../5-graph/graph.ts';
import { shortened, Unreadable } from '../byte-reader.ts';
import { fields, operators, tensorTypes } from './schema.ts';
import type { FlatTableReader } from './tables.ts';

/** How a constant is used, which decides the order of its numbers. */
export type TfliteLayout =
  /** `[out, kh, kw, in / groups]`, a convolution's. */
  | 'conv'
  /** `[1, kh, kw, out]` */
  | 'depthwise'
  /** `[out, in]`, as in our linear layers. */
  | 'linear'
  | 'other';

/** Quantised numbers: `(q - zeroPoint) * scale`, for each index of an axis or for all. */
export interface StoredQuantisation {
  readonly scales: readonly number[];
  readonly zeroPoints: readonly number[];
  readonly axis: number;
}

/** A constant of a model, with what is known about it without reading its numbers. */
export interface TfliteConstant {
  readonly name: string;
  /** The stored type, with safetensors' names. */
  readonly stored: string;
  /** In TensorFlow Lite's order. */
  readonly shape: readonly number[];
  readonly begin: number;
  readonly layout: TfliteLayout;
  /** For a linear layer that reads a map pixel by pixel: the map's channels. */
  readonly channels?: number;
  readonly quantisation?: StoredQuantisation;
}

const { model, operatorCode, subgraph, tensor, quantisation, operator, buffer } = fields;

const bytesOf: Readonly<Record<string, number>> = { F64: 8, F32: 4, F16: 2, BF16: 2, I32: 4, I16: 2, U8: 1, I8: 1 };
const mostAxes = 16;

/** The constants of all subgraphs of a model, in their order. @param fileBytes the size of the file @throws Unreadable */
export function readConstants(root: FlatTableReader, fileBytes: number): readonly TfliteConstant[] {
  const codes = root.tables(model.operatorCodes).map((code) => {
    // as TensorFlow Lite reads it: the old field is only a byte
    return Math.max(code.int8(operatorCode.deprecated), code.int32(operatorCode.builtin));
  });
  const buffers = root.tables(model.buffers);
  return root.tables(model.subgraphs).flatMap((graph) => {
    const tensors = graph.tables(subgraph.tensors);
    const uses = usesOf(graph, tensors, codes);
    return tensors.flatMap((found, index) => {
      const data = buffers[found.uint32(tensor.buffer)];
      const place = data && placeOf(data);
      return place ? constantOf(found, place, uses.get(index), fileBytes) : [];
    });
  });
}

/** Where the data of the metadata with a name are; undefined where there are none. @throws Unreadable */
export function placeOfMetadata(root: FlatTableReader, name: string) {
  const entry = root.tables(fields.model.metadata).find((found) => found.text(fields.metadata.name) === name);
  const data = entry && root.tables(model.buffers)[entry.uint32(fields.metadata.buffer)];
  return data && placeOf(data);
}

/** The numbers of a buffer: in it, or after the tables of a file of more than 2 GB. */
function placeOf(data: FlatTableReader) {
  const inside = data.bytes(buffer.data);
  if (inside && inside.length > 0) return inside;
  const begin = data.uint64(buffer.offset);
  // 0 and 1 mean no data
  return begin > 1 ? { begin, length: data.uint64(buffer.size) } : undefined;
}

function constantOf(
  found: FlatTableReader,
  { begin, length }: { readonly begin: number; readonly length: number },
  use: Use | undefined,
  fileBytes: number,
): TfliteConstant[] {
  const name = found.text(tensor.name);
  const shown = shortened(name);
  const shape = found.int32s(tensor.shape);
  const type = found.int8(tensor.type);
  const plain = tensorTypes[type] ?? `TensorFlow Lite type ${type}`;
  const stored = found.table(tensor.sparsity) ? `${plain} without its zeros` : plain;
  const width = bytesOf[stored];
  if (shape.length > mostAxes || shape.some((n) => n < 0) || !Number.isSafeInteger(elements(shape))) {
    throw new Unreadable(`the tensor '${shown}' has an impossible shape`);
  }
  if (width !== undefined && elements(shape) * width !== length) {
    throw new Unreadable(`the tensor '${shown}' needs ${elements(shape) * width} bytes of data, but has ${length}`);
  }
  if (begin + length > fileBytes) throw new Unreadable(`the data of '${shown}' do not lie within it: it was cut off`);
  const steps = quantisationOf(found.table(tensor.quantisation), shape, shown);
  return [
    {
      name,
      stored,
      shape,
      begin,
      layout: layoutOf(use, shape),
      ...(use?.channels !== undefined && { channels: use.channels }),
      ...(steps && { quantisation: steps }),
    },
  ];
}

function quantisationOf(
  found: FlatTableReader | undefined,
  shape: readonly number[],
  name: string,
): StoredQuantisation | undefined {
  const scales = found?.float32s(quantisation.scale) ?? [];
  if (!found || scales.length === 0) return undefined;
  if (found.int8(quantisation.details) !== 0) throw new Unreadable(`'${name}' is quantised in a way that is not read`);
  const given = found.int64s(quantisation.zeroPoint);
  const zeroPoints = given.length === 0 ? scales.map(() => 0) : given;
  const axis = found.int32(quantisation.axis);
  const isSound = scales.length === 1 || (scales.length === shape[axis] && zeroPoints.length === scales.length);
  if (!isSound || !scales.every(Number.isFinite)) throw new Unreadable(`the quantisation of '${name}' is damaged`);
  return { scales, zeroPoints, axis };
}

interface Use {
  readonly layout: TfliteLayout;
  readonly channels?: number;
}

/** How operators use their second inputs, through operators that only convert numbers. */
function usesOf(
  graph: FlatTableReader,
  tensors: readonly FlatTableReader[],
  codes: readonly number[],
): ReadonlyMap<number, Use> {
  const uses = new Map<number, Use>();
  const shapeOf = (index: number | undefined) =>
    index === undefined ? [] : (tensors[index]?.int32s(tensor.shape) ?? []);
  const all = graph.tables(subgraph.operators).map((found) => ({
    code: codes[found.uint32(operator.code)],
    inputs: found.int32s(operator.inputs),
    outputs: found.int32s(operator.outputs),
  }));
  const reshaped = new Map<number, number>();
  const widened = new Map<number, number>();
  const transposed = new Set<number>();
  for (const { code, inputs, outputs } of all) {
    const [from, to] = [inputs[0], outputs[0]];
    if (from === undefined || to === undefined) continue;
    if (code === operators.reshape.code) reshaped.set(to, from);
    if (code === operators.dequantise.code) widened.set(to, from);
    if (code === operators.transpose.code) transposed.add(to);
  }
  for (const { code, inputs } of all) {
    const [read, second] = inputs;
    if (read === undefined || second === undefined) continue;
    const kernel = widened.get(second) ?? second;
    if (code === operators.conv.code) uses.set(kernel, { layout: 'conv' });
    if (code === operators.depthwise.code) uses.set(kernel, { layout: 'depthwise' });
    if (code !== operators.fullyConnected.code) continue;
    const map = reshaped.get(read) ?? read;
    const [, height = 1, width = 1, channels = 1] = shapeOf(map);
    // a transposed map already has our order
    const isMap = !transposed.has(map) && height * width > 1 && height * width * channels === shapeOf(second)[1];
    uses.set(kernel, { layout: 'linear', ...(isMap && { channels }) });
  }
  return uses;
}

/** A tensor read as a kernel is one only if it has a kernel's axes. */
function layoutOf(use: Use | undefined, shape: readonly number[]): TfliteLayout {
  if (!use) return 'other';
  const axes = use.layout === 'linear' ? 2 : 4;
  return shape.length === axes && (use.layout !== 'depthwise' || shape[0] === 1) ? use.layout : 'other';
}
