import { ELEMENT_TYPES } from '@dgprompt/io';
import { PickleGlobal, PickleRecord, type PickleValue } from './pickle-value.js';

/** A tensor as a pickle describes it, before its storage is looked up. */
export class TorchTensor {
  constructor(
    readonly storage: TorchStorage,
    readonly dtype: string,
    readonly offset: number,
    readonly shape: number[],
    readonly strides: number[],
  ) {}
}

/** A run of elements that tensors view. */
export class TorchStorage {
  constructor(
    readonly key: string,
    readonly type: StorageType,
    /** Elements. */
    readonly size: number,
    /** Where it starts in the data of its key, in elements; only streams of old PyTorch have values other than 0. */
    readonly first = 0,
  ) {}
}

export interface StorageType {
  /** The safetensors name of its elements; none for those that cannot be read as numbers. */
  dtype?: string;
  bytes: number;
}

/** PyTorch's own limit. */
const MOST_AXES = 64;
/** Maximum elements of a tensor that repeats stored values (`expand`): buffers may, weights do not. */
const MOST_REPEATED = 65_536;

const readable = (dtype: string): StorageType => ({ dtype, bytes: ELEMENT_TYPES[dtype]!.bytes });

/** Storage classes. */
const STORAGES: Record<string, StorageType> = {
  DoubleStorage: readable('F64'),
  FloatStorage: readable('F32'),
  HalfStorage: readable('F16'),
  BFloat16Storage: readable('BF16'),
  LongStorage: readable('I64'),
  IntStorage: readable('I32'),
  ShortStorage: readable('I16'),
  CharStorage: readable('I8'),
  ByteStorage: readable('U8'),
  BoolStorage: readable('BOOL'),
  UntypedStorage: readable('U8'),
  ComplexFloatStorage: { bytes: 8 },
  ComplexDoubleStorage: { bytes: 16 },
  QInt8Storage: { bytes: 1 },
  QUInt8Storage: { bytes: 1 },
  QInt32Storage: { bytes: 4 },
  QUInt4x2Storage: { bytes: 1 },
  QUInt2x4Storage: { bytes: 1 },
};

/** Types without their own storage class. */
const NEWER_TYPES: Record<string, StorageType> = {
  'torch.float8_e4m3fn': readable('F8_E4M3'),
  'torch.float8_e5m2': readable('F8_E5M2'),
  'torch.uint16': readable('U16'),
  'torch.uint32': readable('U32'),
  'torch.uint64': readable('U64'),
};

/** The class of a storage by its full name, such as `torch.HalfStorage`. */
export function storageType(name: string): StorageType | undefined {
  const [, own] = /^torch\.(?:storage\.)?(\w+)$/.exec(name) ?? [];
  return own && Object.hasOwn(STORAGES, own) ? STORAGES[own] : undefined;
}

/**
 * Resolves a persistent id: the storage `('storage', class, key, device, size)`, which may be a part of another in a
 * stream; or the class `('module', class, file, source)`.
 */
export function torchPersistent(id: PickleValue): PickleValue {
  const [kind, global, key, , size, view] = Array.isArray(id) ? id : [];
  if (kind === 'module' && global instanceof PickleGlobal) return global;
  const type = global instanceof PickleGlobal ? storageType(global.name) : undefined;
  if (kind !== 'storage' || !type || typeof key !== 'string' || key.length > 100 || !isCount(size))
    throw new Error('its pickle refers to data in a way that PyTorch does not');
  if (view === undefined || view === null) return new TorchStorage(key, type, size);
  const [, first, length] = Array.isArray(view) ? view : [];
  if (!isCount(first) || !isCount(length) || first + length > size)
    throw new Error('its pickle describes a part of data that is not inside it');
  return new TorchStorage(key, type, length, first);
}

/** `torch._utils._rebuild_tensor_v2`, and `_rebuild_tensor` of old versions. */
export function rebuildTensor([storage, offset, shape, strides]: PickleValue[]): PickleValue {
  if (
    !(storage instanceof TorchStorage) ||
    !isCount(offset) ||
    !areCounts(shape) ||
    !areCounts(strides) ||
    shape.length !== strides.length
  )
    throw new Error('its pickle describes a tensor without storage, shape or strides');
  const count = shape.reduce((product, n) => product * n, 1);
  const last = shape.reduce((at, n, axis) => at + (n - 1) * strides[axis]!, offset);
  if (count > 0 && !(last < storage.size && count <= Math.max(storage.size, MOST_REPEATED)))
    throw new Error(
      `its pickle describes a tensor [${shape}] that does not fit into its ${storage.size} stored values`,
    );
  const { dtype } = storage.type;
  return dtype ? new TorchTensor(storage, dtype, offset, shape, strides) : new PickleRecord('torch.Tensor');
}

/** `torch._utils._rebuild_tensor_v3`: the type is separate from the storage, which holds bytes. */
export function rebuildTypedTensor(args: PickleValue[]): PickleValue {
  const [storage, offset, shape, strides, , , global] = args;
  const name = global instanceof PickleGlobal ? global.name : '';
  const type = Object.hasOwn(NEWER_TYPES, name) ? NEWER_TYPES[name]! : undefined;
  if (!type || !(storage instanceof TorchStorage)) return new PickleRecord(`torch.Tensor of ${name || 'no type'}`);
  const bytes = storage.size * storage.type.bytes;
  const typed = new TorchStorage(storage.key, type, Math.floor(bytes / type.bytes));
  return rebuildTensor([typed, offset!, shape!, strides!]);
}

export function isCount(x: unknown): x is number {
  return Number.isSafeInteger(x) && (x as number) >= 0;
}

const areCounts = (x: unknown): x is number[] => Array.isArray(x) && x.length <= MOST_AXES && x.every(isCount);
