import type { ScalingRequest } from '../../../../src/4-scale/scaling.ts';
import type { PreviewData } from './preview-data.ts';

/** What the extension tells the page. */
export type ToPage =
  | {
      readonly kind: 'show';
      readonly uri: string;
      readonly file: string;
      readonly data: PreviewData;
      /** The stage at the cursor. */
      readonly stage: number;
    }
  /** There is nothing to show, and why. */
  | { readonly kind: 'nothing'; readonly text: string }
  | { readonly kind: 'cursor'; readonly stage: number };

/** What the page tells the extension. */
export type FromPage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'reveal'; readonly stage: number }
  | { readonly kind: 'model'; readonly model: string }
  /** Shows another point while a slider moves; `keep` chooses it, for the hints in the text too. */
  | { readonly kind: 'point'; readonly scaling: ScalingRequest; readonly keep: boolean };

/** What the editor keeps of the page for when it comes back, after a restart. */
export interface PageState {
  readonly uri: string;
  readonly model: string;
}
