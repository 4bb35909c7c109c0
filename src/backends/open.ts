import {
  type Backend,
  type BackendName,
  type BackendRequest,
  BackendUnavailable,
  type OpenOptions,
  type Tfjs,
} from './backend.ts';
import { createEagerRunner } from './eager/create-runner.ts';
import { quietly } from './quiet.ts';
import type { CreateRunner, StepRunner } from './runner.ts';
import { createSessionRunner } from './session/create-runner.ts';
import { cudaAdvice, describeTensorflow, gpuName, useTensorflow } from './tensorflow/find.ts';
import type { LoadedTensorflow } from './tensorflow/load.ts';
import { loadTfjs } from './tfjs.ts';
import { openWebgpu } from './webgpu/open.ts';

/** Where backends are looked for by default. */
const here = (): OpenOptions => ({ cwd: process.cwd(), env: process.env });

/**
 * Opens a backend, or with `auto` the best that works. An explicit `webgpu` takes a software adapter where there is no GPU,
 * `auto` never does. The description says what was opened. @throws BackendUnavailable if the requested backend does not
 * work here
 */
export async function openBackend(request: BackendRequest, options: OpenOptions = here()): Promise<Backend> {
  if (request !== 'auto') return opened(request, options, true);
  for (const name of ['cuda', 'tensorflow', 'webgpu'] as const) {
    try {
      return await opened(name, options, false);
    } catch (e) {
      if (!(e instanceof BackendUnavailable)) throw e;
    }
  }
  const cpu = await opened('cpu', options, false);
  return { ...cpu, description: `${cpu.description}; 'enetc doctor' says how to have a faster one` };
}

async function opened(name: BackendName, options: OpenOptions, asked: boolean): Promise<Backend> {
  const parts = await openers[name](options, asked);
  const use = () => setBackend(parts.tf, parts.engine);
  await use();
  return {
    name,
    description: parts.description,
    slow: parts.slow,
    tf: parts.tf,
    createRunner: async (program) => {
      await use();
      return usedBefore(use, await parts.createRunner(program));
    },
    use,
    close: parts.close,
  };
}

interface Parts {
  readonly tf: Tfjs;
  /** tfjs' own name of the backend. */
  readonly engine: string;
  readonly description: string;
  readonly slow: boolean;
  readonly createRunner: CreateRunner;
  close(): void;
}

const openers: Readonly<Record<BackendName, (options: OpenOptions, asked: boolean) => Promise<Parts>>> = {
  cuda: async (options) => {
    const loaded = await useTensorflow('cuda', options);
    if (!loaded.gpu) throw noGpu(loaded.version);
    return tensorflowParts(loaded);
  },
  tensorflow: async (options) => {
    const loaded = await useTensorflow('tensorflow', options);
    if (loaded.gpu) {
      const reason = 'TensorFlow has been loaded for the GPU in this process, and it cannot be loaded twice';
      throw new BackendUnavailable('tensorflow', reason, 'set CUDA_VISIBLE_DEVICES=-1');
    }
    return tensorflowParts(loaded);
  },
  webgpu: async (options, asked) => {
    const { tf, adapter, software, close } = await openWebgpu(options, asked);
    const description = `WebGPU, ${adapter}${software ? ', which computes on the CPU: slow, for tests' : ''}`;
    return { tf, engine: 'webgpu', description, slow: software, createRunner: eager(tf), close };
  },
  cpu: async () => {
    const description = 'plain TensorFlow.js on one CPU core: slow, for tiny things';
    const tf = await loadTfjs();
    return { tf, engine: 'cpu', description, slow: true, createRunner: eager(tf), close: () => {} };
  },
};

const eager =
  (tf: Tfjs): CreateRunner =>
  (program) =>
    createEagerRunner(tf, program);

function tensorflowParts(loaded: LoadedTensorflow): Parts {
  const { tf, gpu, compilesFirst } = loaded;
  return {
    tf,
    engine: 'tensorflow',
    description: describeTensorflow(loaded),
    slow: false,
    createRunner: (program) => createSessionRunner(tf, program, { fuse: !gpu, runsInOrder: !gpu && compilesFirst }),
    close: () => {},
  };
}

function noGpu(version: string): BackendUnavailable {
  const card = gpuName();
  return card === undefined
    ? new BackendUnavailable('cuda', `TensorFlow ${version} sees no GPU, and there is no NVIDIA driver (nvidia-smi)`)
    : new BackendUnavailable('cuda', `TensorFlow ${version} does not see the ${card}`, cudaAdvice);
}

/** The first use of the cpu backend is where tfjs advertises its faster package. */
async function setBackend(tf: Tfjs, engine: string): Promise<void> {
  await quietly(async () => {
    if (!(await tf.setBackend(engine))) throw new Error(`TensorFlow.js could not start its backend '${engine}'`);
    tf.dispose(tf.tensor1d([0]));
  });
}

/** A runner that makes its backend the current one before each call. */
function usedBefore(use: () => Promise<void>, runner: StepRunner): StepRunner {
  return {
    run: async (name, inputs) => {
      await use();
      return runner.run(name, inputs);
    },
    read: async (names) => {
      await use();
      return runner.read(names);
    },
    write: async (values) => {
      await use();
      await runner.write(values);
    },
    memory: runner.memory,
    close: runner.close,
  };
}
