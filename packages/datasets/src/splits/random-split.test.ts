import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { Item } from '../dataset.js';
import { splitClasses, splitTrainVal } from './random-split.js';
import { readSplit } from './split-file.js';

const items = (count: number, label = 0): Item[] =>
  Array.from({ length: count }, (_, i) => ({ path: `/${label}/${i}.jpg`, label, classname: `class ${label}` }));
const counts = (lists: object) => Object.values(lists).map(list => (list as Item[]).length);

test('counts are rounded as Python rounds: halves to the even neighbour', () => {
  expect(counts(splitClasses([items(45)]))).toEqual([22, 9, 14]);
  expect(counts(splitClasses([items(47)]))).toEqual([24, 9, 14]);
  expect(counts(splitTrainVal(items(12)))).toEqual([10, 2]);
  expect(counts(splitTrainVal(items(13)))).toEqual([10, 3]);
});

test('every image goes to one split', () => {
  const all = [items(20), items(30, 1)];
  const { train, val, test: rest } = splitClasses(all, 3);
  expect(new Set([...train, ...val, ...rest])).toEqual(new Set(all.flat()));
});

test('a class that is too small is named', () => {
  expect(() => splitClasses([items(20), items(1, 1)])).toThrow('"class 1" has 1 image(s)');
  expect(() => splitTrainVal(items(2))).toThrow('"class 0" has 2 training image(s)');
});

const published = fileURLToPath(new URL('../../../../../shared/data/splits', import.meta.url));
if (!existsSync(published)) console.warn(`Skipped: the published splits are not there (${published}).`);

describe.skipIf(!existsSync(published))('as many images per class as in the published splits', () => {
  const perClass = (list: Item[]) =>
    list.reduce<number[]>((n, { label }) => Object.assign(n, { [label]: (n[label] ?? 0) + 1 }), []);

  test.each(['Caltech101', 'DescribableTextures', 'EuroSAT'])('%s', async name => {
    const { train, val, test: rest, classNames } = await readSplit(`${published}/split_zhou_${name}.json`, '/');
    const classes = classNames.map((_, label) => [...train, ...val, ...rest].filter(item => item.label === label));
    const made = splitClasses(classes);
    expect(perClass(made.train)).toEqual(perClass(train));
    expect(perClass(made.val)).toEqual(perClass(val));
    expect(perClass(made.test)).toEqual(perClass(rest));
  });

  test('OxfordPets', async () => {
    const { train, val } = await readSplit(`${published}/split_zhou_OxfordPets.json`, '/');
    const made = splitTrainVal([...train, ...val]);
    expect(perClass(made.train)).toEqual(perClass(train));
    expect(perClass(made.val)).toEqual(perClass(val));
  });
});
