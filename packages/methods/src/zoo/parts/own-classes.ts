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
  return tf.gather(
    rows,
    tf.tensor1d(
      names.map(name => own.indexOf(name)),
      'int32',
    ),
  );
}

/** Whether a method was trained on all of these classes. */
export const areOwn = (own: readonly string[], names: readonly string[]): boolean =>
  names.every(name => own.includes(name));
