import * as tf from '@tensorflow/tfjs-core';

/**
 * Rows that a method has learned for each of its classes, for a class list that consists of these; undefined if the
 * list has others, for which nothing was learned.
 *
 * @param own C class names that the rows belong to
 * @param names class names in any order
 * @param rows [C, …]
 * @returns [names, …]
 */
export function ownRows(own: readonly string[], names: readonly string[], rows: tf.Tensor): tf.Tensor | undefined {
  if (!areOwn(own, names)) return undefined;
  if (own.join('\n') === names.join('\n')) return tf.mul(rows, 1); // a tensor that can be disposed
  return tf.gather(rows, tf.tensor1d(ownLabels(own, names), 'int32'));
}

/**
 * For each name the label of a method's own class, −1 for other classes. Of own classes with the same name, as on
 * ImageNet, the first stands for the first such name in the list, the second for the second.
 *
 * @param own C class names
 * @param names class names in any order
 */
export function ownLabels(own: readonly string[], names: readonly string[]): number[] {
  const labels = new Map<string, number[]>();
  for (const [label, name] of own.entries()) labels.set(name, [...(labels.get(name) ?? []), label]);
  const seen = new Map<string, number>();
  return names.map(name => {
    const before = seen.get(name) ?? 0;
    seen.set(name, before + 1);
    const same = labels.get(name);
    return same?.[Math.min(before, same.length - 1)] ?? -1;
  });
}

/** Whether a method was trained on all of these classes. */
export const areOwn = (own: readonly string[], names: readonly string[]): boolean =>
  names.every(name => own.includes(name));
