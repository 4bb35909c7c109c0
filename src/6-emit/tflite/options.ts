/** How a TensorFlow Lite file is written. */
export interface LiteOptions {
  /** How many samples an inference takes, or `dynamic` for one that can be resized. */
  readonly batch: number | 'dynamic';
}

export const defaultOptions: LiteOptions = { batch: 'dynamic' };
