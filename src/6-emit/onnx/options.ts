/** How an ONNX file is written. */
export interface OnnxOptions {
  /** The version of ONNX's operator set, `oldestOpset` to `newestOpset`. */
  readonly opset: number;
  /** How many samples an inference takes, or `dynamic` for a symbolic dimension named `batch`. */
  readonly batch: number | 'dynamic';
  /** Weights in a file next to the model. Above 2 GiB, which protobuf cannot carry in one file, this is always done. */
  readonly externalData: boolean;
  /** The one runtime that the file is for, whose forms are slower in others (see `tuned-forms.ts`); any runtime without. */
  readonly tuned?: 'ort-x86';
}

export const defaultOptions: OnnxOptions = {
  opset: 17,
  batch: 'dynamic',
  externalData: false,
};

/** Opset 13 gave Split and friends the form that is written here, with sizes as inputs. */
export const oldestOpset = 13;

/** The newest that the newest ONNX Runtime runs: 1.32 supports officially up to this one, which came with ONNX 1.23. */
export const newestOpset = 28;

/** The last opset of each IR version, by ONNX's table of versions (docs/Versioning.md, "Released Versions"). */
const irVersions: readonly (readonly [ir: number, lastOpset: number])[] = [
  [7, 14],
  [8, 18],
  [9, 20],
  [10, 22],
  [11, 23],
  [12, 24],
  [13, 27],
  [14, newestOpset],
];

/**
 * The IR version of a file with an opset. The messages and fields that are written are the same in all of these, so that
 * onnx-proto, which has the schema of IR version 8, writes every one.
 */
export function irVersionOf(opset: number): number {
  return irVersions.find(([, last]) => opset <= last)?.[0] as number;
}
