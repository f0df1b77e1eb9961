import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { HubSettings } from '../hub/settings.js';

/** A local server that speaks the part of the hub's protocol that models need, for tests. Not part of the package. */
export interface FakeHub {
  settings: HubSettings;
  /** The requests, as "GET /path bytes=…". */
  requests: string[];
  /** Simulated faults: bytes after which the connection is cut, once for each entry; a wrong byte; no ranges. */
  faults: {
    cutAfter: number[];
    corrupt?: string;
    noRanges?: boolean;
    token?: string;
    next?: string;
    endless?: boolean;
  };
  close(): Promise<void>;
}

export const COMMIT = '0123456789abcdef0123456789abcdef01234567';

/** @param files of the model `id`; those larger than 1 kB are what the hub calls LFS files, with a SHA-256 */
export async function fakeHub(id: string, files: Record<string, Uint8Array>, cache: string): Promise<FakeHub> {
  const requests: string[] = [];
  const faults: FakeHub['faults'] = { cutAfter: [] };
  const large = (bytes: Uint8Array) => bytes.length > 1000;
  const tree = Object.entries(files).map(([path, bytes]) => ({
    type: 'file',
    path,
    size: bytes.length,
    oid: createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex'),
    ...(large(bytes) && {
      lfs: { oid: createHash('sha256').update(bytes).digest('hex'), size: bytes.length, pointerSize: 134 },
    }),
  }));

  function answer(request: IncomingMessage, response: ServerResponse): unknown {
    const { pathname } = new URL(request.url!, 'http://localhost');
    requests.push(`${request.method} ${pathname}${request.headers.range ? ` ${request.headers.range}` : ''}`);
    const json = (status: number, content: object) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(content));
    };
    if (faults.token && request.headers.authorization !== `Bearer ${faults.token}`) return json(401, { error: 'no' });
    if (pathname.startsWith(`/api/models/${id}/revision/`))
      return json(200, { _id: '1', id, sha: COMMIT, lastModified: 0 });
    if (pathname === `/api/models/${id}/tree/${COMMIT}`) {
      if (faults.next) response.setHeader('link', `<${faults.next}>; rel="next"`);
      if (!faults.endless) return json(200, tree);
      const more = () => response.writable && response.write(' '.repeat(1e6), more);
      return more();
    }
    const [, path] = /\/resolve\/[^/]+\/(.+)$/.exec(pathname) ?? [];
    const bytes = path && pathname.startsWith(`/${id}/`) ? files[path] : undefined;
    if (!bytes) return json(404, { error: 'there is none' });
    const sent = faults.corrupt === path ? Uint8Array.from(bytes, (x, i) => (i === 7 ? x ^ 1 : x)) : bytes;
    const from = faults.noRanges ? 0 : Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    const rest = sent.subarray(from);
    response.writeHead(from > 0 ? 206 : 200, {
      'content-length': rest.length,
      ...(from > 0 && { 'content-range': `bytes ${from}-${sent.length - 1}/${sent.length}` }),
    });
    const cut = large(bytes) ? faults.cutAfter.shift() : undefined;
    if (cut === undefined) return response.end(rest);
    return response.write(rest.subarray(0, cut), () => setTimeout(() => response.destroy(), 20));
  }

  const server = createServer(answer);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    settings: { endpoint: `http://127.0.0.1:${port}`, cache, offline: false },
    requests,
    faults,
    close: () =>
      new Promise(resolve => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
