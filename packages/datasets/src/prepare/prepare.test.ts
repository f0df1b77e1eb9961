import { chmod, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type LoopbackServer, loopbackServer, starts } from '@dgprompt/io/testing/loopback-server';
import { afterEach, describe, expect, test } from 'vitest';
import { benchmarks, loadBenchmark } from '../benchmarks/all.js';

import { emptyFolder, makeMiniature } from '../testing/miniature.js';
import { type Files, makeRar, makeTar, makeZip, md5 } from './archives.js';
import type { PrepareOptions } from './options.js';
import { prepareDataset } from './prepare.js';
import { type DownloadRecipe, recipes, type Source } from './sources.js';

let server: LoopbackServer;
afterEach(() => server?.close());

/** All files of a dataset's miniature, by their paths in its folder. */
async function filesOf(id: string): Promise<Files> {
  const root = await makeMiniature(await emptyFolder(), id);
  const entries = await readdir(join(root, id), { recursive: true, withFileTypes: true });
  const paths = entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name));
  const files = await Promise.all(
    paths.map(async path => [path.slice(root.length + id.length + 2), await readFile(path)]),
  );
  return Object.fromEntries(files);
}

/** Where the real archives have the dataset: folders before it; a mirror's archives begin with the dataset's folder. */
const prefixes: Record<string, string> = {
  'food-101.tar.gz': 'food-101/',
  'fgvc-aircraft-2013b.tar.gz': 'fgvc-aircraft-2013b/data/',
  'dtd-r1.0.1.tar.gz': 'dtd/',
};

const pack = (name: string, files: Files): Buffer | Promise<Buffer> =>
  name.endsWith('.zip')
    ? makeZip(files)
    : name.endsWith('.rar')
      ? makeRar(files)
      : makeTar(files, { plain: name.endsWith('.tar') });

/** The content of a source's file for a miniature; undefined for a file that a dataset can do without. */
async function fileFor(source: Source, id: string, all: Files, isMirror: boolean): Promise<Buffer | undefined> {
  const { file, holds } = source;
  if (!holds) return all[file] === undefined ? undefined : Buffer.from(all[file]);
  const prefix = isMirror ? `${id}/` : (prefixes[file] ?? '');
  const whole = prefix !== '';
  if (file === 'Partitions.zip') {
    return makeZip(Object.fromEntries(Object.entries(all).filter(([path]) => path.endsWith('.txt'))));
  }
  const inside = Object.entries(all).filter(([path]) => whole || holds.includes(path.split('/')[0]!));
  if (file === 'caltech-101.zip' && !isMirror) {
    const inner = await makeTar(Object.fromEntries(inside));
    const annotations = await makeTar({ 'Annotations/a.mat': '' }, { plain: true });
    return makeZip({
      'caltech-101/101_ObjectCategories.tar.gz': inner,
      'caltech-101/Annotations.tar': annotations,
      '__MACOSX/caltech-101/._Annotations.tar': 'not an archive',
    });
  }
  if (file === 'UCF101.rar') return makeRar({ 'UCF-101/YoYo/v_YoYo_g01_c01.avi': 'video' });
  return pack(file, Object.fromEntries(inside.map(([path, bytes]) => [prefix + path, bytes])));
}

/** A server with a dataset's files, and its recipe with the addresses and checksums of these. */
async function serve(id: string, { without = [] as number[] } = {}): Promise<DownloadRecipe> {
  const all = await filesOf(id);
  const files: Record<string, Buffer> = {};
  server = await loopbackServer(files);
  const ways: Source[][] = [];
  for (const [w, way] of recipes[id]!.ways.entries()) {
    const isMirror = way[0]!.url.includes('prompt_learning_dataset');
    ways.push([]);
    for (const source of way) {
      const bytes = await fileFor(source, id, all, isMirror);
      const path = `/${w}/${source.file}`;
      if (bytes && !without.includes(w)) files[path] = bytes;
      const checksums = source.md5 && bytes ? { md5: md5(bytes) } : {};
      ways[w]!.push({ ...source, ...checksums, url: server.url(path) });
    }
  }
  return { ...recipes[id]!, ways };
}

const notes = () => {
  const told: string[] = [];
  return { told, onNote: (note: string) => told.push(note) };
};
const downloadable = benchmarks.map(({ id }) => id).filter(id => id !== 'imagenet');

