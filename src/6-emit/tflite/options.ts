/** How a TensorFlow Lite file is written. */
export interface LiteOptions {
  /** How many samples an inference takes, or `dynamic` for one that can be resized. */
  readonly batch: number | 'dynamic';
  /** Whether inputs and outputs of a quantised graph are its integers, instead of float32 that is converted. */
  readonly int8Io: boolean;
}

export const defaultOptions: LiteOptions = { batch: 'dynamic', int8Io: false };
