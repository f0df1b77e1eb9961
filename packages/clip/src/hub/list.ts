import { boundedText, errorCode, type FileIdentity, fetchAddress, printable } from '@dgprompt/io';
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
    fetch: boundedFetch(settings, signal),
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

/** Limits for the hub's answers about one model: a page lists a thousand files in some 300 kB. */
const LIMITS = { pages: 100, bytes: 8 * 2 ** 20, milliseconds: 60_000 };

/**
 * A `fetch` for the hub's own origin only, whatever address an answer gives for its next page, since the token is added
 * here. Limits the number, size and time of answers. Retries if the connection is cut: a hub may close a kept-alive
 * connection just as it is used again.
 */
function boundedFetch({ endpoint, token }: HubSettings, signal: AbortSignal | undefined): typeof fetch {
  const { origin } = new URL(endpoint);
  let pages = 0;
  const once = async (address: string, headers: Record<string, string>) => {
    const late = AbortSignal.timeout(LIMITS.milliseconds);
    const stop = signal ? AbortSignal.any([signal, late]) : late;
    const response = await fetchAddress(address, { headers, token, signal: stop });
    const text = await boundedText(response, { bytes: LIMITS.bytes });
    const { status, statusText } = response;
    return new Response([204, 205, 304].includes(status) ? null : text, {
      status,
      statusText,
      headers: response.headers,
    });
  };
  return async (input, init) => {
    const address = new URL(input instanceof Request ? input.url : input);
    if (address.origin !== origin)
      throw new Error(`an answer leads to ${printable(address.origin)}, which is not the hub's own address`);
    if (++pages > LIMITS.pages) throw new Error(`it has more than ${LIMITS.pages} pages of files`);
    const headers = Object.fromEntries(new Headers(init?.headers).entries());
    for (let attempt = 1; ; attempt++) {
      try {
        return await once(address.href, headers);
      } catch (cause) {
        const code = errorCode(cause) ?? errorCode((cause as Error).cause);
        if (attempt === 3 || (code !== 'ECONNRESET' && code !== 'UND_ERR_SOCKET')) throw cause;
      }
    }
  };
}

function reason(cause: unknown, { token }: HubSettings): string {
  const status = (cause as { statusCode?: number }).statusCode;
  if (status === 404) return 'there is no such model';
  if (status === 401 || status === 403)
    return token
      ? 'your token may not read it; accept its terms on its page'
      : 'there is no such model, or it needs a token: set HF_TOKEN';
  const error = cause as Error & { cause?: { message?: string; code?: string } };
  if (error.name === 'TimeoutError') return `it has not answered for ${LIMITS.milliseconds / 1000} seconds`;
  const said = error.cause?.message || error.cause?.code || error.message || `it answered ${status}`;
  return printable(said.split('\n')[0]!, 500).replace(/\.$/, '');
}
