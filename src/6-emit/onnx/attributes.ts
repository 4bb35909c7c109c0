import { type Onnx, onnx } from './proto.ts';

const { AttributeType } = onnx.AttributeProto;

/** Attributes of a node by their names; one that is undefined is left out. */
export type Attributes = Readonly<Record<string, Onnx.IAttributeProto | undefined>>;

export function int(i: number): Onnx.IAttributeProto {
  return { type: AttributeType.INT, i };
}

export function ints(values: readonly number[]): Onnx.IAttributeProto {
  return { type: AttributeType.INTS, ints: [...values] };
}

export function float(f: number): Onnx.IAttributeProto {
  return { type: AttributeType.FLOAT, f };
}

const encoder = new TextEncoder();

export function text(value: string): Onnx.IAttributeProto {
  return { type: AttributeType.STRING, s: encoder.encode(value) };
}

export function toAttributeProtos(attributes: Attributes): Onnx.IAttributeProto[] {
  return Object.entries(attributes).flatMap(([name, attribute]) => (attribute ? [{ name, ...attribute }] : []));
}
