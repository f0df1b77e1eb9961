import { createDataset } from '@dgprompt/datasets';
import { expect, test } from 'vitest';
import { fingerprint } from './fingerprint.js';

const item = (path: string, label: number) => ({ path, label, classname: 'ab'[label] as string });
const at = (root: string) =>
  createDataset({
    name: 'x',
    classNames: ['a', 'b'],
    train: [item(`${root}/a/1.png`, 0), item(`${root}/b/1.png`, 1)],
    test: [item(`${root}/a/2.png`, 0)],
  });

test('data that lies elsewhere is the same data', () => {
  expect(fingerprint(at('/home/me/flowers'))).toBe(fingerprint(at('/data/flowers')));
  expect(fingerprint(at('/data/flowers'))).not.toBe(fingerprint(at('/data/leaves')));
});

test('another image, label, split, class name or template is other data', () => {
  const data = at('/data/flowers');
  const variants = [
    data,
    { ...data, test: [item('/data/flowers/a/3.png', 0)] },
    { ...data, test: [item('/data/flowers/a/2.png', 1)] },
    { ...data, test: data.val, val: data.test },
    { ...data, classNames: ['a', 'c'] },
    { ...data, templates: ['{}'] },
  ];
  expect(new Set(variants.map(fingerprint)).size).toBe(variants.length);
});
