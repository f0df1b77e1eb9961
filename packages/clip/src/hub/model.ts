import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { copyFile, link, mkdir, realpath, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { downloadFile, type FileIdentity, wrongWith } from '@dgprompt/io';
import { type HubSettings, hubSettings } from './settings.js';

/** How far a download is. */
export interface PullProgress {
  file: string;
  /** Bytes there, of all files. */
  done: number;
  total: number;
}

export interface PullOptions {
  /** A branch, a tag or a commit. Default: `main`. */
  revision?: string;
  signal?: AbortSignal;
  onProgress?: (progress: PullProgress) => void;
  /** Default: what the environment says. */
  settings?: HubSettings;
}

/** A model in the cache. */
export interface CachedModel {
  id: string;
  /** The folders of its revisions, by commit. */
  snapshots: Map<string, string>;
  /** The model's own folder. */
  path: string;
  /** Bytes of all its files. */
  size: number;
}

/** Small files that a CLIP may have beside its weights. */
const BESIDE = ['config.json', 'open_clip_config.json', 'tokenizer.json'];

/** Files with weights, best first: one of them, or an index and its shards. */
const WEIGHTS = [
  'model.safetensors',
  'model.safetensors.index.json',
  'open_clip_model.safetensors',
  'pytorch_model.bin',
  'open_clip_pytorch_model.bin',
];

/** Whether a name is of the form of a hub id: `openai/clip-vit-base-patch16`. */
export function isHubId(name: string): boolean {
  return (
    /^[A-Za-z0-9][\w.-]{0,95}\/[A-Za-z0-9][\w.-]{0,95}$/.test(name) && !name.includes('..') && !name.includes('--')
  );
}

/**
 * The folder of a model in the cache that the tools for the Hugging Face hub share, if it is there with its weights.
 * @param id `openai/clip-vit-base-patch16`
 */
export function cachedSnapshot(
  id: string,
  { revision = 'main', settings = hubSettings() }: PullOptions = {},
): string | undefined {
  const folder = modelFolder(id, settings);
  const reference = join(folder, 'refs', revision);
  const commit = existsSync(reference) ? readFileSync(reference, 'utf8').trim() : revision;
  if (!/^[0-9a-f]{40}$/.test(commit)) return undefined;
  const snapshot = join(folder, 'snapshots', commit);
  // A link whose file is gone does not exist; a model that another program began may lack its weights.
  return WEIGHTS.some(name => existsSync(join(snapshot, name))) && complete(snapshot) ? snapshot : undefined;
}

/**
 * Downloads what `loadClip` needs of a model into that cache: configs, tokenizer, and one form of the weights. What is there already is
 * not asked for again; a download that was cut goes on.
 * @returns the model's folder in the cache
 * @throws one sentence naming the model if there is none, it has no weights, the hub cannot be reached, or offline mode is on
 */
export async function pullModel(id: string, options: PullOptions = {}): Promise<string> {
  const { revision = 'main', signal, onProgress, settings = hubSettings() } = options;
  if (!isHubId(id)) throw new Error(`"${id}" is no id of a model on the hub, such as openai/clip-vit-base-patch16.`);
  if (settings.offline) {
    const snapshot = cachedSnapshot(id, { revision, settings });
    if (snapshot) return snapshot;
    throw new Error(`${id} is not in ${settings.cache}, and HF_HUB_OFFLINE forbids to download it.`);
  }
  const { commit, files } = await listModel(id, revision, settings, signal);
  const folder = modelFolder(id, settings);
  const snapshot = join(folder, 'snapshots', commit);
  const fetchOne = async (file: HubFile, base: number, total: number) => {
    const blob = join(folder, 'blobs', file.sha256 ?? file.gitId!);
    const report = (done: number) => onProgress?.({ file: file.path, done: base + done, total });
    if (!existsSync(blob))
      await downloadFile(`${settings.endpoint}/${id}/resolve/${commit}/${file.path}`, blob, {
        expected: file,
        token: settings.token,
        signal,
        onProgress: ({ done }) => report(done),
      });
    report(file.size);
    await point(join(snapshot, file.path), blob);
  };
  const fetchAll = async (wanted: HubFile[]) => {
    const total = wanted.reduce((sum, { size }) => sum + size, 0);
    let base = 0;
    for (const file of wanted) {
      await fetchOne(file, base, total);
      base += file.size;
    }
  };
  const weights = WEIGHTS.find(name => files.has(name));
  if (!weights) throw new Error(`${id} has none of the files that a CLIP's weights are in: ${WEIGHTS.join(', ')}.`);
  const beside = BESIDE.flatMap(name => files.get(name) ?? []);
  if (weights.endsWith('.json')) {
    await fetchAll([...beside, files.get(weights)!]);
    const shards = shardNames(join(snapshot, weights));
    const missing = shards.find(name => !files.has(name));
    if (missing)
      throw new Error(`${id}: its ${weights} names ${JSON.stringify(missing)}, which the model does not have.`);
    await fetchAll(shards.map(name => files.get(name)!));
  } else await fetchAll([...beside, files.get(weights)!]);
  if (revision !== commit) {
    const reference = join(folder, 'refs', revision);
    await mkdir(dirname(reference), { recursive: true });
    await writeFile(reference, commit);
  }
  return snapshot;
}

/** The models in the cache. */
export async function cachedModels(settings: HubSettings = hubSettings()): Promise<CachedModel[]> {
  if (!existsSync(settings.cache)) return [];
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
 * Holds a model's files in the cache against their names there, which are their hashes: needs no network.
 * @returns for each file what is wrong with it, or undefined
 * @throws a sentence if the model is not in the cache
 */
export async function verifyModel(
  id: string,
  settings: HubSettings = hubSettings(),
): Promise<{ file: string; wrong?: string }[]> {
  const model = await findModel(id, settings);
  const results: { file: string; wrong?: string }[] = [];
  for (const snapshot of model.snapshots.values())
    for (const name of readdirSync(snapshot)) {
      const file = join(snapshot, name);
      const blob = await realpath(file).catch(() => undefined);
      const hash = blob && /[0-9a-f]+$/.exec(blob)?.[0];
      const { size } = blob ? await stat(blob) : { size: 0 };
      const wrong = !blob
        ? 'it is missing'
        : hash?.length === 64
          ? await wrongWith(blob, { size, sha256: hash })
          : hash?.length === 40
            ? await wrongWith(blob, { size, gitId: hash })
            : undefined;
      results.push({ file: name, ...(wrong && { wrong }) });
    }
  return results;
}

/**
 * Deletes a model from the cache.
 * @returns how many bytes its files took
 * @throws a sentence if it is not there
 */
export async function removeModel(id: string, settings: HubSettings = hubSettings()): Promise<number> {
  const { path, size } = await findModel(id, settings);
  await rm(path, { recursive: true });
  return size;
}

type HubFile = FileIdentity & { path: string; size: number };

async function listModel(id: string, revision: string, settings: HubSettings, signal?: AbortSignal) {
  const { listFiles, modelInfo } = await import('@huggingface/hub');
  const common = {
    revision,
    hubUrl: settings.endpoint,
    // The token goes in here: the library takes none but its own hub's.
    fetch: ((input, init) =>
      persistent(input, {
        ...init,
        signal,
        ...(settings.token && { headers: bearer(settings.token) }),
      })) as typeof fetch,
  };
  try {
    const { sha: commit } = await modelInfo({ name: id, additionalFields: ['sha'], ...common });
    if (!commit || !/^[0-9a-f]{40}$/.test(commit)) throw new Error('the hub gave no commit');
    const files = new Map<string, HubFile>();
    for await (const { type, path, size, oid, lfs } of listFiles({
      repo: { type: 'model', name: id },
      ...common,
      revision: commit,
    })) {
      if (type !== 'file') continue;
      const identity = lfs ? { size: lfs.size, sha256: lfs.oid } : { size, gitId: oid };
      const hash = lfs ? lfs.oid : oid;
      if (Number.isSafeInteger(identity.size) && /^[0-9a-f]{40}([0-9a-f]{24})?$/.test(hash ?? ''))
        files.set(path, { path, ...identity });
    }
    return { commit, files };
  } catch (cause) {
    signal?.throwIfAborted();
    throw new Error(`${id} cannot be looked up at ${settings.endpoint}: ${reason(cause, settings)}.`, { cause });
  }
}

/** `fetch`, tried again where a connection was cut: a hub may close one that is kept alive just as it is used again. */
const persistent: typeof fetch = async (input, init) => {
  for (let attempt = 1; ; attempt++) {
    try {
      return await fetch(input, init);
    } catch (cause) {
      const { code } = ((cause as Error).cause ?? {}) as NodeJS.ErrnoException;
      if (attempt === 3 || (code !== 'ECONNRESET' && code !== 'UND_ERR_SOCKET')) throw cause;
    }
  }
};

const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });

