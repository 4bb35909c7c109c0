import { pathToFileURL } from 'node:url';
import type { Tfjs } from '../backend.ts';
import { BackendUnavailable, type OpenOptions } from '../backend.ts';
import { findPackage } from '../find-package.ts';
import { firstLine } from '../first-line.ts';
import { loadTfjs } from '../tfjs.ts';
import { driverAdvice, missingVulkan, useSoftwareDriver } from './vulkan.ts';

/** The part of npm's `webgpu` (Dawn) that is used here. */
interface Dawn {
  create(options: string[]): Gpu;
  readonly globals: object;
}
interface Gpu {
  requestAdapter(options: object): Promise<Adapter | null>;
}
interface Adapter {
  readonly info: {
    readonly vendor: string;
    readonly architecture: string;
    readonly device: string;
    readonly description: string;
  };
  readonly limits: Readonly<Record<string, number>>;
  requestDevice(descriptor: object): Promise<Device>;
}
interface Device {
  destroy(): void;
}

/** A WebGPU device that TensorFlow.js computes on. */
export interface OpenedWebgpu {
  readonly tf: Tfjs;
  readonly adapter: string;
  /** Whether it computes on the CPU. */
  readonly software: boolean;
  close(): void;
}

/** The limits that tfjs's kernels want as high as the adapter has them (tfjs-backend-webgpu, base.ts). */
const wantedLimits = [
  'maxComputeWorkgroupStorageSize',
  'maxComputeWorkgroupsPerDimension',
  'maxStorageBufferBindingSize',
  'maxBufferSize',
  'maxComputeWorkgroupSizeX',
  'maxComputeInvocationsPerWorkgroup',
];

/** The open device: tfjs has one backend per name, so that all users in a process share it. */
let shared: { readonly opening: Promise<OpenedWebgpu>; users: number } | undefined;

/**
 * Opens a device. One that computes on the CPU is taken only where there is no other, and only with `allowSoftware`.
 * @throws BackendUnavailable
 */
export async function openWebgpu(options: OpenOptions, allowSoftware: boolean): Promise<OpenedWebgpu> {
  const mine = (shared ??= { opening: openDevice(options, allowSoftware), users: 0 });
  let device: OpenedWebgpu;
  try {
    device = await mine.opening;
  } catch (e) {
    if (shared === mine) shared = undefined;
    throw e;
  }
  if (device.software && !allowSoftware) throw onlySoftware(device.adapter);
  mine.users++;
  let open = true;
  return {
    ...device,
    close() {
      if (!open) return;
      open = false;
      if (--mine.users > 0) return;
      shared = undefined;
      device.close();
    },
  };
}

async function openDevice(options: OpenOptions, allowSoftware: boolean): Promise<OpenedWebgpu> {
  const { create, globals } = await loadDawn(options.cwd);
  const missing = missingVulkan(options.env);
  let found = missing ? undefined : await findAdapter(create);
  if (allowSoftware && !found && useSoftwareDriver(options.env)) found = await findAdapter(create);
  if (!found) {
    const reason = missing ?? 'there is no GPU with a driver that Dawn supports';
    throw new BackendUnavailable('webgpu', reason, driverAdvice);
  }
  const { gpu, adapter } = found;
  const software = isSoftware(adapter);
  if (software && !allowSoftware) throw onlySoftware(nameOf(adapter));
  Object.assign(globalThis, globals);
  const forget = setNavigatorGpu(gpu);
  const tf = await loadTfjs();
  const { WebGPUBackend } = await import('@tensorflow/tfjs-backend-webgpu');
  const limits = Object.fromEntries(wantedLimits.map((name) => [name, adapter.limits[name]]));
  const device = await adapter.requestDevice({ requiredLimits: limits });
  if (tf.findBackendFactory('webgpu')) tf.removeBackend('webgpu');
  tf.registerBackend('webgpu', () => new WebGPUBackend(device as never, adapter.info as never), 0);
  return {
    tf,
    adapter: nameOf(adapter),
    software,
    close() {
      tf.removeBackend('webgpu');
      device.destroy();
      forget();
    },
  };
}

function onlySoftware(adapter: string): BackendUnavailable {
  const reason = `the only adapter, ${adapter}, computes on the CPU, slowly`;
  return new BackendUnavailable('webgpu', reason, '--backend webgpu uses it anyway');
}

async function loadDawn(cwd: string): Promise<Dawn> {
  const entry = findPackage('webgpu', cwd);
  if (entry === undefined) {
    throw new BackendUnavailable('webgpu', "npm's webgpu package (Dawn) is not installed", 'npm install webgpu');
  }
  try {
    return (await import(pathToFileURL(entry).href)) as Dawn;
  } catch (e) {
    throw new BackendUnavailable('webgpu', `npm's webgpu package does not load: ${firstLine(e)}`);
  }
}

async function findAdapter(create: Dawn['create']): Promise<{ gpu: Gpu; adapter: Adapter } | undefined> {
  const gpu = create([]);
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  return adapter ? { gpu, adapter } : undefined;
}

/** By name: Dawn does not report that an adapter is a fallback. */
function isSoftware({ info }: Adapter): boolean {
  return /swiftshader|llvmpipe|lavapipe|basic render|warp/i.test(
    `${info.architecture} ${info.device} ${info.description}`,
  );
}

function nameOf({ info }: Adapter): string {
  const named = info.device || info.architecture || 'unknown adapter';
  let end = named.length;
  while (named[end - 1] === '-') end--;
  const device = named.slice(0, end);
  return info.description && info.description !== device ? `${device} (${info.description})` : device;
}

/**
 * tfjs looks for `navigator.gpu`. Node has a `navigator` from 21 on, without it. Returns a function that removes it.
 */
function setNavigatorGpu(gpu: Gpu): () => void {
  const own = (globalThis as { navigator?: object }).navigator;
  const navigator = own ?? {};
  Object.defineProperty(navigator, 'gpu', { value: gpu, configurable: true });
  if (!own) Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true });
  return () => {
    if (own) delete (own as { gpu?: Gpu }).gpu;
    else delete (globalThis as { navigator?: object }).navigator;
  };
}
