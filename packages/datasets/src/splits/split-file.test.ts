import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { readSplit, writeSplit } from './split-file.js';

let work: string;
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'dgprompt-split-'));
});

async function fileWith(content: unknown): Promise<string> {
  const file = join(work, 'split_zhou_Animals.json');
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

const cat = ['cats/1.jpg', 0, 'tabby_cat'];
const dog = ['dogs/1.jpg', 1, 'dog'];

test('reads the published form', async () => {
  const dataset = await readSplit(await fileWith({ train: [dog, cat], val: [], test: [cat] }), '/pictures');
  expect(dataset).toEqual({
    name: 'Animals',
    fixedViews: false,
    warnings: [],
    classNames: ['tabby_cat', 'dog'],
    templates: ['a photo of a {}.'],
    train: [
      { path: join('/pictures', 'dogs', '1.jpg'), label: 1, classname: 'dog' },
      { path: join('/pictures', 'cats', '1.jpg'), label: 0, classname: 'tabby_cat' },
    ],
    val: [],
    test: [{ path: join('/pictures', 'cats', '1.jpg'), label: 0, classname: 'tabby_cat' }],
  });
});

test('leaves paths as in the file if no folder is given', async () => {
  const file = await fileWith({ train: [['./a//b.jpg', 0, 'cat']], val: [], test: [] });
  expect((await readSplit(file, undefined)).train[0]?.path).toBe('./a//b.jpg');
});

test('a file that does not exist is named', async () => {
  await expect(readSplit('/no/such/split.json', '/')).rejects.toThrow('/no/such/split.json does not exist.');
});

test('a written split reads back the same, and nothing else is left in the folder', async () => {
  const content = { train: [dog, cat], val: [], test: [cat] };
  const dataset = await readSplit(await fileWith(content), '/pictures', { name: 'animals', templates: ['{}'] });
  const file = join(await mkdtemp(join(work, 'out-')), 'split.json');
  await writeSplit(file, dataset, '/pictures');
  expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(content);
  expect(await readSplit(file, '/pictures', { name: 'animals', templates: ['{}'] })).toEqual(dataset);
  expect(await readdir(join(file, '..'))).toEqual(['split.json']);
});

test('does not write images from outside the image folder', async () => {
  const dataset = await readSplit(await fileWith({ train: [cat], val: [], test: [] }), '/pictures');
  await expect(writeSplit(join(work, 'x.json'), dataset, '/elsewhere')).rejects.toThrow('is not under /elsewhere');
});

test.each([
  ['{"train": [["a.jpg", 0', 'is not valid JSON'],
  [[], 'must hold {"train"'],
  [{ train: [cat], test: [cat] }, '"val" must be a list'],
  [{ train: [cat, ['dogs/1.jpg', '1', 'dog']], val: [], test: [] }, 'train[1] must be [path, label, classname]'],
  [{ train: [cat], val: [], test: [['x.jpg', 0, 'dog']] }, 'test[0] calls label 0 "dog", before it was "tabby_cat"'],
  [{ train: [dog], val: [], test: [] }, 'no picture has label 0'],
])('a damaged file throws one clear sentence: %j', async (content, message) => {
  const file = await fileWith(content);
  await expect(readSplit(file, '/pictures')).rejects.toThrow(message);
  await expect(readSplit(file, '/pictures')).rejects.toThrow(file);
});

test.each(['../outside.jpg', '/etc/passwd', 'a/../../b.jpg', '..'])(
  'throws for the path %s, which leads out of the folder',
  async path => {
    const file = await fileWith(JSON.stringify({ train: [[path, 0, 'dog']], val: [], test: [] }));
    await expect(readSplit(file, '/pictures')).rejects.toThrow(/train\[0\]: ".*" is not inside .*pictures/);
  },
);

test('a label in the billions throws at once', async () => {
  const file = await fileWith(JSON.stringify({ train: [['a.jpg', 4_294_967_294, 'dog']], val: [], test: [] }));
  await expect(readSplit(file, '/pictures')).rejects.toThrow('has label 4294967294');
});
