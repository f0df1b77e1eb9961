import type { Dataset, Item } from '@dgprompt/datasets';
import type { Method } from './types.js';

/** Whether something is a dataset, rather than a list of its class names or images. */
export const isDataset = (given: Dataset | readonly unknown[]): given is Dataset => !Array.isArray(given);

/**
 * Checks that items belong to a method's classes: training with labels that do not match the class names would silently
 * learn nothing.
 *
 * @throws one sentence naming the first item that does not fit
 */
export function checkItems({ name, classNames }: Method, items: readonly Item[]): void {
  if (items.length === 0) throw new Error(`${name}: the list of items is empty; give at least one image.`);
  for (const { path, label, classname } of items) {
    if (typeof classname !== 'string' || typeof label !== 'number')
      throw new Error(`${name}: ${path ?? 'an item'} must be an object with path, label and classname.`);
    const expected = classNames[label];
    if (expected === undefined)
      throw new Error(`${path} has label ${label}, but ${name} has ${classNames.length} classes; labels start at 0.`);
    if (written(classname) !== written(expected))
      throw new Error(
        `${path} is of class "${classname}", but label ${label} of ${name} is "${expected}"; give the method the dataset's own classNames.`,
      );
  }
}

/**
 * Checks that every class has a training image, for what is a mean over the images of each class.
 * @param what needs them, such as `a class memory`
 * @throws one sentence naming the first class without any
 */
export function checkEveryClass(
  name: string,
  what: string,
  classNames: readonly string[],
  labels: Iterable<number>,
): void {
  const seen = new Set(labels);
  const empty = classNames.find((_, label) => !seen.has(label));
  if (empty !== undefined)
    throw new Error(`${name}: "${empty}" has no training images; ${what} needs at least one of every class.`);
}

const written = (name: string) => name.replaceAll('_', ' ').trim();
