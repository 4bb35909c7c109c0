import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-webgpu';
import { openTfjsSession } from '../../backends/tfjs-session.ts';
import { addressOf, checkThreads, describeGpu } from './browser.ts';
import type { OpenedEngine } from './engine.ts';
import type { PageJob } from './protocol.ts';

/** TensorFlow.js on one of its backends for pages; the WASM one is served next to the page. */
export async function openTfjsEngine({ engine, threads, batch, seed }: PageJob): Promise<OpenedEngine> {
  const backend = engine.replace('tfjs-', '');
  checkThreads(threads);
  const device = backend === 'webgpu' ? `WebGPU on ${await describeGpu()}` : names[backend];
  if (backend === 'wasm') await registerWasm(threads);
  const started = await tf.setBackend(backend).catch(() => false);
  if (!started) throw new Error(`TensorFlow.js could not start its backend '${backend}' in this browser`);
  await tf.ready();
  return {
    description: `TensorFlow.js ${tf.version.tfjs}, ${device}`,
    async fetchModel(url) {
      const artifacts = await tf.io.http(addressOf(url)).load?.();
      if (!artifacts) throw new Error('the model cannot be fetched');
      const isGraph = artifacts.format === 'graph-model';
      return () => openTfjsSession(tf, { load: async () => artifacts }, isGraph, { batch, seed });
    },
  };
}

const names: Readonly<Record<string, string>> = { wasm: 'WASM', webgl: 'WebGL', cpu: 'plain JavaScript' };

interface WasmBackend {
  setWasmPaths(folder: string): void;
  setThreadsCount(threads: number): void;
}

/** Loads the package, which expects and extends a global `tf`. */
async function registerWasm(threads: number): Promise<void> {
  const scope = globalThis as { tf?: object };
  scope.tf = { ...tf };
  await import(addressOf('tfjs-wasm/tf-backend-wasm.es2017.min.js'));
  const wasm = (scope.tf as { wasm?: WasmBackend }).wasm ?? (scope.tf as WasmBackend);
  wasm.setWasmPaths(addressOf('tfjs-wasm/'));
  wasm.setThreadsCount(threads);
}
