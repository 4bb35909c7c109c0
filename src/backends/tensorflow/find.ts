import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { orUndefined } from '../../node/or-undefined.ts';
import { type BackendName, BackendUnavailable, type OpenOptions } from '../backend.ts';
import { findPackage, resolveFrom } from '../find-package.ts';
import { firstLine } from '../first-line.ts';
import { linkFolder, readLink } from '../linked-tensorflow.ts';
import { type LoadedTensorflow, loadTensorflow } from './load.ts';

/** The packages that contain TensorFlow, the one for GPUs first. */
export const tensorflowPackages = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'] as const;

/** A package that may contain TensorFlow. */
export interface TensorflowPackage {
  readonly entry: string;
  /** For users: which package it is, and whose. */
  readonly label: string;
  /** Whether `enetc backend install` has put it there. */
  readonly linked: boolean;
}

/** The packages that are installed: of the user's project, next to enetc, then the linked one. */
export function findTensorflow({ cwd, env }: OpenOptions): TensorflowPackage[] {
  const found = tensorflowPackages.flatMap((name) => {
    const entry = findPackage(name, cwd);
    return entry === undefined ? [] : [{ entry, label: name, linked: false }];
  });
  const linked = readLink(env) && resolveFrom(linkFolder(env), '@tensorflow/tfjs-node');
  return linked === undefined ? found : [...found, { entry: linked, label: 'the linked TensorFlow', linked: true }];
}

/** How to install a TensorFlow. */
export const installAdvice = "pip install tensorflow-cpu, then 'enetc backend install tensorflow'";
/** How to install one that uses a GPU. */
export const cudaAdvice =
  "for an NVIDIA GPU: pip install 'tensorflow[and-cuda]', then 'enetc backend install tensorflow'";

let loaded: Promise<LoadedTensorflow & { readonly label: string }> | undefined;

/**
 * The first TensorFlow that loads. A process can load only one, so that the first call decides whether it may use GPUs.
 * @throws BackendUnavailable with the reason of each package that did not load
 */
export function useTensorflow(
  name: BackendName,
  options: OpenOptions,
): Promise<LoadedTensorflow & { readonly label: string }> {
  loaded ??= loadFirst(name, options);
  loaded.catch(() => (loaded = undefined));
  return loaded;
}

async function loadFirst(name: BackendName, options: OpenOptions) {
  const packages = findTensorflow(options);
  const advice = name === 'cuda' ? cudaAdvice : installAdvice;
  if (packages.length === 0) throw new BackendUnavailable(name, 'no TensorFlow is installed or linked', advice);
  const reasons: string[] = [];
  for (const { entry, label } of packages) {
    try {
      return { ...(await loadTensorflow(entry, name === 'cuda')), label };
    } catch (e) {
      reasons.push(`${label} does not load: ${whyNot(e)}`);
    }
  }
  const relink = packages.some((found) => found.linked);
  const remedy = relink ? "'enetc backend install tensorflow' links it again" : advice;
  throw new BackendUnavailable(name, reasons.join('; '), remedy);
}

function whyNot(e: unknown): string {
  const message = e instanceof Error ? e.message : '';
  // tfjs-node's own message is a path and advice that seldom helps: the server has nothing for newer systems.
  if (message.includes('native addon module') && message.includes('can not be found'))
    return 'its install script has fetched no library';
  return firstLine(e);
}

/** `TensorFlow 2.21.0 on 2 CPU cores`, `TensorFlow 2.21.0 on NVIDIA H100 80GB HBM3`. */
export function describeTensorflow({ version, gpu }: LoadedTensorflow): string {
  if (gpu) return `TensorFlow ${version} on ${gpuName() ?? 'a CUDA GPU'}`;
  const cores = availableParallelism();
  return `TensorFlow ${version} on ${cores} CPU core${cores === 1 ? '' : 's'}`;
}

/** The name of the first card according to the driver's tool, or undefined if there is no such tool. */
export function gpuName(): string | undefined {
  const query = ['--query-gpu=name', '--format=csv,noheader'];
  const out = orUndefined(() =>
    execFileSync('nvidia-smi', query, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], timeout: 10_000 }),
  );
  return out?.split('\n')[0]?.trim() || undefined;
}
