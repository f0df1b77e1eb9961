import { PickleGlobal, PickleRecord, type PickleValue } from './pickle-value.js';

/** A tensor as a pickle describes it, before its storage is looked up. */
export class TorchTensor {
  constructor(
    readonly storage: TorchStorage,
    readonly offset: number,
    readonly shape: number[],
    readonly strides: number[],
  ) {}
}

/** A run of elements that tensors look into. */
export class TorchStorage {
  constructor(
    readonly key: string,
    readonly dtype: string,
    readonly size: number,
  ) {}
}

/** PyTorch's own limit. */
const MOST_AXES = 64;

/** Storage classes, by the safetensors name of their elements. */
const STORAGES: Record<string, string> = {
  DoubleStorage: 'F64',
  FloatStorage: 'F32',
  HalfStorage: 'F16',
  BFloat16Storage: 'BF16',
  LongStorage: 'I64',
  IntStorage: 'I32',
  ShortStorage: 'I16',
  CharStorage: 'I8',
  ByteStorage: 'U8',
  BoolStorage: 'BOOL',
};

/**
 * Functions and classes that checkpoints name, and what they mean here. Names that are neither here nor in `RECORDS`
 * are refused.
 */
const CALLS: Record<string, (args: PickleValue[]) => PickleValue> = {
  'torch._utils._rebuild_tensor_v2': rebuildTensor,
  'torch._utils._rebuild_tensor': rebuildTensor,
  'torch._utils._rebuild_parameter': ([data]) => data ?? null,
  'torch._utils._rebuild_parameter_with_state': ([data]) => data ?? null,
  'torch._tensor._rebuild_from_type_v2': ([rebuild, , args]) => {
    if (
      !(rebuild instanceof PickleGlobal && rebuild.call && /_rebuild_tensor/.test(rebuild.name) && Array.isArray(args))
    )
      throw new Error('its pickle rebuilds a tensor from another value');
    return rebuild.call(args);
  },
  // How a TorchScript stores lists and dictionaries of one type.
  'torch.jit._pickle.build_intlist': ([list]) => list ?? [],
  'torch.jit._pickle.build_doublelist': ([list]) => list ?? [],
  'torch.jit._pickle.build_boollist': ([list]) => list ?? [],
  'torch.jit._pickle.build_tensorlist': ([list]) => list ?? [],
  'torch.jit._pickle.restore_type_tag': ([value]) => value ?? null,
  'torch.Size': ([sizes]) => sizes ?? [],
  'torch.device': ([type, index]) => (isCount(index) ? `${shortText(type, 20)}:${index}` : shortText(type, 20)),
  'collections.OrderedDict': args => dictionary(args[0]),
  'collections.defaultdict': () => new Map(),
  'collections.Counter': args => (args[0] instanceof Map ? args[0] : new Map()),
  'builtins.dict': args => dictionary(args[0]),
  'builtins.set': args => new Set(Array.isArray(args[0]) ? args[0] : []),
  '_codecs.encode': ([text]) => Uint8Array.from(shortText(text, 4096), character => character.charCodeAt(0)),
  'numpy.dtype': ([type]) => new PickleRecord(`numpy.dtype.${shortText(type, 20)}`),
  'numpy.core.multiarray.scalar': numpyScalar,
};

/** Other names of the same: those of Python 2, and of numpy since 2.0. */
const ALIASES: [RegExp, string][] = [
  [/^__builtin__\./, 'builtins.'],
  [/^numpy\._core\./, 'numpy.core.'],
];

/**
 * Classes whose objects are kept as their state: the modules of a TorchScript, and the optimizers and schedulers that
 * published prompt checkpoints contain.
 */
const RECORDS = /^(__torch__\.|torch\.optim\.|dassl\.optim\.)[\w.]+$/;

/** Names that are values, never called: `torch.float16` and the like. */
const VALUES = /^torch\.(float16|float32|float64|bfloat16|int8|int16|int32|int64|uint8|bool|strided)$/;

