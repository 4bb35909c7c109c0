/** How an ONNX file is written. */
export interface OnnxOptions {
  /** The version of ONNX's operator set, `oldestOpset` to `newestOpset`. */
  readonly opset: number;
  /** How many samples an inference takes, or `dynamic` for a symbolic dimension named `batch`. */
  readonly batch: number | 'dynamic';
  /** Weights and compute in half precision; inputs and outputs stay in single precision. */
  readonly half: boolean;
  /** Weights in a file beside the model. Above 2 GiB, which protobuf cannot carry in one file, this is done unasked. */
  readonly externalData: boolean;
  /** The one runtime that the file is for, whose forms are slower in others (see `tuned-forms.ts`); any runtime without. */
  readonly tuned?: 'ort-x86';
}

export const defaultOptions: OnnxOptions = {
  opset: 17,
  batch: 'dynamic',
  half: false,
  externalData: false,
};

/** Opset 13 gave Split and friends the form that is written here, with sizes as inputs. */
export const oldestOpset = 13;

/**
 * onnx-proto carries the schema of IR version 8, and ONNX's table of versions (docs/Versioning.md, "Released Versions")
 * has opset 18 (ONNX 1.13) as the last with that IR; opset 19 wants IR 9.
 */
export const newestOpset = 18;

/** The IR version that ONNX's table of versions gives for an opset: 7 up to opset 14 (ONNX 1.9), then 8. */
export function irVersionOf(opset: number): number {
  return opset <= 14 ? 7 : 8;
}
