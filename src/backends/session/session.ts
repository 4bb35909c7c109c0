import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Tensor } from '@tensorflow/tfjs';
import type { TensorInfo } from '../../6-emit/tfjs/saved-model/encode.ts';
import { sessionOptionsFile } from '../install/session-options-source.ts';
import type { HostTensor } from '../runner.ts';
import type { TfjsNode } from '../tensorflow/load.ts';
import { inOrderOptions } from './session-options.ts';

/** A session of TensorFlow over a SavedModel. */
export interface TensorflowSession {
  /** Feeds some tensors of the graph and returns others: any that its signatures name. */
  run(feeds: readonly (readonly [TensorInfo, HostTensor])[], fetches: readonly TensorInfo[]): HostTensor[];
  close(): void;
}

/**
 * The layer below `TFSavedModel.predict` in tfjs-node, in all versions up to 4.22. It can run part of a signature, and
 * the file, which tfjs-node reads again for each signature, is read only once.
 */
interface SessionBackend {
  runSavedModel(id: number, inputs: Tensor[], infos: { name: string; tfDtype: string }[], outputs: string[]): Tensor[];
}
interface LoadedModel {
  readonly sessionId: number;
  dispose(): void;
}

export interface SessionOptions {
  /**
   * Whether TensorFlow runs one node at a time, where its binding takes options of sessions: that of `enetc backend install` does.
   * The results are the same. Each node may still use all cores.
   */
  readonly inOrder?: boolean;
}

/**
 * Loads a SavedModel from its bytes. TensorFlow reads a folder: a temporary one, gone when this returns.
 * @param signature the name of any signature of the model.
 */
export async function openSession(
  tf: TfjsNode,
  pb: Uint8Array,
  signature: string,
  { inOrder = false }: SessionOptions = {},
): Promise<TensorflowSession> {
  const folder = mkdtempSync(join(tmpdir(), 'enetc-session-'));
  let model: LoadedModel;
  try {
    writeFileSync(join(folder, 'saved_model.pb'), pb);
    if (inOrder) writeFileSync(join(folder, sessionOptionsFile), inOrderOptions());
    model = (await tf.node.loadSavedModel(folder, ['serve'], signature)) as unknown as LoadedModel;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const backend = tf.findBackend('tensorflow') as unknown as SessionBackend;
  return {
    run(feeds, fetches) {
      const tensors = feeds.map(([, { shape, data }]) => tf.tensor(data, [...shape], 'float32'));
      try {
        const infos = feeds.map(([{ name }]) => ({ name, tfDtype: 'DT_FLOAT' }));
        const names = fetches.map(({ name }) => name);
        return backend.runSavedModel(model.sessionId, tensors, infos, names).map(taken);
      } finally {
        for (const tensor of tensors) tensor.dispose();
      }
    },
    close: () => model.dispose(),
  };
}

function taken(tensor: Tensor): HostTensor {
  const result = { shape: tensor.shape, data: tensor.dataSync() as Float32Array };
  tensor.dispose();
  return result;
}
