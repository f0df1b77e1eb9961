import { expect, test } from 'vitest';
import { sampleRecord } from '../testing/sample-record.js';
import { recordsInOrder, tasksInOrder } from './order.js';

test('tasks stand in the order of the papers’ tables, unknown ones behind them', () => {
  expect(tasksInOrder(['mine', 'dtd', 'other', 'imagenet'])).toEqual(['imagenet', 'dtd', 'mine', 'other']);
});

test('methods stand as the papers list them, variants behind their method, and each by task', () => {
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
