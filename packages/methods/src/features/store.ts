import type { Clip } from '@dgprompt/clip';
import { digests, joinPath, makeFolder, openSafetensors, sha256Hex, writeSafetensors } from '@dgprompt/io';
import type { FeatureStore } from '../transforms/transform.js';

/** Values of many images or classes, row after row. */
export interface Rows {
  values: Float32Array; // [N, width]
  width: number;
}

/** Identifiers of images, in order: hashes of their content, or their names if they are not files. */
export async function contentsOf(paths: readonly string[], signal?: AbortSignal): Promise<string[]> {
  const found = await digests(paths, { signal });
  return paths.map(path => found.get(path) ?? `name ${path}`);
}

/**
 * The rows that `compute` returns for images, read from disk if they were computed before.
 * @param what distinguishes features of the same images
 * @param known see `contentsOf`; rows of images that are not files are not kept
 */
export async function storedRows(
  store: FeatureStore,
  clip: Pick<Clip, 'id' | 'config'>,
  paths: readonly string[],
  what: unknown,
  compute: () => Promise<Rows[]>,
  known?: readonly string[],
): Promise<Rows[]> {
  const contents = known ?? (await contentsOf(paths));
  if (contents.some(one => one.startsWith('name '))) return compute();
  const isSame = async () => (await contentsOf(paths)).every((one, i) => one === contents[i]);
  return stored(store, clip, [what, contents], compute, isSame);
}

/**
 * The rows that `compute` returns, read from disk if they were computed before. Unreadable files count as absent, and
 * an unwritable folder is not an error. Features of a CLIP that was not loaded from a file are not kept, since nothing
 * identifies it.
 * @param what identifies the features
 * @param isSame whether their sources still match `what`
 */
export async function stored(
  { folder, setting }: FeatureStore,
  { id, config }: Pick<Clip, 'id' | 'config'>,
  what: unknown,
  compute: () => Promise<Rows[]>,
  isSame: () => Promise<boolean> = async () => true,
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
    if (!(await isSame())) return rows;
    await makeFolder(folder);
    await writeSafetensors(file, tensors, { metadata: { sha256: hashOf(rows) } });
  } catch {
    // computed again next time
  }
  return rows;
}

const hashOf = (rows: readonly Rows[]): string =>
  sha256Hex(...rows.flatMap(({ values, width }) => [`${width};`, bytesOf(values)]));

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array) => new Uint8Array(buffer, byteOffset, byteLength);

/** The rows in a file; undefined if there is none or its checksum differs. */
function read(file: string): Rows[] | undefined {
  try {
    const opened = openSafetensors(file);
    try {
      const rows: Rows[] = [];
      while (opened.tensors.has(String(rows.length))) {
        const name = String(rows.length);
        rows.push({ values: opened.read(name), width: opened.tensors.get(name)!.shape[1]! });
      }
      return rows.length > 0 && opened.metadata.sha256 === hashOf(rows) ? rows : undefined;
    } finally {
      opened.close();
    }
  } catch {
    return undefined;
  }
}
