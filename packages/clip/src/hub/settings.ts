import { type Environment, environment, homeFolder, joinPath } from '@dgprompt/io';
import { textOf } from '../runtime/files.js';

/** Where models are downloaded from and kept, as in other programs for the Hugging Face hub. */
export interface HubSettings {
  /** The hub, without a slash at the end. `HF_ENDPOINT`. */
  endpoint: string;
  /** The folder for downloads. `HF_HUB_CACHE`, or `hub` in `HF_HOME` (default: `~/.cache/huggingface`). */
  cache: string;
  /** `HF_TOKEN`, or the token that `huggingface-cli login` saved in `HF_HOME/token`. */
  token?: string;
  /** No network access. `HF_HUB_OFFLINE`. */
  offline: boolean;
}

/**
 * The hub's settings. An empty variable counts as not set.
 *
 * @param variables defaults to the environment
 * @throws a sentence if `HF_ENDPOINT` is not an address
 *
 * @example
 * ```ts
 * import { hubSettings } from '@dgprompt/clip/hub';
 *
 * console.log(hubSettings({ HF_HUB_CACHE: '/models', HF_HUB_OFFLINE: '1' }).offline); // true
 * ```
 */
export function hubSettings(variables: Environment = environment()): HubSettings {
  const endpoint = variables.HF_ENDPOINT || 'https://huggingface.co';
  const caches = variables.XDG_CACHE_HOME || joinPath(homeFolder(), '.cache');
  const home = variables.HF_HOME || joinPath(caches, 'huggingface');
  if (!/^https?:\/\/[^/]/.test(endpoint))
    throw new Error(`HF_ENDPOINT is "${endpoint}"; it must be an address that starts with https:// or http://.`);
  const login = variables.HF_TOKEN_PATH || joinPath(home, 'token');
  const token = variables.HF_TOKEN || variables.HUGGING_FACE_HUB_TOKEN || savedToken(login);
  return {
    endpoint: endpoint.replace(/\/+$/, ''),
    cache: variables.HF_HUB_CACHE || variables.HUGGINGFACE_HUB_CACHE || joinPath(home, 'hub'),
    ...(token?.trim() && { token: token.trim() }),
    offline: [variables.HF_HUB_OFFLINE, variables.TRANSFORMERS_OFFLINE].some(isOn),
  };
}

function savedToken(path: string): string | undefined {
  try {
    return textOf(path);
  } catch {
    return undefined; // no login
  }
}

const isOn = (value: string | undefined) => value !== undefined && /^(1|on|yes|true)$/i.test(value);
