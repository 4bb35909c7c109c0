import { dirname } from 'node:path';
import type { io } from '@tensorflow/tfjs';
import type { Tfjs } from '../backends/backend.ts';
import { modelFolderFiles } from '../node/model-folder-files.ts';
import { orUndefined } from '../node/or-undefined.ts';
import { readText } from '../node/regular-file.ts';
import { FileError } from '../node/system-errors.ts';
import { RunError } from '../train/run-error.ts';
import { isObject } from '../weights/is-object.ts';
import { isWithin } from '../weights/readers/path-within.ts';

/** What a model.json holds. */
export type ModelJson = Readonly<Record<string, unknown>>;

/** Whether it is a graph model; otherwise it is a layers model. */
export function isGraphModel(json: ModelJson): boolean {
  return json.format === 'graph-model';
}

/** @throws RunError for a file that is not one */
export function readModelJson(path: string, shown: string): ModelJson {
  let text: string;
  try {
    text = readText(path);
  } catch (e) {
    throw new RunError(`'${shown}' cannot be read: ${(e as Error).message}`);
  }
  const json: unknown = orUndefined(() => JSON.parse(text));
  if (isObject(json) && isObject(json.modelTopology) && Array.isArray(json.weightsManifest)) return json;
  throw new RunError(`'${shown}' is not the model.json of a TensorFlow.js model`);
}

/**
 * Reads a model's weights from the files next to its description. @param path its model.json. @param shown that path as the user wrote
 * it.
 */
export function openModelJson(tf: Tfjs, model: ModelJson, path: string, shown: string): io.IOHandler {
  const json = model as unknown as io.ModelJSON;
  const files = modelFolderFiles(dirname(path), dirname(shown), shown);
  const bytesOf = (name: string): Uint8Array => {
    if (!isWithin(name)) throw new FileError(`'${shown}' cannot be read: '${name}' lies outside of its folder`);
    const file = files.open(name);
    return file.read(0, file.size).slice();
  };
  return {
    load: () =>
      tf.io.getModelArtifactsForJSON(json, async (manifest) => {
        const all = Buffer.concat(manifest.flatMap(({ paths }) => paths.map(bytesOf)));
        files.close();
        const weights = all.buffer.slice(all.byteOffset, all.byteOffset + all.byteLength) as ArrayBuffer;
        return [manifest.flatMap((group) => group.weights), weights];
      }),
  };
}
