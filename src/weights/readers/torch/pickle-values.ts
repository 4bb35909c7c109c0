/** A value in a pickle: lists and tuples are arrays, dictionaries are maps, anything skipped is `Other`. */
export type PickleValue =
  | null
  | boolean
  | number
  | string
  | PickleValue[]
  | Map<PickleValue, PickleValue>
  | Callable
  | StorageType
  | Storage
  | Tensor
  | Other;

/** A Python name that may be called with arguments; the result is computed here, only from them. */
export interface Callable {
  readonly kind: 'callable';
  readonly name: string;
  readonly call: (args: readonly PickleValue[]) => PickleValue;
}

/** The type of the elements of a storage. */
export interface StorageType {
  readonly kind: 'type';
  /** With safetensors' names: `F32`. */
  readonly dtype: string;
  /** Per element; 0 where they are not known to have a fixed size. */
  readonly bytes: number;
}

/** A block of numbers that tensors are views of. */
export interface Storage {
  readonly kind: 'storage';
  readonly key: string;
  readonly type: StorageType;
  /** How many elements it has. */
  readonly length: number;
  /** The first element in the block, for those that are themselves views. */
  readonly offset: number;
}

/** A tensor: a view of a storage. Offset and strides are counted in elements of its own type. */
export interface Tensor {
  readonly kind: 'tensor';
  readonly storage: Storage;
  readonly type: StorageType;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

/** Bytes, numbers with too many digits, devices, NumPy's scalars: nothing that weights are read from. */
export interface Other {
  readonly kind: 'other';
}

export const other: Other = { kind: 'other' };

type Special = Callable | StorageType | Storage | Tensor | Other;

/** A value, if it is of this kind. */
export function ofKind<K extends Special['kind']>(
  value: PickleValue | undefined,
  kind: K,
): Extract<Special, { kind: K }> | undefined {
  const isSpecial = typeof value === 'object' && value !== null && 'kind' in value && value.kind === kind;
  return isSpecial ? (value as Extract<Special, { kind: K }>) : undefined;
}
