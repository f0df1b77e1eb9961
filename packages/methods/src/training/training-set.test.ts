import { createDataset } from '@dgprompt/datasets';
import { expect, it } from 'vitest';
import { items, names, tinyClip } from '../testing/tiny.js';
import { coop } from '../zoo/coop.js';
import { trainingSet } from './training-set.js';

const [train, val, test] = [items(3), items(2), items(1)];
const pets = createDataset({ name: 'pets', classNames: names, train, val, test });

it('validates on the validation images of a dataset, and on none if they are its test images', () => {
  const imagenet = { ...pets, val: test, valIsTest: true as const };
  const method = coop(tinyClip(), pets);
  expect(trainingSet(method, undefined).validation).toEqual(val);
  expect(trainingSet(method, imagenet).validation).toEqual([]);
  expect(trainingSet(coop(tinyClip(), imagenet), train)).toMatchObject({ items: train, validation: [], test });
});