/**
 * The meaning of a name in a checkpoint's pickle.
 * @throws a sentence without a file name, naming what is not on the list
 */
export function torchGlobal(module: string, name: string): PickleGlobal {
  const full = ALIASES.reduce((path, [from, to]) => path.replace(from, to), `${module}.${name}`);
  const call = Object.hasOwn(CALLS, full) ? CALLS[full] : undefined;
  if (call) return new PickleGlobal(full, call);
  if (module === 'torch' && Object.hasOwn(STORAGES, name)) return new PickleGlobal(full);
  if (RECORDS.test(full)) return new PickleGlobal(full, () => new PickleRecord(full));
  if (VALUES.test(full)) return new PickleGlobal(full);
  throw new Error(
    `its pickle names ${JSON.stringify(`${module}.${name}`.slice(0, 200))}, which is not on the list of what a checkpoint may hold`,
  );
}

/** The storage of a persistent id, `('storage', class, key, device, size)`. */
export function torchStorage(id: PickleValue): TorchStorage {
  const [kind, type, key, , size] = Array.isArray(id) ? id : [];
  const dtype = type instanceof PickleGlobal ? STORAGES[type.name.replace(/^torch\./, '')] : undefined;
  if (kind !== 'storage' || !dtype || typeof key !== 'string' || key.length > 100 || !isCount(size))
    throw new Error('its pickle refers to data in a way that PyTorch does not');
  return new TorchStorage(key, dtype, size);
}

function rebuildTensor([storage, offset, shape, strides]: PickleValue[]): TorchTensor {
  const whole = (x: PickleValue | undefined): x is number[] =>
    Array.isArray(x) && x.length <= MOST_AXES && x.every(isCount);
  if (
    !(storage instanceof TorchStorage) ||
    !isCount(offset) ||
    !whole(shape) ||
    !whole(strides) ||
    shape.length !== strides.length
  )
    throw new Error('its pickle describes a tensor without storage, shape or strides');
  const count = shape.reduce((product, n) => product * n, 1);
  const last = shape.reduce((at, n, axis) => at + (n - 1) * strides[axis]!, offset);
  if (count > 0 && !(last < storage.size && count <= storage.size))
    throw new Error(
      `its pickle describes a tensor [${shape}] that does not fit into its ${storage.size} stored values`,
    );
  return new TorchTensor(storage, offset, shape, strides);
}

function numpyScalar([type, bytes]: PickleValue[]): PickleValue {
  if (!(type instanceof PickleRecord) || !(bytes instanceof Uint8Array)) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const of: Record<string, () => number> = {
    f8: () => view.getFloat64(0, true),
    f4: () => view.getFloat32(0, true),
    i8: () => Number(view.getBigInt64(0, true)),
    i4: () => view.getInt32(0, true),
    b1: () => view.getUint8(0),
  };
  const read = of[type.className.replace('numpy.dtype.', '')];
  if (
    !read ||
    !Object.hasOwn(of, type.className.replace('numpy.dtype.', '')) ||
    bytes.byteLength !== Number(type.className.at(-1))
  )
    throw new Error(`its pickle has a number of the type ${type.className}`);
  return read();
}

function dictionary(pairs: PickleValue | undefined): Map<PickleValue, PickleValue> {
  if (pairs === undefined) return new Map();
  if (!Array.isArray(pairs) || !pairs.every(pair => Array.isArray(pair) && pair.length === 2))
    throw new Error('its pickle makes a dictionary of values that are not pairs');
  return new Map(pairs as [PickleValue, PickleValue][]);
}

/** Text that a checkpoint has in this place; a list that holds itself many times would become gigabytes of it. */
function shortText(value: PickleValue | undefined, most: number): string {
  if (typeof value === 'string' && value.length <= most) return value;
  throw new Error('its pickle has something else in the place of a short text');
}

function isCount(x: unknown): x is number {
  return Number.isSafeInteger(x) && (x as number) >= 0;
}
