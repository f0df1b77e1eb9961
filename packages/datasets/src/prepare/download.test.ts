import { randomBytes } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { type LoopbackServer, loopbackServer, starts } from '../testing/loopback-server.js';
import { emptyFolder } from '../testing/miniature.js';
import { md5 } from './archives.js';
import { download } from './download.js';

const content = randomBytes(300_000);
let server: LoopbackServer;
afterEach(() => server.close());

const target = async () => join(await emptyFolder(), 'archive.zip');
const quick = { patience: 1 };

test('a file comes whole, with its checksum and progress', async () => {
  server = await loopbackServer({ '/a.zip': content });
  const file = await target();
  const seen: number[] = [];
  const sha256 = await download(server.url('/a.zip'), file, {
    checksums: { md5: md5(content) },
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

test('cut connections are taken up where they broke', async () => {
  server = await loopbackServer({ '/a.zip': content }, { cutAfter: 70_000, cuts: 3 });
  const file = await target();
  await download(server.url('/a.zip'), file, quick);
  expect(await readFile(file)).toEqual(content);
  // What was on its way from the network to the disk when the connection broke may be lost, no more.
  const [first, ...later] = starts(server.ranges);
  expect(first).toBe(0);
  expect(later).toHaveLength(3);
  for (const [i, start] of later.entries()) {
    expect(start).toBeGreaterThan(i === 0 ? 0 : later[i - 1]!);
    expect(start).toBeLessThanOrEqual(70_000 * (i + 1));
  }
});

test('a later call goes on, and starts anew where the file has changed since', async () => {
  server = await loopbackServer({ '/a.zip': content }, { cutAfter: 100_000, cuts: 1 });
  const file = await target();
  await expect(download(server.url('/a.zip'), file, { ...quick, tries: 1 })).rejects.toThrow(
    /could not be fetched after 1 tries.*the same command goes on/,
  );
  expect(await readdir(join(file, '..'))).toEqual(['archive.zip.part', 'archive.zip.part.json']);
  await download(server.url('/a.zip'), file, quick);
  expect(starts(server.ranges)).toEqual([0, expect.any(Number)]);
  expect(starts(server.ranges)[1]).toBeGreaterThan(0);
  expect(await readFile(file)).toEqual(content);

  const other = await target();
  server.cut(100_000, 1);
  await expect(download(server.url('/a.zip'), other, { ...quick, tries: 1 })).rejects.toThrow('could not be fetched');
  const changed = randomBytes(200_000);
  server.files['/a.zip'] = changed;
  await download(server.url('/a.zip'), other, quick);
  expect(await readFile(other)).toEqual(changed);
});

test('a server without ranges is read from the start again', async () => {
  server = await loopbackServer({ '/a.zip': content }, { cutAfter: 100_000, cuts: 1, ranges: false });
  const file = await target();
  await download(server.url('/a.zip'), file, quick);
  expect(await readFile(file)).toEqual(content);
});

test('a connection that never gets anywhere is given up', async () => {
  server = await loopbackServer({ '/a.zip': content }, { cutAfter: 0, cuts: 100 });
  await expect(download(server.url('/a.zip'), await target(), { ...quick, tries: 3 })).rejects.toThrow('after 3 tries');
  expect(server.ranges.length).toBe(3);
});

test('a wrong checksum deletes what came', async () => {
  server = await loopbackServer({ '/a.zip': content });
  const file = await target();
  await expect(download(server.url('/a.zip'), file, { checksums: { md5: 'abc' } })).rejects.toThrow(
    `came with the md5 ${md5(content)} instead of abc; it is deleted`,
  );
  expect(await readdir(join(file, '..'))).toEqual([]);
});

test('a refusal is said at once', async () => {
  server = await loopbackServer({});
  await expect(download(server.url('/gone.zip'), await target(), quick)).rejects.toThrow(
    /gone\.zip answers 404 Not Found\.$/,
  );
  expect(server.ranges).toHaveLength(1);
});

test('a part of another download is not gone on with', async () => {
  server = await loopbackServer({ '/a.zip': content });
  const file = await target();
  await writeFile(`${file}.part`, 'something else');
  await download(server.url('/a.zip'), file, quick);
  expect(await readFile(file)).toEqual(content);
});

test('an aborted download keeps what came and says the reason', async () => {
  server = await loopbackServer({ '/a.zip': content });
  const file = await target();
  const controller = new AbortController();
  const onProgress = () => controller.abort(new Error('enough'));
  await expect(download(server.url('/a.zip'), file, { signal: controller.signal, onProgress })).rejects.toThrow(
    'enough',
  );
  await download(server.url('/a.zip'), file, quick);
  expect(await readFile(file)).toEqual(content);
});
