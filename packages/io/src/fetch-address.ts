import { bytes } from './bytes.js';
import { proxyFor, throughProxy } from './runtime/proxy.js';

const MOST_REDIRECTS = 10;

export interface FetchOptions {
  headers?: Record<string, string>;
  /** Sent as a bearer token, only to the address's own origin: never to another one that it redirects to. */
  token?: string;
  signal?: AbortSignal;
}

/**
 * `fetch` through the environment's proxy: `HTTPS_PROXY`, `HTTP_PROXY` or `ALL_PROXY`, except for hosts in `NO_PROXY`.
 * A token is sent only to the address's own origin.
 *
 * @throws the errors of `fetch`; one sentence if a proxy variable is not an address, or there are too many redirects
 *
 * @example
 * ```ts
 * import { fetchAddress } from '@dgprompt/io';
 *
 * console.log(await fetchAddress('http://127.0.0.1:1/').catch(error => error.message)); // fetch failed
 * ```
 */
export async function fetchAddress(
  address: string,
  { headers = {}, token, signal }: FetchOptions = {},
): Promise<Response> {
  const { origin } = new URL(address);
  let url = new URL(address);
  for (let hop = 0; hop <= MOST_REDIRECTS; hop++) {
    if (!/^https?:$/.test(url.protocol)) throw new Error(`it leads to ${url.protocol}, which is not a web address`);
    const sent = { ...headers, ...(token && url.origin === origin && { authorization: `Bearer ${token}` }) };
    const proxy = proxyFor(url);
    const response = proxy
      ? await throughProxy(url, proxy, { headers: sent, signal })
      : await fetch(url, { headers: sent, signal, redirect: 'manual' });
    const next = [301, 302, 303, 307, 308].includes(response.status) ? response.headers.get('location') : null;
    if (next === null) return response;
    await response.body?.cancel();
    const to = new URL(next, url);
    if (url.protocol === 'https:' && to.protocol === 'http:')
      throw new Error('it leads from https:// to http://, which anyone on the way can read and change');
    url = to;
  }
  throw new Error(`it leads to another address more than ${MOST_REDIRECTS} times`);
}

/**
 * Reads a response as text, up to a number of bytes.
 *
 * @throws one sentence without the address
 *
 * @example
 * ```ts
 * import { boundedText } from '@dgprompt/io';
 *
 * console.log(await boundedText(new Response('{"a": 1}'), { bytes: 4 }).catch(error => error.message));
 * // its answer is longer than 4 B
 * ```
 */
export async function boundedText(response: Response, { bytes: most }: { bytes: number }): Promise<string> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of response.body ?? []) {
    length += part.length;
    if (length > most) throw new Error(`its answer is longer than ${bytes(most)}`);
    parts.push(part);
  }
  return new TextDecoder().decode(Buffer.concat(parts));
}
