import { elements } from '../../../5-graph/graph.ts';
import { reusedFloats } from '../../bytes.ts';
import type { Checkpoint, CheckpointTensor } from '../../checkpoint.ts';
import { fromStored } from '../../tfjs-layout.ts';
import { ByteReader, Unreadable } from '../byte-reader.ts';
import type { CheckpointFormat, CheckpointSource, FileEnds, OpenedTensors, RandomAccess } from '../format.ts';
import { isWithin } from '../path-within.ts';
import { ProtoReader } from '../protobuf.ts';
import { refusing } from '../refusing.ts';
import { floatBytes, readFloats } from '../stored-floats.ts';
import { readModel } from './model-proto.ts';
import type { OnnxTensor } from './tensor-proto.ts';

const what = 'an ONNX model';

/** An ONNX model, whose initialisers and constants are tensors under their names in the graph. */
export const onnxFormat: CheckpointFormat = { what, isOf: isOnnx, open: refusing(what, openOnnx) };

/** A protobuf that begins with ONNX's `ir_version`, a small number, and goes on with a field of ModelProto; not a SavedModel. */
function isOnnx({ head, text }: FileEnds): boolean {
  if (head[0] !== 0x08 || (head[1] ?? 99) > 20) return false;
  if (head[1] === 0x01 && head[2] === 0x12 && /serve|saver|tensorflow/.test(text)) return false;
  return [0x12, 0x1a, 0x22, 0x28, 0x32, 0x3a, 0x42].includes(head[2] ?? 0) || /onnx|pytorch/i.test(text);
}

function openOnnx({ name, file, openNear }: CheckpointSource): OpenedTensors {
  const {
    tensors: found,
    turned,
    metadata,
  } = readModel(new ProtoReader(new ByteReader(file, 'it', 0, file.size)), file.size);
  const tensors = new Map<string, CheckpointTensor>();
  const stored = new Map<string, OnnxTensor & { readonly file: RandomAccess; readonly isTurned: boolean }>();
  const fileAt = filesNear(openNear);
  for (const tensor of found) {
    const { name: own, dtype, shape, data } = tensor;
    if (tensors.has(own)) throw new Unreadable(`it has two tensors '${own.slice(0, 80)}'`);
    const isTurned = turned.has(own) && shape.length === 2;
    tensors.set(own, { name: own, dtype, shape: isTurned ? shape.toReversed() : shape });
    if (!data) continue;
    const within = data.location === undefined ? file : fileAt(data.location);
    if (data.begin + elements(shape) * (floatBytes[dtype] as number) > within.size) {
      throw new Unreadable(`the data of '${own.slice(0, 80)}' do not lie within '${data.location ?? name}'`);
    }
    stored.set(own, { ...tensor, file: within, isTurned });
  }
  if (tensors.size === 0) throw new Unreadable('it has no initialisers and no constants');
  const floats = reusedFloats();
  const checkpoint: Checkpoint = {
    name,
    tensors,
    metadata,
    read(tensor) {
      const place = stored.get(tensor);
      if (!place?.data) throw new Error(`${name} has no floating-point tensor '${tensor}'`);
      const out = floats(elements(place.shape));
      readFloats(place.file, place.data.begin, place.dtype, out, `'${tensor}' of ${name}`);
      return place.isTurned ? fromStored('linear', place.shape.toReversed(), out) : out;
    },
  };
  return { checkpoint, diagnostics: [] };
}

/** The files of external data, each opened once. */
export function filesNear(openNear: CheckpointSource['openNear']): (location: string) => RandomAccess {
  const opened = new Map<string, RandomAccess>();
  return (location) => {
    if (!isWithin(location))
      throw new Unreadable(`it places data in '${location.slice(0, 80)}', outside of its folder`);
    if (!openNear) throw new Unreadable(`its data are in '${location.slice(0, 80)}', next to it`);
    const file = opened.get(location) ?? openNear(location);
    opened.set(location, file);
    return file;
  };
}
