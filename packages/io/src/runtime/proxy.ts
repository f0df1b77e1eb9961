import { type IncomingMessage, request as plainRequest, type RequestOptions } from 'node:http';
import { request as tlsRequest } from 'node:https';
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { connect } from 'node:tls';
import { type Environment, environment } from './environment.js';

/** What to request. */
interface Asked {
  headers: Record<string, string>;
  signal?: AbortSignal;
}

/**
 * The proxy for an address: `HTTPS_PROXY` or `HTTP_PROXY` by its protocol, then `ALL_PROXY`, in lower case first; none
 * for hosts in `NO_PROXY` (`host`, `.domain`, `host:port`, `*`).
 *
 * @throws one sentence naming the variable if it is not the address of an HTTP proxy
 */
export function proxyFor(url: URL, variables: Environment = environment()): URL | undefined {
  const look = (...names: string[]) => names.flatMap(name => [name, name.toUpperCase()]).find(name => variables[name]);
  const name = look(`${url.protocol.slice(0, -1)}_proxy`, 'all_proxy');
  if (!name || isExempt(url, variables.no_proxy ?? variables.NO_PROXY ?? '')) return undefined;
  const given = variables[name]!;
  const proxy = tryUrl(/^[a-z][a-z0-9+.-]*:\/\//i.test(given) ? given : `http://${given}`);
  if (!proxy || !/^https?:$/.test(proxy.protocol))
    throw new Error(`${name} is not the address of an HTTP proxy, such as http://proxy.example.org:3128.`);
  return proxy;
}

function tryUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

function isExempt({ hostname, port, protocol }: URL, list: string): boolean {
  const here = `${hostname}:${port || (protocol === 'https:' ? 443 : 80)}`;
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean)
    .some(entry => {
      if (entry === '*' || entry === hostname || entry === here) return true;
      const domain = entry.replace(/^\*?\./, '');
      return hostname.endsWith(`.${domain}`) || here.endsWith(`.${domain}`) || domain === hostname;
    });
}

/** Sends one request through a proxy: http directly, https in a tunnel. Does not follow redirects. */
export async function throughProxy(url: URL, proxy: URL, { headers, signal }: Asked): Promise<Response> {
  const common = { method: 'GET', signal, headers: { host: url.host, ...headers } };
  if (url.protocol === 'http:')
    return answer(await send(proxy, { ...common, path: url.href, headers: { ...common.headers, ...login(proxy) } }));
  const tunnel = await open(url, proxy, signal);
  const socket = connect({ socket: tunnel, servername: url.hostname });
  return answer(await send(url, { ...common, path: `${url.pathname}${url.search}`, createConnection: () => socket }));
}

const portOf = ({ port, protocol }: URL) => Number(port) || (protocol === 'https:' ? 443 : 80);

function login({ username, password }: URL): Record<string, string> {
  if (!username) return {};
  const words = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(words).toString('base64')}` };
}

function send(to: URL, options: RequestOptions): Promise<IncomingMessage> {
  const request = to.protocol === 'https:' ? tlsRequest : plainRequest;
  return new Promise((resolve, reject) => {
    request({ host: to.hostname, port: portOf(to), ...options })
      .once('response', resolve)
      .once('error', reject)
      .end();
  });
}

function open(url: URL, proxy: URL, signal: AbortSignal | undefined): Promise<Socket> {
  const place = `${url.hostname}:${portOf(url)}`;
  const request = proxy.protocol === 'https:' ? tlsRequest : plainRequest;
  return new Promise((resolve, reject) => {
    request({
      host: proxy.hostname,
      port: portOf(proxy),
      method: 'CONNECT',
      path: place,
      signal,
      headers: { host: place, ...login(proxy) },
    })
      .once('connect', ({ statusCode }, socket) => {
        if (statusCode === 200) return resolve(socket);
        socket.destroy();
        reject(new Error(`the proxy ${proxy.host} answered ${statusCode}`));
      })
      .once('response', ({ statusCode }) => reject(new Error(`the proxy ${proxy.host} answered ${statusCode}`)))
      .once('error', reject)
      .end();
  });
}

const WITHOUT_BODY = new Set([204, 205, 304]);

function answer(message: IncomingMessage): Response {
  const headers = new Headers();
  for (let i = 0; i < message.rawHeaders.length; i += 2)
    headers.append(message.rawHeaders[i]!, message.rawHeaders[i + 1]!);
  const status = message.statusCode ?? 500;
  const body = WITHOUT_BODY.has(status) ? null : (Readable.toWeb(message) as unknown as ReadableStream<Uint8Array>);
  if (!body) message.resume();
  return new Response(body, { status, statusText: message.statusMessage, headers });
}
