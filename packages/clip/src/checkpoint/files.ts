import {
  baseName,
  contentDigest,
  errorCode,
  folderOf,
  joinPath,
  openFile,
  openSafetensors,
  printable,
  sha256Hex,
  type TensorFile,
} from '@dgprompt/io';
import { WEIGHT_NAMES } from '../hub/weight-names.js';
import { exists, isFileName, listNames, pathKind } from '../runtime/files.js';
import { readJson } from '../runtime/json.js';
import { looksLikeTorch, openTorch, type TorchFile } from './torch/file.js';

const INDEXES = WEIGHT_NAMES.filter(name => name.endsWith('.json'));

/** Files that training programs write next to weights, and our own recordings. */
const NO_WEIGHTS = /^(expect|optimizer|scheduler|scaler|training_args|rng_state(_\d+)?|random_states_\d+)\.\w+$/;

/**
 * The files that hold a checkpoint's tensors: one, or the shards that an index lists.
 * @param path a folder, a file with tensors, or an index of shards
 * @throws one sentence naming the folder or file if nothing can be loaded
 */
export function weightFiles(path: string): string[] {
  const kind = pathKind(path);
  if (!kind) throw new Error(`There is no file or folder "${path}".`);
  const file = kind === 'folder' ? inFolder(path) : path;
  if (file.endsWith('.json')) return shards(file);
  if (file !== path) return [file];
  const indexes = INDEXES.map(name => joinPath(folderOf(file), name)).filter(exists);
  const index = indexes.find(index => listed(index).includes(file));
  return index ? shards(index) : [file];
}

/**
 * Opens a file of tensors by its content: a `.safetensors` file, or a PyTorch file, which may have plain values too.
 *
 * @throws one sentence naming the file
 *
 * @example
 * ```ts
 * import { openTensorFile } from '@dgprompt/clip/checkpoint';
 * import { miniClip } from '@dgprompt/pictograms';
 *
 * const file = await openTensorFile(`${miniClip}/model.safetensors`);
 * console.log(file.tensors.size > 0); // true
 * file.close();
 * ```
 */
export async function openTensorFile(path: string): Promise<TensorFile & Partial<Pick<TorchFile, 'values'>>> {
  const file = openFile(path);
  let first: Uint8Array;
  try {
    first = file.read(0, Math.min(16, file.size));
  } catch (cause) {
    throw new Error(`${path} cannot be read: ${errorCode(cause) ?? cause}.`, { cause });
  } finally {
    file.close();
  }
  return looksLikeTorch(first) ? openTorch(path) : openSafetensors(path);
}

/** SHA-256 of a checkpoint's weights: of their file; for shards, of their concatenated hashes in hex. */
export async function contentHash(paths: readonly string[]): Promise<string> {
  const hashes: string[] = [];
  for (const path of paths) hashes.push(await contentDigest(path));
  return hashes.length === 1 ? hashes[0]! : sha256Hex(hashes.join(''));
}

/** The exponent bits of a type: all are set in infinities and NaN. */
const EXPONENTS: Record<string, number> = { F32: 0x7f800000, F16: 0x7c00, BF16: 0x7f80 };

/**
 * @throws a sentence naming file and tensor if one of its values is infinite or not a number
 */
export function checkFinite(file: TensorFile, names: Iterable<string>): void {
  const opened = openFile(file.path);
  const chunk = new ArrayBuffer(4 * 2 ** 20); // one for all values: they are only inspected
  try {
    for (const name of names) {
      const { dtype, start, end } = file.tensors.get(name)!;
      const exponent = EXPONENTS[dtype];
      if (exponent === undefined) {
        if (!file.read(name).every(Number.isFinite)) throw notFinite(file, name);
        continue;
      }
      for (let at = start; at < end; at += chunk.byteLength) {
        const length = Math.min(end - at, chunk.byteLength);
        opened.readInto(new Uint8Array(chunk, 0, length), at);
        const bits = dtype === 'F32' ? new Uint32Array(chunk, 0, length / 4) : new Uint16Array(chunk, 0, length / 2);
        if (hasExponent(bits, exponent)) throw notFinite(file, name);
      }
    }
  } finally {
    opened.close();
  }
}

const notFinite = ({ path }: TensorFile, name: string): Error =>
  new Error(`${path}: tensor ${JSON.stringify(name)} has values that are infinite, too large or not a number.`);

function hasExponent(bits: Uint32Array | Uint16Array, exponent: number): boolean {
  for (let i = 0; i < bits.length; i++) if ((bits[i]! & exponent) === exponent) return true;
  return false;
}

function inFolder(folder: string): string {
  const files = listNames(folder);
  const usual = WEIGHT_NAMES.find(name => files.includes(name));
  if (usual) return joinPath(folder, usual);
  const others = files.filter(name => /\.(safetensors|pt|pth|bin|ckpt)$/.test(name) && !NO_WEIGHTS.test(name));
  if (others.length === 1) return joinPath(folder, others[0]!);
  const reason =
    others.length === 0 ? 'has no file with weights, such as model.safetensors' : `has ${others.join(', ')}`;
  throw new Error(`The folder "${folder}" ${reason}; give the path of the one to load.`);
}

function shards(index: string): string[] {
  const paths = listed(index);
  const missing = paths.find(path => !exists(path));
  if (missing) throw new Error(`${index} names ${baseName(missing)}, which does not exist; download it again.`);
  return paths;
}

/** The paths of the files that an index lists, sorted. */
function listed(index: string): string[] {
  const map = readJson(index).weight_map;
  const names = typeof map === 'object' && map !== null ? [...new Set(Object.values(map))] : [];
  if (names.length === 0) throw new Error(`${index} has no weight_map that names files.`);
  return names.sort().map(name => {
    if (typeof name !== 'string' || !isFileName(name))
      throw new Error(`${index} names ${printable(JSON.stringify(name))}, which is not a file next to it.`);
    return joinPath(folderOf(index), name);
  });
}
