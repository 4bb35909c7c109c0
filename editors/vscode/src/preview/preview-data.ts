import type { ScalingRequest } from '../../../../src/4-scale/scaling.ts';
import type { PreviewVariant } from '../../../../src/ide/features/preview.ts';
import type { CurvePoint } from '../../../../src/ide/numbers/family.ts';
import type { ProtocolPreview } from '../../../../src/lsp/protocol.ts';

export type { CurvePoint, PreviewVariant };

/** All that the preview shows of a model at a point, as the server says it. */
export type PreviewData = ProtocolPreview;
export type PreviewStage = ProtocolPreview['stages'][number];

/** A range of a document as the protocol writes it: lines and characters from 0. */
export interface DocumentRange {
  readonly start: { readonly line: number; readonly character: number };
  readonly end: { readonly line: number; readonly character: number };
}

export interface PreviewParams {
  readonly uri: string;
  /** Without it, the document's first model. */
  readonly model?: string;
  /** Without it, the chosen point; where a model has none such, its default. */
  readonly scaling?: ScalingRequest;
}
