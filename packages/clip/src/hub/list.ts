import { errorCode, type FileIdentity } from '@dgprompt/io';
import type { HubSettings } from './settings.js';

/** A file of a model on the hub. */
export type HubFile = FileIdentity & { path: string; size: number };

/**
 * The files of a model, and the commit that a revision points to.
 *
 * @throws a sentence naming the model and the hub
 */
export async function listModel(id: string, revision: string, settings: HubSettings, signal?: AbortSignal) {
  const { listFiles, modelInfo } = await import('@huggingface/hub');
  const common = {
    revision,
    hubUrl: settings.endpoint,
    // The token is added here: the library accepts only tokens of its own hub.
    fetch: ((input, init) =>
      persistent(input, {
        ...init,
        signal,
        ...(settings.token && { headers: bearer(settings.token) }),
      })) as typeof fetch,
  };
  try {
    const { sha: commit } = await modelInfo({ name: id, additionalFields: ['sha'], ...common });
    if (!commit || !/^[0-9a-f]{40}$/.test(commit)) throw new Error('the hub returned no commit');
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

/** `fetch`, tried again if the connection is cut: a hub may close a kept-alive connection just as it is used again. */
const persistent: typeof fetch = async (input, init) => {
  for (let attempt = 1; ; attempt++) {
    try {
      return await fetch(input, init);
    } catch (cause) {
      const code = errorCode((cause as Error).cause);
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
      : 'there is no such model, or it needs a token: set HF_TOKEN';
  const error = cause as Error & { cause?: { message?: string; code?: string } };
  return (error.cause?.message || error.cause?.code || error.message || `it answered ${status}`)
    .split('\n')[0]!
    .replace(/\.$/, '');
}