describe('every dataset is downloaded, unpacked, laid out and loads', () => {
  const expected = async (id: string) => loadBenchmark(id, await makeMiniature(await emptyFolder(), id));
  const bare = (dataset: Awaited<ReturnType<typeof expected>>, root: string) =>
    JSON.parse(JSON.stringify(dataset).replaceAll(root, ''));

  test.each(downloadable)('%s, from its first source', async id => {
    const root = await emptyFolder();
    const recipe = await serve(id);
    const { told, onNote } = notes();
    const dataset = await prepareDataset(id, { root, recipe, onNote, patience: 1 });
    const plain = await makeMiniature(await emptyFolder(), id);
    expect(bare(dataset, root)).toEqual(bare(await loadBenchmark(id, plain), plain));
    // Only the split file is missing, which no miniature has.
    expect(told.every(note => note.includes('split_zhou_'))).toBe(true);
    const left = await readdir(join(root, id));
    expect(left.filter(name => name.startsWith('.'))).toEqual([]);
    expect(left.filter(name => /\.(zip|tar|tgz|gz|rar)$/.test(name))).toEqual([]);
  });

  test.each(downloadable.filter(id => recipes[id]!.ways.length > 1 && id !== 'ucf101'))(
    '%s, from the hub if its host is gone',
    async id => {
      const root = await emptyFolder();
      const recipe = await serve(id, { without: [0] });
      const { told, onNote } = notes();
      await prepareDataset(id, { root, recipe, onNote, patience: 1 });
      expect(told.at(-1)).toMatch(/answered 404 Not Found\. Trying another source\.$/);
      expect(await loadBenchmark(id, root)).toBeDefined();
    },
  );
});

describe('recipes', () => {
  test('every dataset has one, and every archive lists its contents', () => {
    expect(Object.keys(recipes).sort()).toEqual(benchmarks.map(({ id }) => id).sort());
    for (const { ways, byHand } of Object.values(recipes)) {
      expect(ways.length > 0 || byHand !== undefined).toBe(true);
      for (const { url, file, holds, without, md5: sum } of ways.flat()) {
        expect(url).toMatch(/^https?:\/\/[^/]+\/.+/);
        expect(/\.(zip|tar|tgz|gz|rar)$/.test(file)).toBe(holds !== undefined);
        expect(holds !== undefined || without !== undefined || sum !== undefined).toBe(true);
      }
    }
  });

  test('ImageNet throws with instructions', async () => {
    const root = await emptyFolder();
    await expect(prepareDataset('imagenet', { root })).rejects.toThrow(/accept its terms at https:\/\/image-net\.org/);
    expect(await readdir(root)).toEqual([]);
  });

  test('the hub is reached at another address on request', async () => {
    const root = await emptyFolder();
    const all = await filesOf('stanford_cars');
    const inside = Object.fromEntries(Object.entries(all).map(([path, bytes]) => [`stanford_cars/${path}`, bytes]));
    const [{ url }] = recipes.stanford_cars!.ways[0] as [Source];
    server = await loopbackServer({ [new URL(url).pathname]: makeZip(inside) });
    const dataset = await prepareDataset('cars', { root, hub: server.url('/') });
    expect(dataset.classNames[0]).toBe('2000 AM General Hummer SUV');
  });
});

describe('failures', () => {
  const quick = async (options: Partial<PrepareOptions> = {}) => {
    const recipe = await serve('eurosat');
    const [first] = recipe.ways as [Source[]];
    const path = new URL(first[0]!.url).pathname;
    return {
      path,
      options: { root: await emptyFolder(), recipe: { ...recipe, ways: [first] }, patience: 1, ...options },
    };
  };

  test('cut connections are resumed, in the same call and in the next', async () => {
    const { options } = await quick();
    server.cut(1000, 2);
    await prepareDataset('eurosat', options);
    expect(Math.max(...starts(server.ranges))).toBeGreaterThan(0);
    const again = await quick();
    server.cut(1000, 1);
    const controller = new AbortController();
    const stop = (doing: string) => doing.startsWith('downloading') && controller.abort(new Error('Ctrl-C'));
    await expect(
      prepareDataset('eurosat', { ...again.options, signal: controller.signal, onProgress: stop }),
    ).rejects.toThrow('Ctrl-C');
    await prepareDataset('eurosat', again.options);
  });

  test('an archive with a wrong checksum is deleted, named, and downloaded again by the next call', async () => {
    const { options, path } = await quick();
    const good = server.files[path]!;
    server.files[path] = Buffer.concat([good.subarray(0, 500), Buffer.from('corrupted'), good.subarray(509)]);
    await expect(prepareDataset('eurosat', options)).rejects.toThrow(/its MD5 is \w+ instead of \w+\. It was deleted/);
    server.files[path] = good;
    expect((await prepareDataset('eurosat', options)).classNames).toHaveLength(4);
  });

  test('a damaged archive without a published checksum likewise', async () => {
    const { options, path } = await quick();
    const [source] = options.recipe.ways[0]!;
    const recipe = { ...options.recipe, ways: [[{ ...source!, md5: undefined }]] };
    const good = server.files[path]!;
    server.files[path] = good.subarray(0, good.length - 300);
    await expect(prepareDataset('eurosat', { ...options, recipe })).rejects.toThrow(/EuroSAT\.zip is damaged/);
    expect(await readdir(options.root)).toEqual(['.dgprompt-downloads.json']);
  });

  test('without a published checksum, a file that differs from the first download throws', async () => {
    const { options, path } = await quick();
    const [source] = options.recipe.ways[0]!;
    const recipe = { ...options.recipe, ways: [[{ ...source!, md5: undefined }]] };
    await prepareDataset('eurosat', { ...options, recipe });
    await rm(join(options.root, 'eurosat'), { recursive: true });
    await prepareDataset('eurosat', { ...options, recipe });
    await rm(join(options.root, 'eurosat'), { recursive: true });
    server.files[path] = makeZip({ '2750/Forest/Forest_1.jpg': 'another' });
    await expect(prepareDataset('eurosat', { ...options, recipe })).rejects.toThrow(
      /has changed since the first download/,
    );
  });

  test('an archive of another dataset throws, and leaves nothing behind', async () => {
    const root = await emptyFolder();
    const archive = join(root, 'some.zip');
    await writeFile(archive, makeZip({ 'jpg/image_00001.jpg': '' }));
    await expect(prepareDataset('eurosat', { root, from: [archive] })).rejects.toThrow(
      `${archive} contains none of 2750; is it the archive of another dataset?`,
    );
    expect(await readdir(root)).toEqual(['some.zip']);
    await expect(prepareDataset('eurosat', { root, from: ['/no/such.zip'] })).rejects.toThrow(
      '/no/such.zip does not exist',
    );
  });

  test('existing files are not downloaded again, except for a split file that is available now', async () => {
    const { options } = await quick();
    await prepareDataset('eurosat', options);
    const asked = server.ranges.length;
    const [, { url, file }] = options.recipe.ways[0]! as [Source, Source];
    const split = { train: [['Forest/Forest_1.jpg', 0, 'Forest']], val: [], test: [['River/no.jpg', 1, 'River']] };
    server.files[new URL(url).pathname] = Buffer.from(JSON.stringify(split));
    await expect(prepareDataset('eurosat', options)).rejects.toThrow('no.jpg does not exist');
    await writeFile(join(options.root, 'eurosat', file), JSON.stringify({ ...split, test: split.train }));
    expect((await prepareDataset('eurosat', options)).classNames).toEqual(['Forest']);
    expect(server.ranges).toHaveLength(asked + 1);
  });
});

