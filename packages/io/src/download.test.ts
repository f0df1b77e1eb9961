import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { downloadFile } from './download.js';
import { type LoopbackServer, loopbackServer, starts } from './testing/loopback-server.js';

const content = randomBytes(300_000);
let server: LoopbackServer;
afterEach(() => server.close());

const target = async () => join(await mkdtemp(join(tmpdir(), 'download-')), 'archive.zip');
const quick = { delay: 1 };
const md5 = (bytes: Buffer) => createHash('md5').update(bytes).digest('hex');

test('a file arrives whole, with its checksum and progress', async () => {
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

test('cut connections are resumed where they broke', async () => {
  server = await loopbackServer({ '/a.zip': content }, { cutAfter: 70_000, cuts: 3 });
  const file = await target();
  await downloadFile(server.url('/a.zip'), file, quick);
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

test('a connection that never gets anywhere is given up', async () => {
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

test('a refusal throws at once', async () => {
  server = await loopbackServer({});
  await expect(downloadFile(server.url('/gone.zip'), await target(), quick)).rejects.toThrow(
    /gone\.zip could not be downloaded: the server answered 404 Not Found\.$/,
  );
  expect(server.ranges).toHaveLength(1);
});

test('a part of another download is not resumed', async () => {
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

test('one process at a time downloads a file', async () => {
  server = await loopbackServer({ '/a.zip': content });
  const file = await target();
  const both = await Promise.allSettled([0, 1].map(() => downloadFile(server.url('/a.zip'), file, quick)));
  const [refused, ...others] = both.filter(result => result.status === 'rejected');
  expect(others).toEqual([]);
  expect(String(refused?.reason)).toMatch(/is being downloaded by process \d+/);
  await writeFile(`${file}.lock`, '999999999'); // left by a process that has ended
  await downloadFile(server.url('/a.zip'), file, quick);
  expect(await readdir(join(file, '..'))).toEqual(['archive.zip']);
});
