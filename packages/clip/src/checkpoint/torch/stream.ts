import type { OpenFile } from '@dgprompt/io';
import { type Container, LARGEST_PICKLE, startInside } from './container.js';
import { torchGlobal } from './globals.js';
import { readPickle } from './pickle.js';
import type { PickleValue } from './pickle-value.js';
import { TorchStorage, torchPersistent } from './tensor.js';

/** The number that is the first pickle of a stream. */
const MAGIC = 0x1950a86a20f9469cfc6cn;
const VERSION = 1001;

/**
 * The format of `torch.save` before version 1.6: pickles of a magic number, a version, the machine, the object and the
 * keys of its storages; then, for each key, the count of its elements in eight bytes, and the elements. These stay in
 * the file.
 */
export function openStream(file: OpenFile): Container {
  const bytes = file.read(0, Math.min(file.size, LARGEST_PICKLE));
  const widths = new Map<string, number>(); // bytes of an element, by the first mention of a key
  const persistent = (id: PickleValue): PickleValue => {
    const value = torchPersistent(id);
    if (value instanceof TorchStorage && !widths.has(value.key)) widths.set(value.key, value.type.bytes);
    return value;
  };
  let at = 0;
  const next = (): PickleValue => {
    const { value, end } = readPickle(bytes, { global: torchGlobal, persistent }, at);
    at = end;
    return value;
  };
  if (next() !== MAGIC) throw new Error('it is a Python pickle that torch.save did not write');
  if (next() !== VERSION) throw new Error(`its stream has another version than ${VERSION}`);
  next(); // the machine's byte order and sizes; data is always little-endian
  const value = next();
  const starts = dataStarts(file, next(), at, widths);
  return { value, script: false, start: storage => startInside(storage, starts.get(storage.key)), close() {} };
}

/** The positions of each key's data, one after the other. */
function dataStarts(file: OpenFile, keys: PickleValue, at: number, widths: ReadonlyMap<string, number>) {
  const starts = new Map<string, { start: number; size: number }>();
  let end = at;
  for (const key of Array.isArray(keys) ? keys : [null]) {
    const width = typeof key === 'string' && !starts.has(key) ? widths.get(key) : undefined;
    if (typeof key !== 'string' || width === undefined) throw new Error('its list of data does not fit its tensors');
    const start = end + 8;
    if (start > file.size) throw new Error('it is cut short');
    const size = Number(new BigUint64Array(file.read(end, start).buffer)[0]) * width;
    end = start + size;
    if (end > file.size) throw new Error('it is cut short');
    starts.set(key, { start, size });
  }
  return starts;
}
