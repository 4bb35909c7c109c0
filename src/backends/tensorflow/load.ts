import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Tfjs } from '../backend.ts';
import { quietModule } from '../install/quiet-source.ts';
import { bridgeNodeUtil } from '../node-util-bridge.ts';
import { quietly } from '../quiet.ts';

/** TensorFlow.js over TensorFlow itself. */
export type TfjsNode = Tfjs & Pick<typeof import('@tensorflow/tfjs'), 'version'> & { readonly node: TfNode };

/** What tfjs-node adds: SavedModels. */
export interface TfNode {
  loadSavedModel(path: string, tags?: string[], signature?: string): Promise<SavedModel>;
}

/** A signature of a SavedModel; instances of the same path and tags share one session and its variables. */
export interface SavedModel {
  predict(inputs: unknown): unknown;
  dispose(): void;
}

/** TensorFlow.js over TensorFlow, loaded. */
export interface LoadedTensorflow {
  readonly tf: TfjsNode;
  /** TensorFlow's own version. */
  readonly version: string;
  /** Whether its ops run on a CUDA GPU. */
  readonly gpu: boolean;
  /**
   * Whether XLA compiles everything before its first run. Otherwise graphs have branches for what is not compiled yet, and
   * TensorFlow's single-threaded executor refuses branches.
   */
  readonly compilesFirst: boolean;
}

const eagerCompilation = '--tf_xla_enable_lazy_compilation=false';

/**
 * Loads tfjs-node from its entry file. TensorFlow reads its settings from the environment, once: its log is cut to errors,
 * it allocates GPU memory as needed instead of all of it, and without `gpu` it sees no GPU. Settings of the user are kept.
 * @throws what `require` throws if the package or its library does not load
 */
export async function loadTensorflow(entry: string, gpu: boolean): Promise<LoadedTensorflow> {
  const quiet = process.env.TF_CPP_MIN_LOG_LEVEL === undefined ? stderrSwitch(entry) : undefined;
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  process.env.TF_FORCE_GPU_ALLOW_GROWTH ??= 'true';
  // XLA compiles everything before its first run: otherwise some runs would use other kernels, with different rounding.
  process.env.TF_XLA_FLAGS ??= eagerCompilation;
  if (!gpu) process.env.CUDA_VISIBLE_DEVICES = '-1';
  bridgeNodeUtil();
  const tf = await quietly(() => {
    quiet?.mute();
    try {
      return withPlainArguments(() => createRequire(entry)(entry) as TfjsNode);
    } finally {
      quiet?.restore();
    }
  });
  const backend = tf.findBackend('tensorflow') as unknown as NativeBackend;
  return {
    tf,
    version: backend.binding.TF_Version,
    gpu: backend.isUsingGpuDevice,
    compilesFirst: process.env.TF_XLA_FLAGS.includes(eagerCompilation),
  };
}

interface NativeBackend {
  readonly binding: { readonly TF_Version: string };
  readonly isUsingGpuDevice: boolean;
}

/**
 * Built by `enetc backend install` next to the binding: newer versions of TensorFlow write to standard error while their
 * libraries load, whatever their settings. A crash during loading would be silent, but `install` has tried it before.
 */
function stderrSwitch(entry: string): { mute(): void; restore(): void } | undefined {
  const file = join(dirname(entry), '../lib', quietModule);
  return existsSync(file) ? (createRequire(entry)(file) as { mute(): void; restore(): void }) : undefined;
}

/** tfjs-node finds its library with node-pre-gyp, which takes the options of the command line for its own. */
function withPlainArguments<T>(work: () => T): T {
  const { argv } = process;
  process.argv = argv.slice(0, 2);
  try {
    return work();
  } finally {
    process.argv = argv;
  }
}
