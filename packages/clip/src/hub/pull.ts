import { downloadFile, folderOf, joinPath, makeFolder, waitForLock, writeFileAtomic } from '@dgprompt/io';
import { exists, linkTo } from '../runtime/files.js';
import { absentFolder, cachedSnapshot, isHubId, modelFolder, shardNames } from './cache.js';
import { type HubFile, listModel } from './list.js';
import type { PullOptions } from './pull-options.js';
import { hubSettings } from './settings.js';
import { NAMES_BESIDE, WEIGHT_NAMES } from './weight-names.js';

export type { PullOptions, PullProgress } from './pull-options.js';

/**
 * Downloads the files of a model that `loadClip` needs into the shared cache: configs, tokenizer, and one form of the
 * weights. Files in the cache are not requested again; interrupted downloads are resumed. One process at a time
 * downloads a model; another one waits and uses its files.
 *
 * @returns the model's folder in the cache
 * @throws one sentence naming the model if it does not exist, has no weights, the hub cannot be reached, or offline
 *   mode is on
 *
 * @example
 * ```ts
 * import { pullModel } from '@dgprompt/clip/hub';
 *
 * const settings = { endpoint: 'https://huggingface.co', cache: 'no-such-folder', offline: true };
 * console.log(await pullModel('openai/clip-vit-base-patch16', { settings }).catch(error => error.message));
 * // openai/clip-vit-base-patch16 is not in no-such-folder, and HF_HUB_OFFLINE forbids downloading it.
 * ```
 */
export async function pullModel(id: string, options: PullOptions = {}): Promise<string> {
  const { revision = 'main', signal, onProgress, settings = hubSettings() } = options;
  if (!isHubId(id))
    throw new Error(`"${id}" is not the id of a model on the hub, such as openai/clip-vit-base-patch16.`);
  if (settings.offline) {
    const snapshot = cachedSnapshot(id, { revision, settings });
    if (snapshot) return snapshot;
    throw new Error(`${id} is not in ${settings.cache}, and HF_HUB_OFFLINE forbids downloading it.`);
  }
  if (!/^\w[\w.-]*(\/\w[\w.-]*)*$/.test(revision)) throw new Error(`"${revision}" is not a branch, a tag or a commit.`);
  const { commit, files } = await listModel(id, revision, settings, signal);
  const folder = modelFolder(id, settings);
  const snapshot = joinPath(folder, 'snapshots', commit);
  const fetchOne = async (file: HubFile, base: number, total: number) => {
    const blob = joinPath(folder, 'blobs', file.sha256 ?? file.gitId!);
    const report = (done: number) => onProgress?.({ file: file.path, done: base + done, total });
    if (!exists(blob))
      await downloadFile(`${settings.endpoint}/${id}/resolve/${commit}/${encodeURIComponent(file.path)}`, blob, {
        expected: file,
        token: settings.token,
        signal,
        onProgress: ({ done }) => report(done),
      });
    report(file.size);
    await linkTo(joinPath(snapshot, file.path), blob);
  };
  const fetchAll = async (wanted: HubFile[]) => {
    const total = wanted.reduce((sum, { size }) => sum + size, 0);
    let base = 0;
    for (const file of wanted) {
      await fetchOne(file, base, total);
      base += file.size;
    }
  };
  const release = await waitForLock(joinPath(folder, '.lock'), {
    doing: `pull ${id}`,
    signal,
    onWait: options.onWait,
  });
  try {
    await fetchWanted();
  } finally {
    await release();
  }
  return snapshot;

  async function fetchWanted(): Promise<void> {
    const weights = WEIGHT_NAMES.find(name => files.has(name));
    if (!weights) throw new Error(`${id} has no file with CLIP weights: ${WEIGHT_NAMES.join(', ')}.`);
    const beside = NAMES_BESIDE.flatMap(name => files.get(name) ?? []);
    if (weights.endsWith('.json')) {
      await fetchAll([...beside, files.get(weights)!]);
      const shards = shardNames(joinPath(snapshot, weights));
      const missing = shards.find(name => !files.has(name));
      if (missing)
        throw new Error(`${id}: its ${weights} names ${JSON.stringify(missing)}, which the model does not have.`);
      await fetchAll(shards.map(name => files.get(name)!));
    } else await fetchAll([...beside, files.get(weights)!]);
    await makeFolder(absentFolder(snapshot));
    for (const name of NAMES_BESIDE)
      if (!files.has(name)) await writeFileAtomic(joinPath(absentFolder(snapshot), name), '');
    if (revision !== commit) {
      const reference = joinPath(folder, 'refs', revision);
      await makeFolder(folderOf(reference));
      await writeFileAtomic(reference, commit);
    }
  }
}
