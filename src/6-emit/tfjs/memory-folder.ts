import type { io } from '@tensorflow/tfjs';
import { joinBytes } from '../../weights/bytes.ts';
import type { OpenSink } from '../target.ts';
import type { Tfjs } from './tfjs.ts';

/** The files of a model in memory. */
export interface MemoryFolder {
  readonly open: OpenSink;
  /** The names of the files; `''` is the main one of a target that writes a file. */
  names(): readonly string[];
  /** The bytes of a file. */
  bytes(name: string): Uint8Array;
  /** A reader of the model for `tf.loadLayersModel` or `tf.loadGraphModel`. */
  handler(tf: Tfjs): io.IOHandler;
}

/** A folder that a target can write to and TensorFlow.js can read from, without a disk. */
export function createMemoryFolder(): MemoryFolder {
  const files = new Map<string, Uint8Array[]>();
  const bytes = (name: string) => joinBytes(files.get(name) ?? []);
  return {
    names: () => [...files.keys()],
    bytes,
    open(name) {
      const parts: Uint8Array[] = [];
      files.set(name, parts);
      return { name, sink: { write: (bytes) => void parts.push(bytes.slice()) } };
    },
    handler: (tf) => ({
      async load() {
        const json = new TextDecoder().decode(bytes('model.json'));
        return tf.io.getModelArtifactsForJSON(JSON.parse(json) as io.ModelJSON, async (manifest) => {
          const shards = manifest.flatMap(({ paths }) => paths.flatMap((path) => files.get(path) ?? []));
          return [manifest.flatMap((group) => group.weights), joinBytes(shards).buffer];
        });
      },
    }),
  };
}
