import { type OnnxApi, type OnnxSessionOptions, openOnnxSession } from '../../backends/onnx-session.ts';
import { addressOf, checkThreads, describeGpu } from './browser.ts';
import type { OpenedEngine } from './engine.ts';
import type { PageJob } from './protocol.ts';

interface OnnxRuntimeWeb extends OnnxApi {
  readonly env: {
    readonly versions: { readonly web?: string };
    readonly wasm: { wasmPaths?: string; numThreads?: number };
  };
}

/** ONNX Runtime Web, served next to the page. */
export async function openOnnxEngine({ engine, threads, batch, seed }: PageJob): Promise<OpenedEngine> {
  const onGpu = engine === 'ort-webgpu';
  checkThreads(threads);
  const device = onGpu ? `WebGPU on ${await describeGpu()}` : 'WASM';
  const ort = (await import(addressOf(`ort/ort.${onGpu ? 'webgpu' : 'wasm'}.min.mjs`))) as OnnxRuntimeWeb;
  ort.env.wasm.wasmPaths = addressOf('ort/');
  ort.env.wasm.numThreads = threads;
  const options: OnnxSessionOptions = { executionProviders: [onGpu ? 'webgpu' : 'wasm'] };
  return {
    description: `ONNX Runtime Web ${ort.env.versions.web ?? ''}, ${device}`,
    async fetchModel(url) {
      const response = await fetch(addressOf(url));
      if (!response.ok) throw new Error(`the model cannot be fetched: ${response.status}`);
      const bytes = new Uint8Array(await response.arrayBuffer());
      return () => openOnnxSession(ort, bytes, { batch, seed }, options);
    },
  };
}
