import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { downloadFile } from './download.js';
import { type LoopbackServer, loopbackServer, starts } from './testing/loopback-server.js';

const content = randomBytes(300_000);
let server: LoopbackServer;
afterEach(() => server?.close());

const target = async () => join(await mkdtemp(join(tmpdir(), 'download-')), 'archive.zip');
const quick = { delay: 1 };
const md5 = (bytes: Buffer) => createHash('md5').update(bytes).digest('hex');

test('a file arrives complete, with its checksum and progress', async () => {
  server = await loopbackServer({ '/a.zip': content });
  const file = await target();
  const seen: number[] = [];
  const sha256 = await downloadFile(server.url('/a.zip'), file, {
    expected: { md5: md5(content) },
    onProgress: ({ done, total }) => {
      seen.push(done);
      expect(total).toBe(content.length);
    },
  });
  expect(sha256).toMatch(/^[0-9a-f]{64}$/);
  expect(await readFile(file)).toEqual(content);
  expect(seen.at(-1)).toBe(content.length);
  expect(await readdir(join(file, '..'))).toEqual(['archive.zip']);
});

test('broken connections are resumed where they broke', async () => {
  server = await loopbackServer({ '/a.zip': content }, { cutAfter: 70_000, cuts: 3 });
  const file = await target();
  await downloadFile(server.url('/a.zip'), file, quick);
  expect(await readFile(file)).toEqual(content);
  // Only what was on its way from the network to the disk when the connection broke may be lost.
  const [first, ...later] = starts(server.ranges);
  expect(first).toBe(0);
  expect(later).toHaveLength(3);
  for (const [i, start] of later.entries()) {
    expect(start).toBeGreaterThan(i === 0 ? 0 : later[i - 1]!);
    expect(start).toBeLessThanOrEqual(70_000 * (i + 1));
  }
});

test('other bytes of the right size are not used if no hash is known', async () => {
  server = await loopbackServer({ '/a.zip': content });
  const file = await target();
  await writeFile(`${file}.incomplete`, randomBytes(content.length));
  await downloadFile(server.url('/a.zip'), file, { ...quick, expected: { size: content.length } });
  expect(await readFile(file)).toEqual(content);
});

test('a later call resumes, and starts over if the file has changed since', async () => {
  server = await loopbackServer({ '/a.zip': content }, { cutAfter: 100_000, cuts: 1 });
  const file = await target();
  await expect(downloadFile(server.url('/a.zip'), file, { ...quick, tries: 1 })).rejects.toThrow(
    /could not be downloaded: .*; try again to resume\.$/,
  );
  expect(await readdir(join(file, '..'))).toEqual(['archive.zip.incomplete', 'archive.zip.incomplete.json']);
  await downloadFile(server.url('/a.zip'), file, quick);
  expect(starts(server.ranges)).toEqual([0, expect.any(Number)]);
  expect(starts(server.ranges)[1]).toBeGreaterThan(0);
  expect(await readFile(file)).toEqual(content);

  const other = await target();
  server.cut(100_000, 1);
  await expect(downloadFile(server.url('/a.zip'), other, { ...quick, tries: 1 })).rejects.toThrow(
    'could not be downloaded',
  );
  const changed = randomBytes(200_000);
  server.files['/a.zip'] = changed;
  await downloadFile(server.url('/a.zip'), other, quick);
  expect(await readFile(other)).toEqual(changed);
});

test('a server without ranges is read from the start again', async () => {
  server = await loopbackServer({ '/a.zip': content }, { cutAfter: 100_000, cuts: 1, ranges: false });
  const file = await target();
  await downloadFile(server.url('/a.zip'), file, quick);
  expect(await readFile(file)).toEqual(content);
});

test('gives up on a connection that makes no progress', async () => {
  server = await loopbackServer({ '/a.zip': content }, { cutAfter: 0, cuts: 100 });
  await expect(downloadFile(server.url('/a.zip'), await target(), { ...quick, tries: 3 })).rejects.toThrow(
    'could not be downloaded',
  );
  expect(server.ranges.length).toBe(3);
});

test('a wrong checksum deletes the download', async () => {
  server = await loopbackServer({ '/a.zip': content });
  const file = await target();
  await expect(downloadFile(server.url('/a.zip'), file, { expected: { md5: 'abc' } })).rejects.toThrow(
    `gave the wrong file: its MD5 is ${md5(content)} instead of abc. It was deleted`,
  );
  expect(await readdir(join(file, '..'))).toEqual([]);
});

