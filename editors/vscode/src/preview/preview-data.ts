import type { ScalingRequest } from '../../../../src/4-scale/scaling.ts';

/** A range of a document as the protocol writes it: lines and characters from 0. */
export interface DocumentRange {
  readonly start: { readonly line: number; readonly character: number };
  readonly end: { readonly line: number; readonly character: number };
}

export interface PreviewParams {
  readonly uri: string;
  /** Without it, the document's first model. */
  readonly model?: string;
  /** Without it, the chosen point. */
  readonly scaling?: ScalingRequest;
}

export interface PreviewStage {
  readonly id: string;
  readonly title: string;
  readonly details: string;
  readonly repeats: number;
  readonly operators?: readonly string[];
  readonly params: number;
  readonly macs: number;
  readonly input: readonly number[];
  readonly output: readonly number[];
  /** Where it is written. */
  readonly place?: { readonly uri: string; readonly range: DocumentRange };
}

export interface PreviewVariant {
  readonly name: string;
  readonly phi?: number;
  readonly d?: number;
  readonly w?: number;
  readonly resolution?: number;
  readonly params?: number;
  readonly macs?: number;
  readonly current: boolean;
}

export interface CurvePoint {
  readonly phi: number;
  readonly params: number;
  readonly macs: number;
  readonly resolution?: number;
}

/** All that the preview shows of a model at a point. */
export interface PreviewData {
  readonly models: readonly string[];
  readonly model: string;
  /** The point in words: `b0 · phi 0 · convention tf`. */
  readonly point: string;
  readonly phi?: number;
  readonly variant?: string;
  /** Whether the model's scaling has a formula in phi. */
  readonly hasPhi: boolean;
  readonly phiRange?: readonly [number, number];
  /** Why there is no network now: the first error. */
  readonly problem?: string;
  readonly totals?: { readonly params: number; readonly macs: number; readonly resolution?: number };
  readonly stages: readonly PreviewStage[];
  /** Indices of stages; from -1 it is the network's input. */
  readonly edges: readonly { readonly from: number; readonly to: number; readonly shape: readonly number[] }[];
  readonly taps: readonly { readonly name: string; readonly from: number; readonly shape: readonly number[] }[];
  readonly variants: readonly PreviewVariant[];
  readonly curve: readonly CurvePoint[];
}
