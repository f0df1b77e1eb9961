import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { emptyFolder } from '../testing/miniature.js';
import { archiveBudget } from './archive-guard.js';
import { type Files, makeRar, makeTar, makeZip } from './archives.js';
import { layOut } from './lay-out.js';
import { unpack } from './unpack.js';

const kinds: [string, (files: Files) => Buffer | Promise<Buffer>][] = [
  ['zip', makeZip],
  ['tar.gz', makeTar],
  ['tar', files => makeTar(files, { plain: true })],
  ['rar', makeRar],
];

async function unpacked(bytes: Buffer, limits = {}): Promise<{ folder: string; files: Record<string, string> }> {
  const folder = await emptyFolder();
  const archive = join(folder, 'archive.bin'); // the name says nothing
  await writeFile(archive, bytes);
  const target = join(folder, 'target');
  await unpack(archive, target, { limits });
  const entries = await readdir(target, { recursive: true, withFileTypes: true });
  const found = entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name));
  const texts = await Promise.all(
    found.map(async path => [path.slice(target.length + 1), await readFile(path, 'utf8')]),
  );
  return { folder, files: Object.fromEntries(texts) };
}

describe.each(kinds)('%s', (kind, make) => {
  const files = { 'jpg/image_00001.jpg': 'one', 'jpg/deep/er/image_00002.jpg': 'two', 'read me.txt': '' };

  test('is unpacked, whatever its name', async () => {
    expect((await unpacked(await make(files))).files).toEqual(files);
  });

  test.each(['../evil.txt', '/evil.txt', 'jpg/../../evil.txt', 'C:\\evil.txt'])('may not write to %s', async name => {
    const bytes = await make({ 'good.txt': 'x', [name]: 'evil' });
    if (kind === 'rar') await expect(unpacked(bytes)).rejects.toThrow(/outside the folder|is damaged/);
    else await expect(unpacked(bytes)).rejects.toThrow(/archive\.bin is not unpacked: ".*" would be written outside/);
  });

  test('bombs are stopped: too many bytes, too many entries', async () => {
    const bytes = await make({ a: 'x'.repeat(2000), b: 'y'.repeat(2000) });
    await expect(unpacked(bytes, { bytes: 3000 })).rejects.toThrow('is not unpacked: it has more than 3000 bytes');
    await expect(unpacked(bytes, { entries: 1 })).rejects.toThrow('is not unpacked: it has more than 1 entries');
    expect(Object.keys((await unpacked(bytes, { bytes: 4000, entries: 2 })).files)).toEqual(['a', 'b']);
  });

  test('damage is detected: a truncated file, and a changed byte', async () => {
    const bytes = await make({ 'a.jpg': 'x'.repeat(3000), 'b.jpg': 'y'.repeat(3000) });
    await expect(unpacked(bytes.subarray(0, Math.floor(bytes.length * 0.6)))).rejects.toThrow(
      /archive\.bin is damaged/,
    );
    if (kind === 'tar') return; // a plain tar has no checksum of its files
    const changed = Buffer.from(bytes);
    const at = kind === 'tar.gz' ? bytes.length - 6 : bytes.indexOf('xxxx') + 100;
    changed[at]! ^= 0x10;
    await expect(unpacked(changed)).rejects.toThrow(/archive\.bin is damaged/);
  });
});

test.each(kinds.filter(([kind]) => kind !== 'rar'))('links in a %s are rejected', async (_, make) => {
  await expect(unpacked(await make({ 'images/a.jpg': 'link:/etc/passwd' }))).rejects.toThrow(
    '"images/a.jpg" is a link or another special file',
  );
});

test('a small archive that unpacks to far more is stopped by the actual bytes, not by those that it declares', async () => {
  const bytes = gzipSync(Buffer.concat([await makeTar({ 'zeros.jpg': '\0'.repeat(2_000_000) }, { plain: true })]));
  expect(bytes.length).toBeLessThan(10_000);
  await expect(unpacked(bytes, { bytes: 100_000 })).rejects.toThrow('more than 100000 bytes');
});

test('all archives in an archive share one budget', async () => {
  const folder = await emptyFolder();
  const archive = join(folder, 'nested.zip');
  const inner = makeZip({ 'a.bin': Buffer.alloc(100_000) });
  await writeFile(archive, makeZip({ '0/a.zip': inner, '1/a.zip': inner, '2/a.zip': inner }));
  const limits = { bytes: 500_000 };
  await expect(layOut(archive, join(folder, 'd'), ['images'], { limits })).rejects.toThrow('more than 500000 bytes');
  expect(await readdir(join(folder, 'd'))).toEqual([]);
  const budget = archiveBudget(0, { bytes: 250_000 });
  for (const name of ['x', 'y']) {
    await writeFile(join(folder, name), inner);
    await unpack(join(folder, name), join(folder, 'out', name), { budget });
  }
  expect(budget.bytes).toBe(50_000);
});

test('control characters for terminals in names of entries are escaped', async () => {
  const error: Error = await unpacked(makeZip({ '../\u001b[2J\u001b[31mHACKED\nx': 'evil' })).catch(cause => cause);
  expect(error.message).toContain('would be written outside');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  expect(error.message).not.toMatch(/[\x00-\x1f]/);
});

test('another file is not an archive', async () => {
  await expect(unpacked(Buffer.from('<html>Sign in to download</html>'.repeat(20)))).rejects.toThrow(
    'is not a zip, tar, tar.gz or rar archive',
  );
});
