import { existsSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { createDataset } from './dataset.js';
import { fewShot } from './few-shot.js';
import { readSplit } from './splits/split-file.js';

const published = fileURLToPath(new URL('../../../../shared/data', import.meta.url));
if (!existsSync(published)) console.warn(`Skipped: the published few-shot sets are not there (${published}).`);

describe.skipIf(!existsSync(published))('equals the published few-shot sets, bit for bit', () => {
  test.each(['Caltech101', 'DescribableTextures', 'EuroSAT', 'OxfordPets'])('%s', async name => {
    const dataset = await readSplit(`${published}/splits/split_zhou_${name}.json`, '/images');
    const sets: Record<string, { train: string[]; val: string[] }> = JSON.parse(
      readFileSync(`${published}/few-shot/${name}.json`, 'utf8'),
    );
    expect(Object.keys(sets)).toHaveLength(15);
    for (const [key, expected] of Object.entries(sets)) {
      const [, shots, seed] = key.match(/^shot_(\d+)-seed_(\d+)$/) ?? [];
      const drawn = fewShot(dataset, Number(shots), Number(seed));
      expect(drawn.train.map(item => relative('/images', item.path))).toEqual(expected.train);
      expect(drawn.val.map(item => relative('/images', item.path))).toEqual(expected.val);
    }
  });
});

const item = (label: number, i: number) => ({ path: `/${label}/${i}.png`, label, classname: `class ${label}` });
const dataset = createDataset({
  name: 'tiny',
  classNames: ['class 0', 'class 1'],
  templates: ['a photo of a {}.'],
  train: [item(1, 0), item(0, 0), item(0, 1), item(0, 2), item(1, 1), item(0, 3)],
  val: [0, 1, 2, 3, 4, 5].map(i => item(0, i)),
  test: [item(0, 9)],
});

test('takes all images of a class that has fewer than k, classes in order of first appearance', () => {
  const { train } = fewShot(dataset, 3, 1);
  expect(train.map(({ label }) => label)).toEqual([1, 1, 0, 0, 0]);
  expect(new Set(train).size).toBe(5);
});

test('draws at most four validation images per class and leaves the test split unchanged', () => {
  const many = { ...dataset, train: Array.from({ length: 16 }, (_, i) => item(0, i)) };
  expect(fewShot(many, 16, 1).val).toHaveLength(4);
  expect(fewShot(dataset, 2, 1).val).toHaveLength(2);
  expect(fewShot(dataset, 2, 1).test).toEqual(dataset.test);
});

test('does not sample a val split that is the test split, as for ImageNet', () => {
  const drawn = fewShot({ ...dataset, test: dataset.val, valIsTest: true }, 1, 1);
  expect(drawn.val).toEqual(dataset.val);
  expect(drawn.train).toEqual(fewShot(dataset, 1, 1).train);
});

test('throws for more shots than any class has images', () => {
  expect(() => fewShot(dataset, 5, 1)).toThrow(
    'tiny has at most 4 training images per class, so 5 shots cannot be drawn; choose 4 or fewer.',
  );
  expect(fewShot(dataset, 4, 1).train).toHaveLength(6);
});

test('throws for shots that are not a positive integer', () => {
  expect(() => fewShot(dataset, 0, 1)).toThrow('Shots must be an integer of at least 1, not 0.');
});

test('the result records what was drawn', () => {
  const drawn = fewShot(dataset, 2, 7);
  expect(drawn.drawn).toEqual({ shots: 2, seed: 7 });
  expect(dataset.drawn).toBeUndefined();
});
