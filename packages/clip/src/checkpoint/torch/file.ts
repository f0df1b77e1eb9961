import { ELEMENT_TYPES, openFile, type TensorEntry, type TensorFile, tensorReader } from '@dgprompt/io';
import { openZip, type ZipEntry } from '../../runtime/zip.js';
import { type TorchStorage, TorchTensor, torchGlobal, torchStorage } from './globals.js';
import { readPickle } from './pickle.js';
import { PickleRecord, type PickleValue } from './pickle-value.js';

/** A file written by `torch.save` or `torch.jit.save`, read as data: no code in it is ever run. */
export interface TorchFile extends TensorFile {
  /** A TorchScript, as OpenAI published CLIP; otherwise a saved dictionary. */
  script: boolean;
  /** Plain values by name: `epoch`, `scheduler.last_epoch`, … */
  values: Map<string, string | number | boolean>;
}

/** The first bytes of a zip archive, and of a PyTorch file before version 1.6. */
const ZIP = Uint8Array.of(0x50, 0x4b, 0x03, 0x04);
const OLD = Uint8Array.of(0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19);

/** The description of a CLIP's tensors takes far less; a file that needs more was made to exhaust the memory. */
const LARGEST_PICKLE = 64 * 2 ** 20;
const MOST_ENTRIES = 200_000;
const MOST_VALUES = 500_000;
const DEEPEST = 100;
/** Characters of all names together: those of CLIP's tensors take some 50,000. */
const MOST_LETTERS = 16 * 2 ** 20;

/** Whether the first bytes of a file (16 suffice) are those of a PyTorch file. */
export function looksLikeTorch(bytes: Uint8Array): boolean {
  return startsWith(bytes, ZIP) || startsWith(bytes, OLD) || (bytes[0] === 0x80 && bytes[1]! >= 2 && bytes[1]! <= 5);
}

/**
 * Opens a PyTorch file (`.pt`, `.pth`, `.bin`, `model.pth.tar-50`): a TorchScript, a state dict, or any dictionary with
 * tensors. Its pickle is parsed by an allow-list of names and never executed.
 *
 * Names are joined with dots: `visual.conv1.weight`, and in a checkpoint of a published prompt learner
 * `state_dict.prompt_learner.ctx`. Tensors are read one at a time.
 *
 * @throws one sentence naming the file if it is truncated, damaged, older than PyTorch 1.6, or names anything not on
 *   the list
 *
 * @example
 * ```ts
 * import { openTorch } from '@dgprompt/clip/checkpoint';
 * import { miniClip } from '@dgprompt/pictograms';
 *
 * const path = `${miniClip}/model.safetensors`;
 * console.log(await openTorch(path).catch(error => error.message));
 * // …model.safetensors cannot be read as a PyTorch file: …
 * ```
 */
export async function openTorch(path: string): Promise<TorchFile> {
  const file = openFile(path);
  let zip: Awaited<ReturnType<typeof openZip>> | undefined;
  try {
    const { size } = file;
    const first = file.read(0, Math.min(16, size));
    if (!startsWith(first, ZIP)) {
      const old =
        'PyTorch wrote it before version 1.6; load it in PyTorch and torch.save it again with a newer version';
      throw new Error(looksLikeTorch(first) ? old : 'it is not one');
    }
    zip = await openZip(path, MOST_ENTRIES);
    const { entries } = zip;
    const root = rootOf(entries);
    const order = entries.get(`${root}byteorder`);
    if (order && new TextDecoder().decode(await order.read(16)).trim() !== 'little')
      throw new Error('it was written on a machine with another byte order');
    const pickle = await entries.get(`${root}data.pkl`)!.read(LARGEST_PICKLE);
    const { value } = readPickle(pickle, { global: torchGlobal, persistent: torchStorage });
    const { tensors: found, values } = flatten(value);
    const tensors = new Map<string, TensorEntry>();
    const starts = new Map<string, number>();
    for (const [name, tensor] of found) {
      const { storage } = tensor;
      const key = `${storage.key}:${storage.dtype}:${storage.size}`;
      if (!starts.has(key))
        starts.set(key, await storageStart(entries.get(`${root}data/${storage.key}`), storage, size));
      tensors.set(name, entryOf(tensor, starts.get(key)!));
    }
    const script = entries.has(`${root}constants.pkl`);
    return { ...tensorReader(file, tensors), script, values };
  } catch (cause) {
    file.close();
    throw new Error(`${path} cannot be read as a PyTorch file: ${reason(cause)}.`, { cause });
  } finally {
    zip?.close();
  }
}