describe('from files on disk', () => {
  test('archives and lists, in any nesting', async () => {
    const root = await emptyFolder();
    const all = await filesOf('oxford_flowers');
    const images = Object.entries(all).filter(([path]) => path.startsWith('jpg/'));
    await writeFile(
      join(root, 'flowers.tgz'),
      await makeTar(Object.fromEntries(images.map(([path, bytes]) => [`downloads/flowers/${path}`, bytes]))),
    );
    for (const list of ['imagelabels.mat', 'cat_to_name.json']) await writeFile(join(root, list), all[list]!);
    const from = ['flowers.tgz', 'imagelabels.mat', 'cat_to_name.json'].map(name => join(root, name));
    const dataset = await prepareDataset('oxford_flowers', { root, from });
    expect(dataset.classNames[0]).toBe('pink primrose');
    expect(await readdir(root)).toEqual(['cat_to_name.json', 'flowers.tgz', 'imagelabels.mat', 'oxford_flowers']);
  });

  test("UCF101's videos give their middle frames, by ffmpeg", async () => {
    const root = await emptyFolder();
    // A stand-in for ffmpeg: every video has 11 frames, and a frame's picture says which it is.
    const ffmpeg = join(root, 'ffmpeg');
    const script = `#!${process.execPath}
      const args = process.argv.slice(2);
      if (args.includes('null')) process.stderr.write('frame=    4 fps=0.0\\rframe=   11 fps=0.0');
      else if (!args.includes('-version'))
        require('node:fs').writeFileSync(args.at(-1), args[args.indexOf('-vf') + 1]);`;
    await writeFile(ffmpeg, script);
    await chmod(ffmpeg, 0o755);
    const all = await filesOf('ucf101');
    const videos = Object.keys(all).filter(path => path.startsWith('UCF-101-midframes/'));
    const rar = makeRar(
      Object.fromEntries(
        videos.map(path => [
          path
            .replace('UCF-101-midframes', 'UCF-101')
            .replace('Apply_Eye_Makeup', 'ApplyEyeMakeup')
            .replace('Yo_Yo', 'YoYo')
            .replace('.jpg', '.avi'),
          'video',
        ]),
      ),
    );
    await writeFile(join(root, 'UCF101.rar'), rar);
    const lists = Object.entries(all).filter(([path]) => path.startsWith('ucfTrainTestlist/'));
    await writeFile(join(root, 'lists.zip'), makeZip(Object.fromEntries(lists)));
    const from = [join(root, 'UCF101.rar'), join(root, 'lists.zip')];
    await expect(prepareDataset('ucf101', { root, from, ffmpeg: '/no/such/ffmpeg' })).rejects.toThrow(
      '/no/such/ffmpeg is not installed, but is needed for the middle frames',
    );
    const dataset = await prepareDataset('ucf101', { root, ffmpeg }); // the videos are unpacked: nothing is downloaded
    expect(dataset.classNames).toEqual(['Apply_Eye_Makeup', 'Yo_Yo']);
    expect(await readFile(dataset.test[0]!.path, 'utf8')).toBe('select=eq(n\\,5)');
  });
});
