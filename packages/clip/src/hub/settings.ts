import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where models come from and where they are kept, as other programs for the Hugging Face hub have it. */
export interface HubSettings {
  /** The hub, without a slash at the end. `HF_ENDPOINT`. */
  endpoint: string;
  /** The folder with everything downloaded. `HF_HUB_CACHE`, or `hub` in `HF_HOME` (default: `~/.cache/huggingface`). */
  cache: string;
  /** `HF_TOKEN`, or what `huggingface-cli login` left in `HF_HOME/token`. */
  token?: string;
  /** Nothing is asked of the network. `HF_HUB_OFFLINE`. */
  offline: boolean;
}

/**
 * The settings in effect now.
 * @throws a sentence if `HF_ENDPOINT` is no address
 */
export function hubSettings(environment: NodeJS.ProcessEnv = process.env): HubSettings {
  const { HF_ENDPOINT: endpoint = 'https://huggingface.co', XDG_CACHE_HOME: caches } = environment;
  const home = environment.HF_HOME ?? join(caches ?? join(homedir(), '.cache'), 'huggingface');
  if (!/^https?:\/\/[^/]/.test(endpoint))
    throw new Error(`HF_ENDPOINT is "${endpoint}"; it must be an address that starts with https:// or http://.`);
  const token =
    environment.HF_TOKEN ??
    environment.HUGGING_FACE_HUB_TOKEN ??
    tokenIn(environment.HF_TOKEN_PATH ?? join(home, 'token'));
  return {
    endpoint: endpoint.replace(/\/+$/, ''),
    cache: environment.HF_HUB_CACHE ?? environment.HUGGINGFACE_HUB_CACHE ?? join(home, 'hub'),
    ...(token?.trim() && { token: token.trim() }),
    offline: [environment.HF_HUB_OFFLINE, environment.TRANSFORMERS_OFFLINE].some(isOn),
  };
}

function tokenIn(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined; // nobody has logged in
  }
}

const isOn = (value: string | undefined) => value !== undefined && /^(1|on|yes|true)$/i.test(value);
