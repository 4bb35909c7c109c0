import { elements, type TensorSpec } from '../../5-graph/graph.ts';
import { littleEndianBytes } from '../../weights/bytes.ts';
import { toStored, type WeightLayout } from '../../weights/tfjs-layout.ts';
import type { EmitRequest, EmitResult, Sink } from '../target.ts';

/** As TensorFlow's converter cuts them: a browser's cache keeps files of this size. */
const shardBytes = 4 << 20;

/** A tensor in the files: one of the network's, converted to TensorFlow's order when it is written, or a constant. */
export interface StoredWeight {
  readonly name: string;
  /** In TensorFlow's order. */
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32';
  readonly source: { readonly tensor: TensorSpec; readonly layout: WeightLayout } | Float32Array | Int32Array;
}

/** The part of model.json that states where the weights are. */
export interface WeightsManifest {
  readonly paths: readonly string[];
  readonly weights: readonly { readonly name: string; readonly shape: readonly number[]; readonly dtype: string }[];
}

/**
 * Writes the folder of a model: the weights as one stream split into shards, one tensor in memory at a time, then
 * model.json. @param modelJson the contents of model.json, given the manifest of the weights.
 */
export function writeModelFolder(
  weights: readonly StoredWeight[],
  modelJson: (manifest: readonly WeightsManifest[]) => object,
  { weights: source, open, progress }: Pick<EmitRequest<unknown>, 'weights' | 'open' | 'progress'>,
): EmitResult {
  const weightBytes = weights.reduce((sum, { shape }) => sum + elements(shape) * 4, 0);
  const count = Math.max(Math.ceil(weightBytes / shardBytes), weights.length > 0 ? 1 : 0);
  const paths = Array.from({ length: count }, (_, i) => `group1-shard${i + 1}of${count}.bin`);
  const entries = weights.map(({ name, shape, dtype }) => ({ name, shape, dtype }));
  const json = new TextEncoder().encode(JSON.stringify(modelJson([{ paths, weights: entries }])));
  const total = weightBytes + json.length;

  const shards = createShards(paths, (path) => open(path).sink);
  let done = 0;
  for (const weight of weights) {
    const bytes = bytesOf(weight, source);
    shards.write(bytes);
    done += bytes.length;
    progress?.(done, total);
  }
  open('model.json').sink.write(json);
  progress?.(total, total);
  return { diagnostics: [], bytes: total };
}

/** The bytes of a tensor as stored in the files, valid until the next call. */
export function bytesOf({ name, shape, source }: StoredWeight, weights: EmitRequest<unknown>['weights']): Uint8Array {
  if (source instanceof Float32Array || source instanceof Int32Array) return littleEndianBytes(source);
  const values = weights.read(source.tensor);
  if (values.length !== elements(shape)) throw new Error(`'${name}' has ${values.length} values`);
  return littleEndianBytes(toStored(source.layout, source.tensor.shape, values));
}

/** A sink over files of `shardBytes` each but the last; a tensor may go over their borders. */
function createShards(paths: readonly string[], open: (path: string) => Sink): Sink {
  let next = 0;
  let room = 0;
  let sink: Sink | undefined;
  return {
    write(bytes) {
      for (let at = 0; at < bytes.length; ) {
        if (room === 0 || !sink) {
          sink = open(paths[next++] as string);
          room = shardBytes;
        }
        const part = bytes.subarray(at, at + room);
        sink.write(part);
        at += part.length;
        room -= part.length;
      }
    },
  };
}
