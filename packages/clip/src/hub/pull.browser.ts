import { putFiles } from '@dgprompt/io';
import { hubFolder } from './cache.browser.js';
import { isHubId } from './hub-id.js';
import { fetchKept } from './kept.browser.js';
import type { PullOptions } from './pull-options.js';
import { hubSettings } from './settings.js';
import { NAMES_BESIDE } from './weight-names.js';

export type { PullOptions, PullProgress } from './pull-options.js';

const WEIGHTS = ['model.safetensors', 'open_clip_model.safetensors'];

/** As in Node, for models in one safetensors file; they are kept in Cache Storage. */
export async function pullModel(id: string, options: PullOptions = {}): Promise<string> {
  const { revision = 'main', signal, onProgress, settings = hubSettings() } = options;
  if (!isHubId(id))
    throw new Error(`"${id}" is not the id of a model on the hub, such as openai/clip-vit-base-patch16.`);
  const folder = hubFolder(id, revision);
  const files: Record<string, Uint8Array> = {};
  const fetchFile = async (name: string) => {
    const bytes = await fetchKept(`${settings.endpoint}/${id}/resolve/${encodeURIComponent(revision)}/${name}`, {
      signal,
      token: settings.token,
      onProgress: (done, total = done) => onProgress?.({ file: name, done, total }),
    });
    if (bytes) files[name] = bytes;
    return bytes !== undefined;
  };
  let found = false;
  for (const name of WEIGHTS) found ||= await fetchFile(name);
  if (!found) throw new Error(`${id} has no ${WEIGHTS.join(' or ')}, which a browser can load; choose another model.`);
  for (const name of NAMES_BESIDE) await fetchFile(name);
  putFiles(folder, files); // all at once: a folder that is there is complete
  return folder;
}
