import { expect, test } from 'vitest';
import { resultOf } from './results.js';

test('classes of the same name, as in ImageNet, are counted apart', () => {
  const classNames = ['sunglasses', 'sunglasses', 'owl'];
  const [path, classname] = ['a.png', 'sunglasses'];
  const items = [0, 1, 1].map(label => ({ path, label, classname }));
  const perClass = [
    { classname, label: 0, correct: 1, total: 1, accuracy: 100 },
    { classname, label: 1, correct: 1, total: 2, accuracy: 50 },
  ];
  const evaluation = { top1: 66.7, correct: 2, total: 3, perClass, predicted: [0, 1, 0], seconds: 1 };
  const { perClass: accuracies, confusion } = resultOf(evaluation as never, { classNames, test: items } as never);
  expect(accuracies).toEqual({ sunglasses: 100, 'sunglasses (2)': 50 });
  expect(confusion).toEqual({
    sunglasses: { sunglasses: 1 },
    'sunglasses (2)': { sunglasses: 1, 'sunglasses (2)': 1 },
  });
});
