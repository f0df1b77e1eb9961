import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deflateSync } from 'node:zlib';
import { fuzz, mutated, mutatedJson } from '@dgprompt/io/testing/fuzz';
import { expect, test } from 'vitest';
import { readMatFile } from './benchmarks/lists/mat-file.js';
import { readImageList } from './own/image-list.js';
import { makeRar, makeTar, makeZip } from './prepare/archives.js';
import { unpack } from './prepare/unpack.js';
import { readSplit } from './splits/split-file.js';
import { emptyFolder } from './testing/miniature.js';

const fixture = (name: string) => fileURLToPath(new URL(`./testing/fixtures/${name}`, import.meta.url));
const both = (seen: { read: number; refused: number }) => expect(Math.min(seen.read, seen.refused)).toBeGreaterThan(0);

test('mutated .mat files, and the data packed in them', async () => {
  const file = join(await emptyFolder(), 'labels.mat');
  const whole = await readFile(fixture('cars_train_annos.mat'));
  const names = await readFile(fixture('cars_meta.mat'));
  const seen = await fuzz(
    async below => {
      const bytes = [whole, names][below(2)]!;
      await writeFile(file, mutated(bytes, below));
      if (below(2) === 0) {
        const inside = mutated(deepMat(below(40)), below);
        const packed = deflateSync(inside);
        const tag = Buffer.alloc(8);
        tag.writeUInt32LE(15, 0);
        tag.writeUInt32LE(packed.length, 4);
        await writeFile(file, Buffer.concat([bytes.subarray(0, 128), tag, packed]));
      }
      await readMatFile(file);
    },
    { few: 500, seed: 1, names: file },
  );
  both(seen);
});

/** A cell in a cell in a cell. */
function deepMat(depth: number): Buffer {
  const element = (type: number, data: Buffer) => {
    const tag = Buffer.alloc(8);
    tag.writeUInt32LE(type, 0);
    tag.writeUInt32LE(data.length, 4);
    return Buffer.concat([tag, data, Buffer.alloc(-data.length & 7)]);
  };
  const words = (...values: number[]) => Buffer.from(Uint32Array.from(values).buffer);
  let inner: Buffer = Buffer.alloc(0);
  for (let i = 0; i <= depth; i++)
    inner = element(
      14,
      Buffer.concat([element(6, words(1, 0)), element(5, words(1, 1)), element(1, Buffer.from('c')), inner]),
    );
  return inner;
}

test('mutated archives: zip, tar, tar.gz, rar', async () => {
  const folder = await emptyFolder();
  const file = join(folder, 'archive.bin');
  const files = { 'jpg/one.jpg': 'one '.repeat(30), 'jpg/deep/two.jpg': 'two', 'read me.txt': '', 'empty/': '' };
  const plain = { 'jpg/one.jpg': 'one '.repeat(30), 'b.jpg': 'two' };
  const kinds = [makeZip(files), await makeTar(files, { plain: true }), await makeTar(files), makeRar(plain)];
  const target = join(folder, 'target');
  const seen = await fuzz(
    async (below, i) => {
      await writeFile(file, mutated(kinds[i % kinds.length]!, below));
      await rm(target, { recursive: true, force: true });
      await unpack(file, target, { limits: { bytes: 1e6, entries: 100 } });
    },
    { few: 400, seed: 2, names: folder },
  );
  both(seen);
});

test('mutated split files and lists', async () => {
  const folder = await emptyFolder();
  const split = join(folder, 'split.json');
  const text = JSON.stringify({
    train: [['a/1.jpg', 0, 'cat']],
    val: [['b/1.jpg', 1, 'dog']],
    test: [['b/2.jpg', 1, 'dog']],
  });
  const inside = (path: string) => {
    if (!path.startsWith(folder)) throw new Error(`undefined: ${path} is outside`);
  };
  both(
    await fuzz(
      async below => {
        await writeFile(split, mutatedJson(text, below));
        const { train, val, test } = await readSplit(split, folder);
        for (const { path } of [...train, ...val, ...test]) inside(path);
      },
      { few: 700, seed: 3, names: folder },
    ),
  );
  const list = JSON.stringify([
    { path: 'a/1.jpg', class: 'cat', split: 'train' },
    { path: 'b/1.jpg', class: 'dog' },
  ]);
  const csv = 'path,class,split\na/1.jpg,cat,train\n"b/1, 2.jpg",dog,test\n';
  both(
    await fuzz(
      async below => {
        const isJson = below(2) === 0;
        const file = join(folder, isJson ? 'list.json' : 'list.csv');
        await writeFile(file, isJson ? mutatedJson(list, below) : mutated(Buffer.from(csv), below));
        for (const { path } of await readImageList(file)) inside(path);
      },
      { few: 700, seed: 4, names: folder },
    ),
  );
});
