import { existsSync } from 'node:fs';
import { chmod, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { Dataset } from '../dataset.js';
import { fewShot } from '../few-shot.js';
import { cannotRead } from '../files/listing.js';
import { readSplit } from '../splits/split-file.js';
import { classSubset } from '../subset.js';
import { emptyFolder, makeMiniature, miniatures, writeTree } from '../testing/miniature.js';
import { benchmarks, findBenchmark, loadBenchmark } from './all.js';

const counts = ({ train, val, test }: Dataset) => [train.length, val.length, test.length];
const load = async (id: string) => loadBenchmark(id, await makeMiniature(await emptyFolder(), id));
const names = (dataset: Dataset, split: 'train' | 'val' | 'test') =>
  dataset[split].map(({ path, label }) => `${basename(path)} ${label}`);

describe("from a dataset's own lists, by the published rules", () => {
  test('there is a miniature of every dataset, and each loads in one form', async () => {
    expect(Object.keys(miniatures).sort()).toEqual(benchmarks.map(({ id }) => id).sort());
    for (const { id, templates, testOnly } of benchmarks) {
      const dataset = await load(id);
      expect(dataset.name).toBe(id);
      expect(dataset.templates).toEqual([...templates]);
      for (const { label, classname } of [...dataset.train, ...dataset.val, ...dataset.test]) {
        expect(classname).toBe(dataset.classNames[label]);
      }
      expect(dataset.test.length).toBeGreaterThan(0);
      expect(dataset.train.length > 0).toBe(!testOnly);
    }
  });

  test('Caltech101 leaves two folders out and renames four', async () => {
    const dataset = await load('caltech-101');
    expect(dataset.classNames).toEqual(['face', 'leopard', 'accordion', 'airplane', 'crocodile_head']);
    expect(counts(dataset)).toEqual([25, 10, 15]);
    expect(dataset.train.slice(0, 5).every(({ path }) => path.includes(join('Faces', 'image_')))).toBe(true);
  });

  test('OxfordPets: breeds from the names of images, a fifth of trainval.txt validates', async () => {
    const dataset = await load('oxford_pets');
    expect(dataset.classNames).toEqual(['abyssinian', 'american_bulldog', 'maine_coon']);
    expect(counts(dataset)).toEqual([12, 3, 9]);
    expect(names(dataset, 'test').slice(0, 4)).toEqual([
      'Abyssinian_6.jpg 0',
      'Abyssinian_7.jpg 0',
      'Abyssinian_8.jpg 0',
      'american_bulldog_6.jpg 1',
    ]);
  });

  test('StanfordCars: MATLAB lists, the year first', async () => {
    const dataset = await load('stanford_cars');
    expect(dataset.classNames).toEqual([
      '2000 AM General Hummer SUV',
      '2001 Acura Integra Type R',
      '2012 BMW M3 Coupe',
    ]);
    expect(counts(dataset)).toEqual([12, 3, 6]);
    expect(dataset.test[1]).toMatchObject({ label: 1, classname: '2001 Acura Integra Type R' });
    expect(dataset.test[1]?.path.endsWith(join('cars_test', '00002.jpg'))).toBe(true);
  });

  test('Flowers102: labels from MATLAB, names from cat_to_name.json, its own split', async () => {
    const dataset = await load('oxford_flowers');
    expect(dataset.classNames).toEqual(['pink primrose', 'hard-leaved pocket orchid', 'canterbury bells']);
    // 10, 11 and 10 images: Python rounds 5.5 to 6 and 2.2 to 2. The first images have class 2.
    expect(counts(dataset)).toEqual([5 + 6 + 5, 6, 3 + 3 + 3]);
    expect(dataset.train[0]?.label).toBe(1);
  });

  test.each([
    ['food-101', ['apple_pie', 'baby_back_ribs'], [10, 4, 6]],
    ['dtd', ['banded', 'polka-dotted'], [10, 4, 6]],
    ['eurosat', ['Annual Crop Land', 'Forest', 'Herbaceous Vegetation Land', 'Sea or Lake'], [20, 8, 12]],
  ])('%s: half, a fifth and the rest of each class', async (id, classNames, expected) => {
    const dataset = await load(id);
    expect(dataset.classNames).toEqual(classNames);
    expect(counts(dataset)).toEqual(expected);
  });

  test('FGVCAircraft: its own three lists, names with spaces, order of variants.txt', async () => {
    const dataset = await load('fgvc_aircraft');
    expect(dataset.classNames).toEqual(['707-320', 'A340-200', 'Gulfstream IV']);
    expect(names(dataset, 'val')).toEqual(['0000444.jpg 2', '0000555.jpg 1', '0000666.jpg 0']);
  });

  test('SUN397: the first partition, words like outdoor first', async () => {
    const dataset = await load('sun397');
    expect(dataset.classNames).toEqual(['abbey', 'outdoor apartment_building']);
    expect(counts(dataset)).toEqual([8, 2, 6]);
  });

  test('UCF101: middle frames in folders of renamed actions', async () => {
    const dataset = await load('ucf101');
    expect(dataset.classNames).toEqual(['Apply_Eye_Makeup', 'Yo_Yo']);
    expect(counts(dataset)).toEqual([8, 2, 2]);
    expect(dataset.test[0]?.path.endsWith(join('Apply_Eye_Makeup', 'v_ApplyEyeMakeup_g01_c01.jpg'))).toBe(true);
  });

  test('ImageNet: sorted folders and images, classnames.txt, val for testing and never sampled', async () => {
    const dataset = await load('imagenet');
    expect(dataset.classNames).toEqual(['tench', 'goldfish', 'Golden Retriever']);
    expect(names(dataset, 'train').slice(0, 3)).toEqual([
      'n01440764_13.JPEG 0',
      'n01440764_26.JPEG 0',
      'n01440764_39.JPEG 0',
    ]);
    expect(dataset.val).toEqual(dataset.test);
    const shots = fewShot(dataset, 2, 1);
    expect(counts(shots)).toEqual([6, 6, 6]);
    // The training images are those that the same generator gives without any val.
    expect(shots.train).toEqual(fewShot({ ...dataset, val: [], valIsTest: undefined }, 2, 1).train);
  });

  test('ImageNetV2: folders are numbers, in the order of classnames.txt', async () => {
    const dataset = await load('imagenetv2');
    expect(dataset.test.map(({ classname }) => classname)).toEqual(
      ['tench', 'goldfish', 'Golden Retriever'].flatMap(name => [name, name]),
    );
  });

  test('ImageNet-A and -R: only their own classes, README.txt is not one of them', async () => {
    expect((await load('imagenet-adversarial')).classNames).toEqual(['goldfish', 'Golden Retriever']);
    expect((await load('imagenet-rendition')).classNames).toEqual(['tench', 'goldfish']);
    expect((await load('imagenet-sketch')).classNames).toHaveLength(3);
  });

  test("a variant takes ImageNet's classnames.txt if it has none", async () => {
    const root = await makeMiniature(await makeMiniature(await emptyFolder(), 'imagenetv2'), 'imagenet');
    await rm(join(root, 'imagenetv2', 'classnames.txt'));
    expect((await loadBenchmark('imagenetv2', root)).classNames[0]).toBe('tench');
    await rm(join(root, 'imagenet', 'classnames.txt'));
    await expect(loadBenchmark('imagenetv2', root)).rejects.toThrow(/classnames\.txt does not exist.*also works/);
  });

  test('the same seed gives the same split, another seed another split', async () => {
    const root = await makeMiniature(await emptyFolder(), 'dtd');
    const first = await loadBenchmark('dtd', root);
    expect(await loadBenchmark('dtd', root, { seed: 1 })).toEqual(first);
    expect((await loadBenchmark('dtd', root, { seed: 2 })).train).not.toEqual(first.train);
  });
});

test('the published split file takes precedence over the rules, and its paths are relative to the image folder', async () => {
  const root = await makeMiniature(await emptyFolder(), 'stanford_cars');
  const entry = (path: string, label: number, name: string) => [path, label, name];
  const split = {
    train: [entry('cars_train/00007.jpg', 0, '2012 A'), entry('cars_train/00002.jpg', 1, '1999 B')],
    val: [entry('cars_train/00003.jpg', 1, '1999 B')],
    test: [entry('cars_test/00001.jpg', 0, '2012 A')],
  };
  await writeFile(join(root, 'stanford_cars', 'split_zhou_StanfordCars.json'), JSON.stringify(split));
  const dataset = await loadBenchmark('cars', root);
  expect(dataset.classNames).toEqual(['2012 A', '1999 B']);
  expect(relative(root, dataset.train[0]!.path)).toBe(join('stanford_cars', 'cars_train', '00007.jpg'));
  expect(classSubset(dataset, 'new').train.map(({ label }) => label)).toEqual([0]);
});

const shared = fileURLToPath(new URL('../../../../../shared/data/splits', import.meta.url));
if (!existsSync(shared)) console.warn(`Skipped: the published splits are not there (${shared}).`);
test.skipIf(!existsSync(shared)).each(['caltech-101', 'oxford_pets', 'dtd', 'eurosat'])(
  'the published numbers of %s are those of the published split file',
  async id => {
    const { splitFile, images, classes } = findBenchmark(id);
    const { train, val, test: rest, classNames } = await readSplit(join(shared, splitFile!), '/');
    expect(images).toEqual({ train: train.length, val: val.length, test: rest.length });
    expect(classes).toBe(classNames.length);
  },
);

test('other common names are understood, and a wrong one suggests the nearest', () => {
  expect(findBenchmark('Flowers102').id).toBe('oxford_flowers');
  expect(findBenchmark('ImageNet-A').id).toBe('imagenet-adversarial');
  expect(findBenchmark('describable_textures').id).toBe('dtd');
  expect(() => findBenchmark('oxfrod_pets')).toThrow('Did you mean "oxford_pets"?');
});

describe('bad input throws one sentence', () => {
  const message = async (id: string, root: string) => {
    const error = await loadBenchmark(id, root).then(
      () => undefined,
      (cause: Error) => cause.message,
    );
    expect(error?.split('\n')).toHaveLength(1);
    return error!;
  };

  test('no root', async () => {
    expect(await message('dtd', '/no/such/root')).toBe(
      'There is no folder /no/such/root; the root is the folder that contains dtd.',
    );
  });

  test('an empty root', async () => {
    const root = await emptyFolder();
    expect(await message('dtd', root)).toContain(`${join(root, 'dtd')} does not exist`);
  });

  test('the dataset in a folder named after it', async () => {
    const root = await makeMiniature(await emptyFolder(), 'caltech-101', 'caltech-101/caltech-101');
    const found = join(root, 'caltech-101', 'caltech-101', '101_ObjectCategories');
    expect(await message('caltech-101', root)).toContain(`it is one folder too deep: it seems to be at ${found}`);
  });

  test('the image folder nested in a folder of the same name, with classes and with single images', async () => {
    const root = await emptyFolder();
    await makeMiniature(root, 'dtd');
    await rename(join(root, 'dtd', 'images'), join(root, 'dtd', 'moved'));
    await mkdir(join(root, 'dtd', 'images'));
    await rename(join(root, 'dtd', 'moved'), join(root, 'dtd', 'images', 'images'));
    expect(await message('dtd', root)).toContain('it is one folder too deep');
    await makeMiniature(root, 'oxford_pets');
    await rename(join(root, 'oxford_pets', 'images'), join(root, 'oxford_pets', 'moved'));
    await mkdir(join(root, 'oxford_pets', 'images'));
    await rename(join(root, 'oxford_pets', 'moved'), join(root, 'oxford_pets', 'images', 'images'));
    const found = join(root, 'oxford_pets', 'images', 'images');
    expect(await message('oxford_pets', root)).toContain(`one folder too deep: it seems to be at ${found}`);
  });

  test('a root that is the dataset, and one that is above the root', async () => {
    const root = await makeMiniature(await emptyFolder(), 'eurosat', 'data/eurosat');
    expect(await message('eurosat', join(root, 'data', 'eurosat'))).toContain(
      `one folder too deep; give ${join(root, 'data')} instead`,
    );
    expect(await message('eurosat', root)).toContain(`seems to be at ${join(root, 'data', 'eurosat')}`);
  });

  test('a folder of another name', async () => {
    const root = await makeMiniature(await emptyFolder(), 'caltech-101', 'Caltech101');
    expect(await message('caltech-101', root)).toContain(`seems to be at ${join(root, 'Caltech101')}: rename it`);
  });

  test('a split whose files are missing', async () => {
    const root = await makeMiniature(await emptyFolder(), 'fgvc_aircraft');
    await rm(join(root, 'fgvc_aircraft', 'images', '0000555.jpg'));
    expect(await message('fgvc_aircraft', root)).toContain(`${join('images', '0000555.jpg')} does not exist`);
    await rm(join(root, 'fgvc_aircraft', 'images', '0000777.jpg'));
    expect(await message('fgvc_aircraft', root)).toContain('2 of 9 images are missing');
    expect(await loadBenchmark('fgvc_aircraft', root, { checkFiles: false })).toBeDefined();
  });

  test('a missing list, reporting that the split file is also missing', async () => {
    const root = await makeMiniature(await emptyFolder(), 'sun397');
    await rm(join(root, 'sun397', 'Training_01.txt'));
    expect(await message('sun397', root)).toMatch(
      /Training_01\.txt does not exist.*split_zhou_SUN397\.json does not exist/,
    );
  });

  test('labels with gaps', async () => {
    const root = await makeMiniature(await emptyFolder(), 'oxford_pets');
    await writeTree(join(root, 'oxford_pets'), {
      'annotations/trainval.txt': 'Abyssinian_1 1 1 1\n',
      'annotations/test.txt': 'Maine_Coon_6 3 1 2\n',
    });
    expect(await message('oxford_pets', root)).toContain('no picture has label 1; labels must run from 0 without gaps');
  });

  test('more shots than images', async () => {
    const dataset = await load('fgvc_aircraft');
    expect(() => fewShot(dataset, 2, 1)).toThrow('has at most 1 training images per class, so 2 shots cannot be drawn');
    const testOnly = await load('imagenetv2');
    expect(() => fewShot(testOnly, 1, 1)).toThrow('imagenetv2 has no training images');
  });

  test('a folder without read permission is reported', () => {
    const denied = Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' });
    expect(cannotRead('/data/dtd', denied)).toBe('/data/dtd cannot be read: permission denied.');
  });

  // Root may read everything, and Windows has other permissions.
  test.skipIf(process.getuid?.() === 0 || process.platform === 'win32')('an unreadable folder', async () => {
    const root = await makeMiniature(await emptyFolder(), 'dtd');
    await chmod(join(root, 'dtd', 'images'), 0o000);
    expect(await message('dtd', root)).toContain('cannot be read: permission denied');
    await chmod(join(root, 'dtd', 'images'), 0o755);
  });

  test('a file in the place of a folder', async () => {
    const root = await emptyFolder();
    await writeTree(root, { 'dtd/images': 'no folder' });
    expect(await message('dtd', root)).toContain(`${join('dtd', 'images')} is not a folder`);
  });
});
