import { putFiles, removePath, type TabFile } from '@dgprompt/io';
import type { Clip } from '../clip.js';
import { isHubId } from '../hub/hub-id.js';
import { fetchKept } from '../hub/kept.browser.js';
import { NAMES_BESIDE } from '../hub/weight-names.js';
import { exists } from '../runtime/files.js';
import { type LoadOptions, loadClip as loadPath } from './load.js';

export type { LoadOptions } from './load.js';

/** A file of a CLIP: its address or its content. */
export type ClipFile = string | URL | TabFile;

/**
 * A CLIP: the address of its `.safetensors` file, of the folder with it (ending with a slash), a hub id, that file
 * itself, its bytes, or all of its files by name (`model.safetensors`, `config.json`, `tokenizer.json`).
 */
export type ClipSource = ClipFile | Readonly<Record<string, ClipFile>>;

let loaded = 0;

/**
 * Loads a CLIP, as in Node, from the sources of a page. Fetched weights are kept in Cache Storage. Files are read in
 * parts in a worker, and as a whole on the page.
 *
 * @throws one sentence if it cannot be fetched or read, or is not a CLIP
 *
 * @example
 * ```ts
 * import { loadClip } from '@dgprompt/clip'; // in a browser
 *
 * const clip = await loadClip('https://example.org/clip/');
 * ```
 */
export async function loadClip(source: ClipSource, options: LoadOptions = {}): Promise<Clip> {
  if (typeof source === 'string' && (exists(source) || isHubId(source))) return loadPath(source, options);
  const folder = `/clips/${++loaded}`;
  try {
    const { name, files } = await filesOf(source, options);
    putFiles(folder, files);
    const clip = await loadPath(folder, options);
    const { dispose } = clip;
    return Object.assign(clip, {
      source: name,
      dispose() {
        dispose();
        void removePath(folder);
      },
    });
  } catch (cause) {
    await removePath(folder);
    throw new Error((cause as Error).message.replaceAll(`${folder}/`, '').replaceAll(folder, 'The CLIP'), { cause });
  }
}

interface Files {
  /** The name of the CLIP in errors. */
  name: string;
  files: Record<string, TabFile>;
}

async function filesOf(source: ClipSource, options: LoadOptions): Promise<Files> {
  if (source instanceof Uint8Array) return { name: 'bytes', files: { 'model.safetensors': source } };
  if (source instanceof Blob) {
    const name = source instanceof File ? source.name : 'model.safetensors';
    return { name, files: { [name]: await readable(source, name) } };
  }
  if (typeof source === 'string' || source instanceof URL) return fromAddress(new URL(source, here()), options);
  const files: Record<string, TabFile> = {};
  for (const [name, file] of Object.entries(source)) files[name] = await contentOf(name, file, options);
  return { name: Object.keys(source).find(name => !name.endsWith('.json')) ?? 'model.safetensors', files };
}

const here = (): string => globalThis.location?.href;

async function fromAddress(url: URL, options: LoadOptions): Promise<Files> {
  const isFolder = url.pathname.endsWith('/');
  const weights = isFolder ? new URL('model.safetensors', url) : url;
  const name = decodeURIComponent(weights.pathname.split('/').at(-1)!);
  const files: Record<string, TabFile> = { [name]: await contentOf(name, weights, options) };
  if (!/^https?:$/.test(url.protocol)) return { name: url.href, files };
  for (const one of NAMES_BESIDE) {
    const bytes = await fetchKept(new URL(one, weights).href, options.signal ? { signal: options.signal } : {});
    if (bytes) files[one] = bytes;
  }
  return { name: url.href, files };
}

async function contentOf(name: string, file: ClipFile, { signal, onProgress }: LoadOptions): Promise<TabFile> {
  if (file instanceof Uint8Array) return file;
  if (file instanceof Blob) return readable(file, name);
  const address = new URL(file, here()).href;
  const report = (done: number, total = done) => onProgress?.({ file: name, done, total });
  const bytes = await fetchKept(address, { signal, onProgress: report });
  if (!bytes) throw new Error(`There is no file at ${address}.`);
  return bytes;
}

/** A file that this thread can read at any position: the file itself in a worker, otherwise its bytes. */
async function readable(file: Blob, name: string): Promise<TabFile> {
  if ('FileReaderSync' in globalThis) return file;
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch (cause) {
    throw new Error(
      `${name} has ${(file.size / 1e9).toFixed(1)} GB, more than this browser can read into memory: load it in a worker, or choose a smaller CLIP.`,
      { cause },
    );
  }
}
