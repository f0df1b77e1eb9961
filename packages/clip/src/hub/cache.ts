import { baseName, folderOf, joinPath, printable, removePath, wrongWith } from '@dgprompt/io';
import { exists, fileSize, isFileName, listNames, realPath, textOf } from '../runtime/files.js';
import { readJson } from '../runtime/json.js';
import { type HubSettings, hubSettings } from './settings.js';
import { WEIGHT_NAMES } from './weight-names.js';

export { isHubId } from './hub-id.js';

/** A model in the cache. */
export interface CachedModel {
  id: string;
  /** The folders of its revisions, by commit. */
  snapshots: Map<string, string>;
  /** The model's folder in the cache. */
  path: string;
  /** Bytes of all its files. */
  size: number;
}

/**
 * The folder of a model in the cache that all tools for the Hugging Face hub share; undefined if the model or its
 * weights are missing.
 *
 * @param id `openai/clip-vit-base-patch16`
 * @param options.revision a branch, a tag or a commit; default `main`
 *
 * @example
 * ```ts
 * import { cachedSnapshot } from '@dgprompt/clip/hub';
 *
 * console.log(cachedSnapshot('nobody/no-such-model')); // undefined
 * ```
 */
export function cachedSnapshot(
  id: string,
  { revision = 'main', settings = hubSettings() }: { revision?: string; settings?: HubSettings } = {},
): string | undefined {
  const folder = modelFolder(id, settings);
  const reference = joinPath(folder, 'refs', revision);
  const commit = exists(reference) ? textOf(reference).trim() : revision;
  if (!/^[0-9a-f]{40}$/.test(commit)) return undefined;
  const snapshot = joinPath(folder, 'snapshots', commit);
  // A link whose file is missing does not exist; a model that another program started to download may lack its weights.
  return complete(snapshot) ? snapshot : undefined;
}

/**
 * The models in the cache.
 *
 * @example
 * ```ts
 * import { cachedModels } from '@dgprompt/clip/hub';
 *
 * console.log(await cachedModels({ endpoint: 'https://huggingface.co', cache: 'no-such-folder', offline: true }));
 * // []
 * ```
 */
export async function cachedModels(settings: HubSettings = hubSettings()): Promise<CachedModel[]> {
  if (!exists(settings.cache)) return [];
  const { scanCacheDir } = await import('@huggingface/hub');
  const { repos } = await scanCacheDir(settings.cache);
  return repos
    .filter(({ id }) => id.type === 'model')
    .map(({ id, path, size, revisions }) => ({
      id: id.name,
      path,
      size,
      snapshots: new Map(revisions.map(({ commitOid, path }) => [commitOid, path])),
    }))
    .sort((a, b) => a.id.localeCompare(b.id));
}

/**
 * Checks a model's files in the cache against their names, which are their hashes. Works offline.
 *
 * @returns for each file what is wrong with it, or undefined
 * @throws a sentence if the model is not in the cache
 *
 * @example
 * ```ts
 * import { verifyModel } from '@dgprompt/clip/hub';
 *
 * const settings = { endpoint: 'https://huggingface.co', cache: 'no-such-folder', offline: true };
 * console.log(await verifyModel('nobody/model', settings).catch(error => error.message));
 * // nobody/model is not in no-such-folder; …
 * ```
 */
export async function verifyModel(
  id: string,
  settings: HubSettings = hubSettings(),
): Promise<{ file: string; wrong?: string }[]> {
  const model = await findModel(id, settings);
  const results: { file: string; wrong?: string }[] = [];
  for (const snapshot of model.snapshots.values())
    for (const name of listNames(snapshot)) {
      const file = joinPath(snapshot, name);
      const blob = realPath(file);
      const hash = blob && /[0-9a-f]+$/.exec(blob)?.[0];
      const wrong = !blob
        ? 'it is missing'
        : hash?.length === 64
          ? await wrongWith(blob, { size: fileSize(blob), sha256: hash })
          : hash?.length === 40
            ? await wrongWith(blob, { size: fileSize(blob), gitId: hash })
            : undefined;
      results.push({ file: name, ...(wrong && { wrong }) });
    }
  return results;
}

/**
 * Deletes a model from the cache.
 *
 * @returns the bytes that its files took
 * @throws a sentence if the model is not in the cache
 *
 * @example
 * ```ts
 * import { removeModel } from '@dgprompt/clip/hub';
 *
 * const settings = { endpoint: 'https://huggingface.co', cache: 'no-such-folder', offline: true };
 * console.log(await removeModel('nobody/model', settings).catch(error => error.message));
 * // nobody/model is not in no-such-folder; …
 * ```
 */
export async function removeModel(id: string, settings: HubSettings = hubSettings()): Promise<number> {
  const { path, size } = await findModel(id, settings);
  await removePath(path);
  return size;
}

/** Where huggingface_hub notes, by empty files, which files a snapshot's commit does not have. */
export const absentFolder = (snapshot: string): string =>
  joinPath(folderOf(folderOf(snapshot)), '.no_exist', baseName(snapshot));

/**
 * Settings that a snapshot in transformers' format lacks, although the model may have them: a program that needed only
 * the weights did not download them.
 */
export function missingSettings(snapshot: string): string[] {
  const has = (name: string) => exists(joinPath(snapshot, name));
  if (!has('config.json') || has('open_clip_config.json')) return [];
  const wanted = [...(has('processor_config.json') ? [] : ['preprocessor_config.json']), 'tokenizer_config.json'];
  return wanted.filter(name => !has(name) && !exists(joinPath(absentFolder(snapshot), name)));
}

export function modelFolder(id: string, { cache }: HubSettings): string {
  return joinPath(cache, `models--${id.replace('/', '--')}`);
}

async function findModel(id: string, settings: HubSettings): Promise<CachedModel> {
  const found = (await cachedModels(settings)).find(model => model.id === id);
  if (!found) throw new Error(`${id} is not in ${settings.cache}; dgprompt models list lists the models that are.`);
  return found;
}

/** Whether the weights exist, or all shards if an index would be loaded. */
function complete(snapshot: string): boolean {
  const weights = WEIGHT_NAMES.find(name => exists(joinPath(snapshot, name)));
  if (!weights?.endsWith('.json')) return weights !== undefined;
  return shardNames(joinPath(snapshot, weights)).every(name => exists(joinPath(snapshot, name)));
}

/** The files that an index names. @throws a sentence naming the index if it is damaged, or names a file elsewhere */
export function shardNames(index: string): string[] {
  const map = readJson(index).weight_map;
  const names = [...new Set(Object.values(typeof map === 'object' && map !== null ? map : {}).map(String))];
  const stranger = names.find(name => !isFileName(name));
  if (stranger !== undefined)
    throw new Error(`${index} names ${printable(JSON.stringify(stranger))}, which is not a file next to it.`);
  return names;
}
