import { createDataset } from '@dgprompt/datasets';
import { expect, test } from 'vitest';
import { joint } from './joint.js';

const classNames = ['a', 'b', 'c', 'd', 'e'];
const items = classNames.map((classname, label) => ({ path: `/${classname}.png`, label, classname }));
const letters = createDataset({ name: 'letters', classNames, train: items, test: items });

test('joint trains on base classes and tests both halves among all classes', () => {
  const { train, tests } = joint.split(letters, []);
  expect(train.classNames).toEqual(['a', 'b', 'c']);
  expect(Object.keys(tests)).toEqual(['base', 'new']);
  for (const { classNames: among } of Object.values(tests)) expect(among).toEqual(classNames);
  expect(tests.base!.test.map(({ label }) => label)).toEqual([0, 1, 2]);
  expect(tests.new!.test.map(({ label }) => label)).toEqual([3, 4]);
});

test('joint without images of new classes is refused in one sentence', () => {
  const onlyBase = { ...letters, test: items.slice(0, 3) };
  expect(() => joint.split(onlyBase, [])).toThrow('letters has no test images of its new classes.');
});
