import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { errorCode, fileHashes, openFile, openSafetensors, sha256Hex, type TensorFile } from '@dgprompt/io';
import { readJson } from './config.js';
import { looksLikeTorch, openTorch } from './torch/file.js';

/** How libraries call a model's file; in a folder with several of them, the first of this list is taken. */
const USUAL_NAMES = [
  'model.safetensors',
  'model.safetensors.index.json',
  'open_clip_model.safetensors',
  'pytorch_model.bin',
  'open_clip_pytorch_model.bin',
  'model.pt',
];
const INDEX = 'model.safetensors.index.json';

/**
 * The files that hold a checkpoint's tensors: one, or the shards that an index lists.
 * @param path a folder, a file with tensors, or an index of shards
 * @throws one sentence naming the folder or file where nothing can be loaded
 */
export function weightFiles(path: string): string[] {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) throw new Error(`There is no file or folder "${path}".`);
  const file = found.isDirectory() ? inFolder(path) : path;
  if (file.endsWith('.json')) return shards(file);
  const index = join(dirname(file), INDEX);
  if (file !== path || !existsSync(index)) return [file];
  const all = shards(index);
  return all.includes(file) ? all : [file];
}

/**
 * Opens a file of tensors by what is in it: a `.safetensors` file, or one of PyTorch's.
 * @throws one sentence naming the file
 */
export async function openTensorFile(path: string): Promise<TensorFile> {
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

/** SHA-256 of a checkpoint: of its file; with shards, of their hashes in hex, one behind the other. */
export async function contentHash(paths: readonly string[]): Promise<string> {
  const hashes: string[] = [];
  for (const path of paths) hashes.push((await fileHashes(path, ['sha256'])).sha256);
  return hashes.length === 1 ? hashes[0]! : sha256Hex(hashes.join(''));
}

/** Where infinities and what is no number show in the bits of a type, by the size of its elements. */
const EXPONENTS: Record<string, number> = { F32: 0x7f800000, F16: 0x7c00, BF16: 0x7f80 };

/**
 * @throws a sentence naming file and tensor if one of its values is infinite or not a number
 */
export function checkFinite(file: TensorFile, names: Iterable<string>): void {
  const opened = openFile(file.path);
  const chunk = new ArrayBuffer(4 * 2 ** 20); // one for all: what is only looked at shall not pile up
  try {
    for (const name of names) {
      const { dtype, start, end } = file.tensors.get(name)!;
      const exponent = EXPONENTS[dtype];
      if (exponent === undefined) continue;
      for (let at = start; at < end; at += chunk.byteLength) {
        const length = Math.min(end - at, chunk.byteLength);
        opened.readInto(new Uint8Array(chunk, 0, length), at);
        const bits = dtype === 'F32' ? new Uint32Array(chunk, 0, length / 4) : new Uint16Array(chunk, 0, length / 2);
        if (hasExponent(bits, exponent))
          throw new Error(`${file.path}: tensor ${JSON.stringify(name)} has values that are infinite or not a number.`);
      }
    }
  } finally {
    opened.close();
  }
}

function hasExponent(bits: Uint32Array | Uint16Array, exponent: number): boolean {
  for (let i = 0; i < bits.length; i++) if ((bits[i]! & exponent) === exponent) return true;
  return false;
}

function inFolder(folder: string): string {
  const files = readdirSync(folder);
  const usual = USUAL_NAMES.find(name => files.includes(name));
  if (usual) return join(folder, usual);
  const others = files.filter(name => /\.(safetensors|pt|pth|bin)$/.test(name));
  if (others.length === 1) return join(folder, others[0]!);
  const reason =
    others.length === 0 ? 'has no file with weights, such as model.safetensors' : `has ${others.join(', ')}`;
  throw new Error(`The folder "${folder}" ${reason}; give the path of the one to load.`);
}

function shards(index: string): string[] {
  const map = readJson(index).weight_map;
  const names = typeof map === 'object' && map !== null ? [...new Set(Object.values(map))] : [];
  if (names.length === 0) throw new Error(`${index} has no weight_map that names files.`);
  return names.sort().map(name => {
    if (typeof name !== 'string' || name !== basename(name) || name.startsWith('.'))
      throw new Error(`${index} names ${JSON.stringify(name)}, which is no file beside it.`);
    const path = join(dirname(index), name);
    if (!existsSync(path)) throw new Error(`${index} names ${name}, which is not there; download it again.`);
    return path;
  });
}
