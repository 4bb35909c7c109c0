/** A text that the editor shows within the document's, at an offset. */
export interface InlayHint {
  readonly offset: number;
  readonly label: string;
  /** Markdown, for who points at it. */
  readonly tooltip: string;
  /** `value`: what a number is at the chosen point; `shape`: what comes out; `parameter`: what an argument is for. */
  readonly kind: 'value' | 'shape' | 'parameter';
}
