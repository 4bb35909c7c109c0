// CommonJS: its names only exist on the default export, under Node as under bundlers.
import protobuf from 'onnx-proto';

/** ONNX's protobuf messages, generated from the schema of ONNX 1.10 (IR version 8). */
export const onnx: typeof protobuf.onnx = protobuf.onnx;

export type { onnx as Onnx } from 'onnx-proto';
