import { resolve } from 'node:path';
import type { Tensor } from '@tensorflow/tfjs';
import { registerLayers } from '../6-emit/tfjs/custom-layers/register.ts';
import type { BackendRequest } from '../backends/backend.ts';
import { firstLine } from '../backends/first-line.ts';
import { openBackend } from '../backends/open.ts';
import { isFileError } from '../node/system-errors.ts';
import { RunError } from '../train/run-error.ts';
import { isObject } from '../weights/is-object.ts';
import type { Classifier, ClassifierOptions } from './classifier.ts';
import { type AskedOfFile, asFed, imageOfFile, nameOfFile, scoresAmong } from './file-image.ts';
import { lastOfLayers } from './last-activation.ts';
import { isGraphModel, openModelJson, readModelJson } from './tfjs-files.ts';

/** What layers models and graph models have in common. */
interface Model {
  readonly inputs: readonly { readonly name: string; readonly shape?: readonly (number | null)[] | undefined }[];
  readonly outputs: readonly { readonly name: string }[];
  predict(input: Tensor): unknown;
  dispose(): unknown;
}

/**
 * A TensorFlow.js model as a classifier: a layers model or a graph model, also from other tools. @param shown its
 * model.json. @throws RunError if it is not one, BackendUnavailable.
 */
export async function openTfjsClassifier(
  shown: string,
  asked: AskedOfFile,
  backendName: BackendRequest,
  { cwd, env }: ClassifierOptions,
): Promise<Classifier> {
  const path = resolve(cwd, shown);
  const json = readModelJson(path, shown);
  const backend = await openBackend(backendName, { cwd, env });
  const { tf } = backend;
  let model: Model | undefined;
  try {
    registerLayers(tf);
    const load = isGraphModel(json) ? tf.loadGraphModel : tf.loadLayersModel;
    model = (await load(openModelJson(tf, json, path, shown))) as unknown as Model;
    const opened = model;
    const [input, ...others] = opened.inputs;
    if (!input || others.length > 0) throw new RunError(`'${shown}' has ${opened.inputs.length} inputs, not one`);
    const metadata = new Map(Object.entries(isObject(json.userDefinedMetadata) ? json.userDefinedMetadata : {}));
    const texts = new Map([...metadata].filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
    const taken = imageOfFile(shown, input.shape ?? [], texts, asked);
    const { layout: _, ...facts } = taken;
    const last = isGraphModel(json) ? undefined : lastOfLayers(json.modelTopology);
    return {
      name: nameOfFile(texts, shown),
      engine: backend.description,
      ...facts,
      ...(last && { last }),
      async run(images, count) {
        const { shape, data, ofThese } = asFed(taken, images, count);
        const fed = tf.tensor(data, shape);
        const results = [opened.predict(fed)].flat() as Tensor[];
        const outputs = results.map((value, i) => ({ name: opened.outputs[i]?.name ?? '', shape: value.shape, value }));
        const scores = (await scoresAmong(shown, outputs).value.data()) as Float32Array;
        tf.dispose([fed, ...results]);
        return ofThese(scores);
      },
      async close() {
        opened.dispose();
        backend.close();
      },
    };
  } catch (e) {
    model?.dispose();
    backend.close();
    if (e instanceof RunError || isFileError(e)) throw e;
    throw new RunError(`TensorFlow.js cannot load '${shown}': ${firstLine(e)}`);
  }
}