function reason(cause: unknown, { token }: HubSettings): string {
  const status = (cause as { statusCode?: number }).statusCode;
  if (status === 404) return 'there is no such model';
  if (status === 401 || status === 403)
    return token
      ? 'your token may not read it; accept its terms on its page'
      : 'there is no such model, or it wants a token: set HF_TOKEN';
  const error = cause as Error & { cause?: { message?: string; code?: string } };
  return (error.cause?.message || error.cause?.code || error.message || `it answered ${status}`)
    .split('\n')[0]!
    .replace(/\.$/, '');
}

function modelFolder(id: string, { cache }: HubSettings): string {
  return join(cache, `models--${id.replace('/', '--')}`);
}

async function findModel(id: string, settings: HubSettings): Promise<CachedModel> {
  const found = (await cachedModels(settings)).find(model => model.id === id);
  if (!found) throw new Error(`${id} is not in ${settings.cache}; dgprompt models list says what is.`);
  return found;
}

/** Whether all shards of an index are there. */
function complete(snapshot: string): boolean {
  if (existsSync(join(snapshot, WEIGHTS[0]!)) || !existsSync(join(snapshot, WEIGHTS[1]!))) return true;
  return shardNames(join(snapshot, WEIGHTS[1]!)).every(name => existsSync(join(snapshot, name)));
}

function shardNames(index: string): string[] {
  try {
    const { weight_map: map } = JSON.parse(readFileSync(index, 'utf8')) as { weight_map?: object };
    return [...new Set(Object.values(map ?? {}).map(String))];
  } catch (cause) {
    throw new Error(`${index} is not JSON; delete it and download the model again.`, { cause });
  }
}

/** Makes `path` another name of a blob: a relative link, as the other tools do, or what the file system has in its place. */
async function point(path: string, blob: string): Promise<void> {
  if (existsSync(path)) return;
  await mkdir(dirname(path), { recursive: true });
  await rm(path, { force: true }); // a link to a file that is gone
  await symlink(relative(dirname(path), blob), path)
    .catch(() => link(blob, path))
    .catch(() => copyFile(blob, path));
}
