import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A local file server that may cut connections. */
export interface LoopbackServer {
  files: Record<string, Buffer>;
  url(path: string): string;
  /** The `Range` of every request so far. */
  ranges: (string | undefined)[];
  /** Cuts the next `times` connections after `after` bytes. */
  cut(after: number, times: number): void;
  close(): Promise<void>;
}

/** Starts of the ranges, in order of the requests; zero for a request for the whole file. */
export const starts = (ranges: (string | undefined)[]): number[] =>
  ranges.map(range => Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0));

export async function loopbackServer(
  files: Record<string, Buffer>,
  { cutAfter = 0, cuts = 0, ranges: knowsRanges = true } = {},
): Promise<LoopbackServer> {
  const ranges: (string | undefined)[] = [];
  let after = cutAfter;
  let left = cuts;
  const server = createServer((request, response) => {
    ranges.push(request.headers.range);
    const bytes = files[request.url ?? ''];
    if (!bytes) {
      response.writeHead(404).end('no such file');
      return;
    }
    const etag = `"${createHash('md5').update(bytes).digest('hex')}"`;
    const asked = /^bytes=(\d+)-$/.exec(request.headers.range ?? '');
    const from = asked && knowsRanges && request.headers['if-range'] === etag ? Number(asked[1]) : 0;
    response.writeHead(from > 0 ? 206 : 200, {
      etag,
      'content-length': bytes.length - from,
      ...(from > 0 ? { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` } : {}),
    });
    if (left > 0) {
      left--;
      response.flushHeaders();
      response.write(bytes.subarray(from, from + after), () => setTimeout(() => request.socket.destroy(), 150));
      if (after === 0) request.socket.destroy();
      return;
    }
    response.end(bytes.subarray(from));
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    files,
    ranges,
    url: path => `http://127.0.0.1:${port}${path}`,
    cut(bytes, times) {
      after = bytes;
      left = times;
    },
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