/** The folder in the archive that holds everything, with a slash behind it. */
function rootOf(entries: ReadonlyMap<string, ZipEntry>): string {
  const pickles = [...entries.keys()].filter(name => /^[^/]+\/data\.pkl$/.test(name));
  if (pickles.length !== 1) throw new Error('it is an archive without one data.pkl in it');
  return pickles[0]!.slice(0, -'data.pkl'.length);
}

/** Where the data of a storage starts in the file: PyTorch never compresses it, so that it can be read in place. */
async function storageStart(entry: ZipEntry | undefined, storage: TorchStorage, fileSize: number): Promise<number> {
  if (!entry) throw new Error(`its data "${storage.key.slice(0, 50)}" is missing`);
  if (!entry.isPlain) throw new Error('its data is compressed, which PyTorch does not do');
  const bytes = storage.size * ELEMENT_TYPES[storage.dtype]!.bytes;
  if (entry.size < bytes) throw new Error(`its data "${storage.key}" is shorter than its description says`);
  const start = await entry.start();
  if (start + bytes > fileSize) throw new Error('it is cut short');
  return start;
}

function entryOf({ storage, offset, shape, strides }: TorchTensor, start: number): TensorEntry {
  const { bytes } = ELEMENT_TYPES[storage.dtype]!;
  const count = shape.reduce((product, n) => product * n, 1);
  const rows = rowStrides(shape);
  const inOrder = shape.every((n, axis) => n === 1 || strides[axis] === rows[axis]);
  const reach = inOrder || count === 0 ? count : shape.reduce((at, n, axis) => at + (n - 1) * strides[axis]!, 1);
  const from = start + offset * bytes;
  const entry: TensorEntry = { dtype: storage.dtype, shape, start: from, end: from + reach * bytes };
  if (!inOrder && count > 0) entry.strides = strides;
  return entry;
}

function rowStrides(shape: readonly number[]): number[] {
  const strides = shape.map(() => 1);
  for (let axis = shape.length - 2; axis >= 0; axis--) strides[axis] = strides[axis + 1]! * shape[axis + 1]!;
  return strides;
}

/** Tensors and plain values with the names that lead to them, joined by dots. */
function flatten(root: PickleValue): { tensors: Map<string, TorchTensor>; values: TorchFile['values'] } {
  const tensors = new Map<string, TorchTensor>();
  const values: TorchFile['values'] = new Map();
  let visited = 0;
  let letters = 0;
  const visit = (value: PickleValue, name: string, depth: number) => {
    letters += name.length;
    if (++visited > MOST_VALUES || depth > DEEPEST || letters > MOST_LETTERS)
      throw new Error('its pickle holds more than any checkpoint does');
    const inside = (key: string | number) => (name ? `${name}.${key}` : `${key}`);
    if (value instanceof TorchTensor) tensors.set(name, value);
    else if (value instanceof PickleRecord) visit(value.state, name, depth + 1);
    else if (value instanceof Map) {
      for (const [key, item] of value)
        if (typeof key === 'string' || typeof key === 'number') visit(item, inside(key), depth + 1);
    } else if (Array.isArray(value)) {
      for (const [i, item] of value.entries()) visit(item, inside(i), depth + 1);
    } else if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      values.set(name, value);
  };
  visit(root, '', 0);
  return { tensors, values };
}

function startsWith(bytes: Uint8Array, start: Uint8Array): boolean {
  return start.every((byte, i) => bytes[i] === byte);
}

function reason(cause: unknown): string {
  return (cause instanceof Error ? cause.message : String(cause)).split('\n')[0]!.replace(/\.$/, '');
}
