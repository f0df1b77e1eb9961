import { expect, test } from 'vitest';
import { sampleRecord } from '../testing/sample-record.js';
import { recordsInOrder, tasksInOrder } from './order.js';

test('tasks are in the order of the papers’ tables, with unknown ones last', () => {
  expect(tasksInOrder(['mine', 'dtd', 'other', 'imagenet'])).toEqual(['imagenet', 'dtd', 'mine', 'other']);
});

test('methods are in the papers’ order, variants after their method, within each task', () => {
  const records = ['maple', 'mine', 'dgprompt:no-text', 'dgprompt', 'coop (epochs 2)', 'coop', 'clip'].map(method =>
    sampleRecord({ method }, 1, 1),
  );
  const first = sampleRecord({ method: 'clip', task: 'mammals' }, 1, 1);
  expect(recordsInOrder([...records, first]).map(({ config }) => `${config.method} ${config.task}`)).toEqual([
    'clip mammals',
    ...['clip', 'coop', 'coop (epochs 2)', 'maple', 'dgprompt', 'dgprompt:no-text', 'mine'].map(
      one => `${one} weather`,
    ),
  ]);
});
