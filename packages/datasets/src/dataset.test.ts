import { expect, test } from 'vitest';
import { createDataset } from './dataset.js';

const pets = { name: 'pets', classNames: ['cat', 'dog'] };

test('a dataset has a plain template and empty splits unless they are given', () => {
  expect(createDataset(pets)).toMatchObject({ templates: ['a photo of a {}.'], train: [], val: [], test: [] });
});

test.each<[object, string]>([
  [{ classNames: [] }, 'pets has no classes.'],
  [{ templates: [] }, 'pets has no templates; give one, or leave them out.'],
  [{ templates: ['{} here', 'a photo'] }, 'pets: the template "a photo" has no {} for the class name'],
  [{ fixedView: true }, 'pets: Unknown fact of a dataset "fixedView"'],
  [{ test: [{ path: 'a.jpg', label: 2, classname: 'owl' }] }, 'pets: a.jpg has label 2, but there are 2 classes'],
  [{ test: [{ path: 'a.jpg', label: 1, classname: 'cat' }] }, 'a.jpg is of class "cat", but label 1 is "dog".'],
])('wrong facts throw one sentence: %j', (facts, message) => {
  expect(() => createDataset({ ...pets, ...facts })).toThrow(message);
});
