import type { io, Tensor } from '@tensorflow/tfjs';
import { registerLayers } from '../6-emit/tfjs/custom-layers/register.ts';
import type { Tfjs } from '../6-emit/tfjs/tfjs.ts';
import { firstLine } from './first-line.ts';
import { inputSides, inputValues, type ModelSession, type SessionRequest } from './model-session.ts';

/** What layers models and graph models have in common. */
interface Model {
  readonly inputs: readonly Input[];
  predict(input: Tensor | Tensor[]): unknown;
  dispose(): unknown;
}

interface Input {
  readonly name: string;
  readonly dtype: string;
  readonly shape?: readonly (number | null)[] | undefined;
}

/**
 * Opens a TensorFlow.js model with random inputs, on the backend that `tf` has set. A run ends when its outputs have been read,
 * because engines on a GPU return them before they are computed. @param isGraph whether it is a graph model, not a layers model.
 * @returns or why it cannot be run, as the rest of a sentence that begins with the model.
 */
export async function openTfjsSession(
  tf: Tfjs,
  handler: io.IOHandler,
  isGraph: boolean,
  { batch, seed }: SessionRequest,
): Promise<ModelSession | string> {
  registerLayers(tf);
  const loading: Promise<unknown> = isGraph ? tf.loadGraphModel(handler) : tf.loadLayersModel(handler);
  const model = (await loading.catch(firstLine)) as Model | string;
  if (typeof model === 'string') return `cannot be loaded by TensorFlow.js: ${model}`;
  const inputs: Record<string, number[]> = {};
  const feeds: Tensor[] = [];
  const close = () => {
    tf.dispose(feeds);
    model.dispose();
  };
  for (const { name, dtype, shape } of model.inputs) {
    const sides = dtype === 'float32' ? inputSides(shape ?? [null, null], batch) : 'is not float32';
    if (typeof sides === 'string') {
      close();
      return `has the input '${name}', which ${sides}`;
    }
    inputs[name] = sides;
    feeds.push(tf.tensor(inputValues(name, sides, seed), sides));
  }
  return {
    inputs,
    async run() {
      const outputs = [model.predict(feeds.length === 1 ? (feeds[0] as Tensor) : feeds)].flat() as Tensor[];
      for (const output of outputs) await output.data();
      tf.dispose(outputs);
    },
    close: async () => close(),
  };
}
