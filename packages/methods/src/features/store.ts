import type { Clip } from '@dgprompt/clip';
import { joinPath, makeFolder, openSafetensors, readBytes, sha256Hex, writeSafetensors } from '@dgprompt/io';
import type { FeatureStore } from '../transforms/transform.js';
import { slices } from './slices.js';

/** Values of many images or classes, row after row. */
export interface Rows {
  values: Float32Array; // [N, width]
  width: number;
}

/** Files hashed at a time. */
const atOnce = 64;

const hashes = new Map<string, Promise<string>>();

/** SHA-256 of a file's bytes, read once per process. */
function contentHash(path: string): Promise<string> {
  const known = hashes.get(path) ?? readBytes(path).then(bytes => sha256Hex(bytes));
  hashes.set(path, known);
  return known;
}

/**
 * The rows that `compute` returns for images, read from disk if they were computed before.
 * @param what distinguishes features of the same images
 */
export async function storedRows(
  store: FeatureStore,
  clip: Pick<Clip, 'id' | 'config'>,
  paths: readonly string[],
  what: unknown,
  compute: () => Promise<Rows[]>,
): Promise<Rows[]> {
  const contents: string[] = [];
  try {
    for (const [, some] of slices(paths, atOnce)) contents.push(...(await Promise.all(some.map(contentHash))));
  } catch {
    return compute(); // reports the unreadable image; names that are no files have no content
  }
  return stored(store, clip, [what, contents], compute);
}

/**
 * The rows that `compute` returns, read from disk if they were computed before. Unreadable files count as absent, and
 * an unwritable folder is no error. Features of a CLIP that was not loaded from a file are not kept, since nothing
 * identifies it.
 * @param what identifies the features
 */
export async function stored(
  { folder, setting }: FeatureStore,
  { id, config }: Pick<Clip, 'id' | 'config'>,
  what: unknown,
  compute: () => Promise<Rows[]>,
): Promise<Rows[]> {
  if (id === '') return compute();
  const key = sha256Hex(JSON.stringify([setting, id, config, what]));
  const file = joinPath(folder, `${key}.safetensors`);
  const kept = read(file);
  if (kept) return kept;
  const rows = await compute();
  const tensors = new Map<string, { shape: number[]; data: Float32Array }>();
  for (const [i, { values, width }] of rows.entries())
    tensors.set(String(i), { shape: [values.length / width, width], data: values });
  try {
    await makeFolder(folder);
    await writeSafetensors(file, tensors);
  } catch {
    // computed again the next time
  }
  return rows;
}

function read(file: string): Rows[] | undefined {
  try {
    const opened = openSafetensors(file);
    try {
      const rows: Rows[] = [];
      while (opened.tensors.has(String(rows.length))) {
        const name = String(rows.length);
        rows.push({ values: opened.read(name), width: opened.tensors.get(name)!.shape[1]! });
      }
      return rows.length > 0 ? rows : undefined;
    } finally {
      opened.close();
    }
  } catch {
    return undefined;
  }
}
