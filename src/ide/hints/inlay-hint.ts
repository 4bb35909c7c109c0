/** A text that the editor shows within the document's, at an offset. */
export interface InlayHint {
  readonly offset: number;
  readonly label: string;
  /** Markdown, shown on hover. */
  readonly tooltip: string;
  /**
   * `value`: a number's value at the chosen point; `shape`: the output's shape; `parameter`: an argument's parameter.
   */
  readonly kind: 'value' | 'shape' | 'parameter';
}
