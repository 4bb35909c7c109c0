import type { AttrValue, ConstantValue, GraphDef, NodeDef, TensorShape } from '../node-def/node-def.ts';
import type { StoredWeight } from '../weight-shards.ts';
import type { Port } from './plan.ts';

/** A graph as TensorFlow.js reads it from model.json: protobuf's JSON, the values of its constants in the weights' files. */
export function graphJson({ node }: GraphDef): object {
  return { node: node.map(nodeJson), library: {}, versions: { producer: 1898 } };
}

/** The constants of a graph that contain their value: shapes, axes, numbers. */
export function constantWeights({ node }: GraphDef): readonly StoredWeight[] {
  return node.flatMap(({ name, attr }): StoredWeight[] => {
    const { value } = attr;
    if (!value || !('tensor' in value)) return [];
    const { dtype, shape } = value.tensor;
    return [{ name, shape, dtype: dtype === 'DT_FLOAT' ? 'float32' : 'int32', source: numbersOf(value.tensor) }];
  });
}

/** Inputs or outputs as a signature has them. */
export function portsJson(ports: readonly Port[]): object {
  return Object.fromEntries(
    ports.map(({ name, node, shape }) => [
      name,
      { name: `${node}:0`, dtype: 'DT_FLOAT', tensorShape: shapeJson(shape) },
    ]),
  );
}

function nodeJson({ name, op, input, attr }: NodeDef): object {
  const attributes = Object.entries(attr).map(([key, value]) => [key, attrJson(value)]);
  return { name, op, ...(input.length > 0 && { input }), attr: Object.fromEntries(attributes) };
}

function attrJson(value: AttrValue): object {
  if ('type' in value) return { type: value.type };
  if ('int' in value) return { i: String(value.int) };
  if ('ints' in value) return { list: { i: value.ints.map(String) } };
  if ('float' in value) return { f: value.float };
  if ('bool' in value) return { b: value.bool };
  if ('text' in value) return { s: btoa(value.text) };
  if ('texts' in value) return { list: { s: value.texts.map((text) => btoa(text)) } };
  if ('shape' in value) return { shape: shapeJson(value.shape) };
  return { tensor: { dtype: value.tensor.dtype, tensorShape: shapeJson(value.tensor.shape) } };
}

function shapeJson(shape: TensorShape): object {
  return { dim: shape.map((size) => ({ size: String(size) })) };
}

function numbersOf({ dtype, shape, values }: ConstantValue): Float32Array | Int32Array {
  const length = shape.reduce((product, n) => product * n, 1);
  const all = values.length === length ? values : new Array<number>(length).fill(values[0] as number);
  return dtype === 'DT_FLOAT' ? Float32Array.from(all) : Int32Array.from(all);
}
