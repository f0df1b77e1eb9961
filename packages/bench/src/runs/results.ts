import type { Evaluation } from '@dgprompt/methods';
import { bare } from '../records/own.js';
import type { TestResult } from '../records/record.js';
import type { TestSet } from '../suites/protocols/protocol.js';

/** By test: each image, its class and its predicted class, as indices into the class names. */
export type Predictions = Record<
  string,
  { classNames: readonly string[]; images: string[]; labels: number[]; predicted: number[] }
>;

/** A test result as stored in a record, by class; of classes with the same name, the second is `name (2)`. */
export function resultOf(
  { top1, correct, total, perClass, predicted }: Evaluation,
  { classNames, test }: TestSet,
): TestResult {
  const names = distinctNames(classNames);
  const confusion = bare<Record<string, number>>();
  test.forEach(({ label }, i) => {
    const [name, taken] = [names[label]!, names[predicted[i]!]!];
    const row = confusion[name] ?? bare<number>();
    row[taken] = (row[taken] ?? 0) + 1;
    confusion[name] = row;
  });
  return {
    ...{ top1, correct, total },
    perClass: bare(perClass.map(({ label, accuracy }) => [names[label]!, accuracy] as const)),
    confusion,
  };
}

/** Names that tell all classes apart: ImageNet has two of the name "sunglasses". */
function distinctNames(classNames: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return classNames.map(name => {
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count === 1 ? name : `${name} (${count})`;
  });
}

/** Every test image with its class and the predicted one. */
export const predictionsOf = ({ predicted }: Evaluation, { classNames, test }: TestSet): Predictions[string] => ({
  classNames,
  images: test.map(({ path }) => path),
  labels: test.map(({ label }) => label),
  predicted: [...predicted],
});