test("a server's refusal throws at once", async () => {
  server = await loopbackServer({});
  await expect(downloadFile(server.url('/gone.zip'), await target(), quick)).rejects.toThrow(
    /gone\.zip could not be downloaded: the server answered 404 Not Found\.$/,
  );
  expect(server.ranges).toHaveLength(1);
});

test('the remains of another download are not resumed', async () => {
  server = await loopbackServer({ '/a.zip': content });
  const file = await target();
  await writeFile(`${file}.incomplete`, 'something else');
  await downloadFile(server.url('/a.zip'), file, quick);
  expect(await readFile(file)).toEqual(content);
});

test('an aborted download keeps what arrived and throws the reason', async () => {
  server = await loopbackServer({ '/a.zip': content });
  const file = await target();
  const controller = new AbortController();
  const onProgress = () => controller.abort(new Error('enough'));
  await expect(downloadFile(server.url('/a.zip'), file, { signal: controller.signal, onProgress })).rejects.toThrow(
    'enough',
  );
  await downloadFile(server.url('/a.zip'), file, quick);
  expect(await readFile(file)).toEqual(content);
});

test('one process at a time downloads a file; another waits and uses the result', async () => {
  server = await loopbackServer({ '/a.zip': content });
  const file = await target();
  const waits: number[] = [];
  const options = { ...quick, onWait: ({ pid }: { pid: number }) => waits.push(pid) };
  const both = await Promise.all([0, 1].map(() => downloadFile(server.url('/a.zip'), file, options)));
  expect(both[0]).toBe(both[1]);
  expect(waits).toEqual([process.pid]);
  expect(server.ranges).toHaveLength(1);
  await writeFile(`${file}.lock`, '999999999'); // left by a process that has ended
  await downloadFile(server.url('/a.zip'), file, quick);
  expect(await readdir(join(file, '..'))).toEqual(['archive.zip']);
});

test('a token is sent only to its own origin', async () => {
  const seen: (string | undefined)[] = [];
  const other = createServer((request, response) => {
    seen.push(request.headers.authorization);
    response.end('x');
  });
  const first = createServer((request, response) => {
    seen.push(request.headers.authorization);
    const { port } = other.address() as AddressInfo;
    response.writeHead(302, { location: `http://127.0.0.1:${port}/x` }).end();
  });
  for (const one of [first, other]) await new Promise<void>(resolve => one.listen(0, '127.0.0.1', resolve));
  await downloadFile(`http://127.0.0.1:${(first.address() as AddressInfo).port}/`, await target(), { token: 'secret' });
  expect(seen).toEqual(['Bearer secret', undefined]);
  for (const one of [first, other]) one.close();
});

describe('proxies from the environment', () => {
  afterEach(() => vi.unstubAllEnvs());

  test('are used, except for hosts in NO_PROXY', async () => {
    const seen: string[] = [];
    const proxy = createServer((request, response) => {
      seen.push(`${request.method} ${request.url} ${request.headers['proxy-authorization']}`);
      response.writeHead(200, { 'content-length': 5 }).end('proxy');
    });
    proxy.on('connect', (request, socket) => {
      seen.push(`CONNECT ${request.url}`);
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    });
    await new Promise<void>(resolve => proxy.listen(0, '127.0.0.1', resolve));
    const address = `http://me:word@127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    vi.stubEnv('HTTP_PROXY', address);
    vi.stubEnv('https_proxy', address);
    const file = await target();
    await downloadFile('http://nowhere.example/a.zip', file, { ...quick, tries: 1 });
    expect(await readFile(file, 'utf8')).toBe('proxy');
    await expect(downloadFile('https://nowhere.example/b', file, { ...quick, tries: 1 })).rejects.toThrow(
      /could not be downloaded: the proxy 127\.0\.0\.1:\d+ answered 403\.$/,
    );
    expect(seen).toEqual(['GET http://nowhere.example/a.zip Basic bWU6d29yZA==', 'CONNECT nowhere.example:443']);
    server = await loopbackServer({ '/a.zip': content });
    vi.stubEnv('NO_PROXY', 'localhost,127.0.0.1');
    await downloadFile(server.url('/a.zip'), file, quick);
    expect(seen).toHaveLength(2);
    proxy.close();
  });

  test('that are not addresses are named in the error', async () => {
    vi.stubEnv('HTTP_PROXY', 'socks5://127.0.0.1:1');
    await expect(downloadFile('http://nowhere.example/', await target(), { ...quick, tries: 1 })).rejects.toThrow(
      'HTTP_PROXY is not the address of an HTTP proxy',
    );
  });
});
