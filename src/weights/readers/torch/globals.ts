import { shortened, Unreadable } from '../byte-reader.ts';
import { type Callable, ofKind, other, type PickleValue, type StorageType, type Tensor } from './pickle-values.ts';

const type = (dtype: string, bytes: number): StorageType => ({ kind: 'type', dtype, bytes });

/** PyTorch's storage classes (torch/storage.py), by their name without `Storage`. */
const storageTypes: Readonly<Record<string, StorageType>> = {
  Float: type('F32', 4),
  Half: type('F16', 2),
  BFloat16: type('BF16', 2),
  Double: type('F64', 8),
  Long: type('I64', 8),
  Int: type('I32', 4),
  Short: type('I16', 2),
  Char: type('I8', 1),
  Byte: type('U8', 1),
  Bool: type('BOOL', 1),
  ComplexFloat: type('C64', 8),
  ComplexDouble: type('C128', 16),
};

/** Of bytes; the tensors that are views of it have their own types. */
const untyped = type('U8', 1);

/** Types that a tensor of an untyped storage may state. */
const elementTypes: Readonly<Record<string, StorageType>> = {
  float32: type('F32', 4),
  float16: type('F16', 2),
  bfloat16: type('BF16', 2),
  float64: type('F64', 8),
  int64: type('I64', 8),
  int32: type('I32', 4),
  int16: type('I16', 2),
  int8: type('I8', 1),
  uint64: type('U64', 8),
  uint32: type('U32', 4),
  uint16: type('U16', 2),
  uint8: type('U8', 1),
  bool: type('BOOL', 1),
  complex64: type('C64', 8),
  complex128: type('C128', 16),
  float8_e4m3fn: type('F8_E4M3', 1),
  float8_e5m2: type('F8_E5M2', 1),
};

/** Python's and NumPy's classes of plain data, which training checkpoints contain next to weights: skipped. */
const passedOver = new Set([
  'argparse.Namespace',
  'types.SimpleNamespace',
  'builtins.bytearray',
  'builtins.complex',
  '__builtin__.bytearray',
  '__builtin__.complex',
  '_codecs.encode',
  'datetime.date',
  'datetime.datetime',
  'datetime.timedelta',
  'pathlib.Path',
  'pathlib.PosixPath',
  'pathlib.PurePosixPath',
  'pathlib.WindowsPath',
  'pathlib._local.PosixPath',
  'pathlib._local.WindowsPath',
  'numpy.dtype',
  'numpy.ndarray',
  'numpy.core.multiarray.scalar',
  'numpy._core.multiarray.scalar',
  'numpy.core.multiarray._reconstruct',
  'numpy._core.multiarray._reconstruct',
  'torch.device',
  'torch.Tensor',
  'torch.nn.parameter.Parameter',
  'torch.nn.parameter.Buffer',
  'torch.serialization._get_layout',
]);

/** Classes whose instances are dictionaries, lists or sets. */
const containers: Readonly<Record<string, (args: readonly PickleValue[]) => PickleValue>> = {
  'collections.OrderedDict': ([items]) => dictionary(items),
  'collections.Counter': ([items]) => dictionary(items),
  'collections.defaultdict': () => new Map(),
  'builtins.dict': ([items]) => dictionary(items),
  'builtins.set': ([items]) => (Array.isArray(items) ? items : []),
  'builtins.list': ([items]) => (Array.isArray(items) ? items : []),
  '__builtin__.set': ([items]) => (Array.isArray(items) ? items : []),
  'torch.Size': ([items]) => (Array.isArray(items) ? items : []),
};

/**
 * PyTorch's functions that make tensors (torch/_utils.py, torch/_tensor.py), with what they make from their arguments.
 */
const makers: Readonly<Record<string, (args: readonly PickleValue[]) => PickleValue>> = {
  'torch._utils._rebuild_tensor': ([storage, offset, shape, strides]) => tensor(storage, offset, shape, strides),
  'torch._utils._rebuild_tensor_v2': ([storage, offset, shape, strides]) => tensor(storage, offset, shape, strides),
  'torch._utils._rebuild_tensor_v3': ([storage, offset, shape, strides, , , dtype]) =>
    tensor(storage, offset, shape, strides, ofKind(dtype, 'type')),
  'torch._utils._rebuild_parameter': ([data = null]) => data,
  'torch._utils._rebuild_parameter_with_state': ([data = null]) => data,
  'torch._tensor._rebuild_from_type_v2': ([maker, , args]) => {
    const made = ofKind(maker, 'callable');
    if (!made || !Array.isArray(args)) throw new Unreadable('a tensor of a custom class is malformed');
    return made.call(args);
  },
};

/**
 * The meaning of a Python name in a pickle. Nothing is imported and nothing executed: the list is closed.
 * @throws Unreadable for any other name
 */
export function globalOf(module: string, name: string): PickleValue {
  const full = `${module}.${name}`;
  const call = own(makers, full) ?? own(containers, full);
  if (call) return { kind: 'callable', name: full, call };
  if (passedOver.has(full)) return { kind: 'callable', name: full, call: () => other } satisfies Callable;
  if (module === 'torch' || module === 'torch.storage' || module === 'torch.cuda') {
    if (name === 'UntypedStorage') return untyped;
    const found = name.endsWith('Storage') ? own(storageTypes, name.slice(0, -7)) : own(elementTypes, name);
    if (found) return found;
    if (
      /^(per_(tensor|channel)_\w+|q?u?int\d+(x\d+)?|strided|sparse_coo|contiguous_format|preserve_format)$/.test(name)
    ) {
      return other;
    }
  }
  throw new Unreadable(
    `it needs '${shortened(full)}': only what tensors consist of is read from a pickle, and nothing is executed; save the state_dict() of a whole model`,
  );
}

function own<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

function dictionary(items: PickleValue | undefined): PickleValue {
  if (items instanceof Map) return items;
  const pairs = Array.isArray(items) ? items : [];
  return new Map(
    pairs.map((pair): [PickleValue, PickleValue] => {
      const [key = null, value = null] = Array.isArray(pair) ? pair : [];
      return [key, value];
    }),
  );
}

function tensor(
  storage: PickleValue | undefined,
  offset: PickleValue | undefined,
  shape: PickleValue | undefined,
  strides: PickleValue | undefined,
  ownType?: StorageType,
): Tensor {
  const block = ofKind(storage, 'storage');
  if (!block || !isCount(offset) || !isCounts(shape) || !isCounts(strides) || shape.length !== strides.length) {
    throw new Unreadable('the description of a tensor is malformed');
  }
  return { kind: 'tensor', storage: block, type: ownType ?? block.type, offset, shape, strides };
}

function isCount(value: PickleValue | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isCounts(value: PickleValue | undefined): value is number[] {
  return Array.isArray(value) && value.every(isCount);
}
