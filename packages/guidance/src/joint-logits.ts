import * as tf from '@tensorflow/tfjs-core';

/** log Σ exp over the classes of a group, [B, 1]. */
const logSum = (logits: tf.Tensor, group: tf.Tensor): tf.Tensor =>
  tf.logSumExp(tf.add(logits, tf.mul(tf.sub(1, group), -1e9)), 1, true);

/**
 * Joint logits of classes with and without shots: the probability of each group is the frozen CLIP's, and that of a
 * class within its group its own. There is nothing to tune.
 *
 * @param own the classes' logits, comparable within each group, [B, C]
 * @param clip the frozen CLIP's (or the prompts') logits, without the memory, [B, C]
 * @param unseen 1 for classes without shots, 0 for the others, [C]; both occur
 * @returns logarithms of the probabilities, [B, C]
 *
 * @example
 * ```ts
 * import { jointByMass } from '@dgprompt/guidance';
 * import * as tf from '@tensorflow/tfjs-core';
 *
 * const [own, clip] = [tf.tensor2d([[9, 7, 3]]), tf.tensor2d([[1, 1, 1]])];
 * const logits = jointByMass(own, clip, tf.tensor1d([0, 0, 1]));
 * console.log([...tf.exp(logits).dataSync()].map(x => x.toFixed(2))); // [ '0.59', '0.08', '0.33' ]
 * ```
 */
export function jointByMass(own: tf.Tensor2D, clip: tf.Tensor2D, unseen: tf.Tensor): tf.Tensor2D {
  const all = tf.logSumExp(clip, 1, true);
  const group = (member: tf.Tensor) => tf.add(tf.sub(own, logSum(own, member)), tf.sub(logSum(clip, member), all));
  return tf.add(tf.mul(group(unseen), unseen), tf.mul(group(tf.sub(1, unseen)), tf.sub(1, unseen))) as tf.Tensor2D;
}

/** Weight of the frozen CLIP in a group's lead. */
const clipShare = 0.25;

/**
 * Joint logits of classes with and without shots: first the group whose best class leads by more than a margin, then
 * the classes within it. The lead blends the memory's and the frozen CLIP's. No class of the other group gets a higher
 * probability than the best class.
 *
 * @param own the classes' logits, comparable within each group, [B, C]
 * @param whole logits with the memory for all classes, [B, C]
 * @param clip the frozen CLIP's (or the prompts') logits, without the memory, [B, C]
 * @param unseen 1 for classes without shots, 0 for the others, [C]; both occur
 * @param margin γ of the memory, times the logit scale, []
 * @returns logarithms of unnormalised probabilities, [B, C]
 *
 * @example
 * ```ts
 * import { jointByOffset } from '@dgprompt/guidance';
 * import * as tf from '@tensorflow/tfjs-core';
 *
 * const own = tf.tensor2d([[9, 7, 3]]);
 * const logits = jointByOffset(own, own, own, tf.tensor1d([0, 0, 1]), tf.scalar(7));
 * console.log(tf.argMax(logits, 1).dataSync()[0]); // 2
 * ```
 */
export function jointByOffset(
  own: tf.Tensor2D,
  whole: tf.Tensor2D,
  clip: tf.Tensor2D,
  unseen: tf.Tensor,
  margin: tf.Tensor,
): tf.Tensor2D {
  const isSeen = tf.sub(1, unseen);
  const best = (logits: tf.Tensor, group: tf.Tensor) => tf.max(tf.add(logits, tf.mul(tf.sub(1, group), -1e9)), 1, true);
  const lead = (logits: tf.Tensor) => tf.sub(best(logits, isSeen), best(logits, unseen));
  const blended = tf.add(tf.mul(lead(whole), 1 - clipShare), tf.mul(lead(clip), clipShare));
  const score = tf.sub(blended, margin); // [B, 1], above 0: a seen class
  const lost = Math.log(own.shape[1]) + 0.01;
  const seenWins = tf.cast(tf.greater(score, 0), 'float32');
  const group = (member: tf.Tensor, towards: tf.Tensor, loses: tf.Tensor) =>
    tf.mul(tf.sub(tf.add(tf.sub(own, logSum(own, member)), tf.logSigmoid(towards)), tf.mul(loses, lost)), member);
  return tf.add(group(isSeen, score, tf.sub(1, seenWins)), group(unseen, tf.neg(score), seenWins)) as tf.Tensor2D;
}
