import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openSafetensors, writeSafetensors } from '@dgprompt/clip';
import { slices } from './slices.js';

/** Frozen features on disk, shared by processes: of the same images, by content, the same CLIP's. */
export interface FeatureStore {
  /** It may be deleted at any time. */
  folder: string;
  /** What beside images, their views and CLIP decides the bits: the device, versions. */
  setting: string;
}

/** Values of many images, row after row. */
export interface Rows {
  values: Float32Array; // [N, width]
  width: number;
}

/** Files hashed at a time. */
const atOnce = 64;

const hashes = new Map<string, Promise<string>>();

/** SHA-256 of a file's bytes, read once a process. */
function contentHash(path: string): Promise<string> {
  const known = hashes.get(path) ?? readFile(path).then(bytes => createHash('sha256').update(bytes).digest('hex'));
  hashes.set(path, known);
  return known;
}

/**
 * The rows that `compute` gives for images, from disk where they were computed before. A file that cannot be read counts as absent, and a folder
 * that cannot be written is no error.
 *
 * @param what tells features of the same images apart, such as the CLIP's id
 */
export async function storedRows(
  { folder, setting }: FeatureStore,
  what: unknown,
  paths: readonly string[],
  compute: () => Promise<Rows[]>,
): Promise<Rows[]> {
  const contents: string[] = [];
  try {
    for (const [, some] of slices(paths, atOnce)) contents.push(...(await Promise.all(some.map(contentHash))));
  } catch {
    return compute(); // which says what is wrong with an image; views that are not files have no content
  }
  const key = createHash('sha256')
    .update(JSON.stringify([setting, what, contents]))
    .digest('hex');
  const file = join(folder, `${key}.safetensors`);
  const kept = read(file, paths.length);
  if (kept) return kept;
  const rows = await compute();
  const tensors = new Map<string, { shape: number[]; data: Float32Array }>();
  for (const [i, { values, width }] of rows.entries())
    tensors.set(String(i), { shape: [paths.length, width], data: values });
  try {
    await mkdir(folder, { recursive: true });
    await writeSafetensors(file, tensors);
  } catch {
    // computed again the next time
  }
  return rows;
}

function read(file: string, count: number): Rows[] | undefined {
  try {
    const opened = openSafetensors(file);
    try {
      const rows: Rows[] = [];
      while (opened.tensors.has(String(rows.length))) {
        const values = opened.read(String(rows.length)); // [N, width]
        rows.push({ values, width: values.length / count });
      }
      return rows.length > 0 ? rows : undefined;
    } finally {
      opened.close();
    }
  } catch {
    return undefined;
  }
}
