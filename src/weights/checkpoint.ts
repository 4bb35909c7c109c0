/** A tensor of a checkpoint, as its file declares it. */
export interface CheckpointTensor {
  readonly name: string;
  /** `F32`, `I64`: safetensors' names. */
  readonly dtype: string;
  readonly shape: readonly number[];
}

/** An open file of tensors. Only the list is held in memory; values are read on request. */
export interface Checkpoint {
  /** Display name of the file. */
  readonly name: string;
  /** In the order of the file. */
  readonly tensors: ReadonlyMap<string, CheckpointTensor>;
  readonly metadata: ReadonlyMap<string, string>;
  /**
   * The values of a tensor of a floating-point type, in single precision (a double is rounded). The array is only valid
   * until the next call. Throws if the file has changed or no longer can be read, and for a tensor that is not in
   * `tensors` or not of such a type (see `isFloat`).
   */
  read(name: string): Float32Array;
}

/** Whether `Checkpoint.read` can give a tensor of this type. */
export function isFloat(dtype: string): boolean {
  return dtype === 'F32' || dtype === 'F16' || dtype === 'BF16' || dtype === 'F64';
}

/** PyTorch counts the batches that a norm has seen; this is not needed here. */
export function isBatchCounter(name: string): boolean {
  return name.endsWith('num_batches_tracked');
}
