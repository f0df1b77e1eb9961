import type { Evaluation } from '@dgprompt/methods';
import { bare } from '../records/own.js';
import type { TestResult } from '../records/record.js';
import type { TestSet } from '../suites/protocols/protocol.js';

/** By test: each image, its class and its predicted class, as indices into the class names. */
export type Predictions = Record<
  string,
  { classNames: readonly string[]; images: string[]; labels: number[]; predicted: number[] }
>;

/** A test result as stored in a record. */
export function resultOf(
  { top1, correct, total, perClass, predicted }: Evaluation,
  { classNames, test }: TestSet,
): TestResult {
  const confusion = bare<Record<string, number>>();
  test.forEach(({ label }, i) => {
    const [name, taken] = [classNames[label]!, classNames[predicted[i]!]!];
    const row = confusion[name] ?? bare<number>();
    row[taken] = (row[taken] ?? 0) + 1;
    confusion[name] = row;
  });
  return {
    ...{ top1, correct, total },
    perClass: bare(perClass.map(({ classname, accuracy }) => [classname, accuracy] as const)),
    confusion,
  };
}

/** Every test image with its class and the predicted one. */
export const predictionsOf = ({ predicted }: Evaluation, { classNames, test }: TestSet): Predictions[string] => ({
  classNames,
  images: test.map(({ path }) => path),
  labels: test.map(({ label }) => label),
  predicted: [...predicted],
});
