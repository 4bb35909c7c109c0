import type { Tfjs } from '../6-emit/tfjs/tfjs.ts';
import type { CreateRunner } from './runner.ts';

export type { Tfjs };

/** Best first. */
export const backendNames = ['cuda', 'tensorflow', 'webgpu', 'cpu'] as const;
export type BackendName = (typeof backendNames)[number];

/** What `--backend` takes: a backend, or the best that works. */
export const backendRequests = ['auto', ...backendNames] as const;
export type BackendRequest = (typeof backendRequests)[number];

/** A backend that is ready. */
export interface Backend {
  readonly name: BackendName;
  /** For users: `TensorFlow 2.21.0 on 2 CPU cores`, `WebGPU, NVIDIA H100 (vulkan)`. */
  readonly description: string;
  /** Whether it is plain JavaScript or a software GPU: for tiny networks and tests. */
  readonly slow: boolean;
  /** The namespace, with this backend set and ready. */
  readonly tf: Tfjs;
  /** Runs training programs: whole steps in one call on TensorFlow, op by op elsewhere. */
  readonly createRunner: CreateRunner;
  /**
   * Makes this the backend that `tf`'s ops run on. Opening does so; it is needed where several are open, since all
   * instances of TensorFlow.js in a process share one engine (tfjs-core keeps it in `globalThis._tfengine`).
   */
  use(): Promise<void>;
  /** Releases the device. A WebGPU device that is not released keeps the process alive. */
  close(): void;
}

/** Where backends are looked for. */
export interface OpenOptions {
  /** The user's folder: packages are taken from its project first. */
  readonly cwd: string;
  /** The environment, which states where enetc keeps its data. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The state of a backend on this machine. */
export interface BackendReport {
  readonly name: BackendName;
  readonly works: boolean;
  /** For one that works: whether it is slow, so that `auto` takes it only where there is nothing else. */
  readonly slow: boolean;
  /** What it is, or why it does not work. One line. */
  readonly detail: string;
  /** What to type or install to have it, or to have it better; absent if there is nothing to do. */
  readonly advice?: string;
}

/** A backend does not work here. */
export class BackendUnavailable extends Error {
  override readonly name = 'BackendUnavailable';
  readonly backend: BackendName;
  /** What to type or install to have it. */
  readonly advice: string | undefined;

  constructor(backend: BackendName, reason: string, advice?: string) {
    super(reason);
    this.backend = backend;
    this.advice = advice;
  }
}
