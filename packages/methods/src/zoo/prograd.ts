import { mapTree, type Tree, valueAndGrads } from '@dgprompt/engine';
import { textContext } from '@dgprompt/prompts';
import * as tf from '@tensorflow/tfjs-core';
import type { LossTerms, TaskInfo, Variables } from '../learner/types.js';
import { defineMethod } from '../method/define.js';

/**
 * ProGrad (Zhu et al., ICCV 2023): CoOp's context, without the part of its gradient that conflicts with the zero-shot
 * CLIP's predictions.
 *
 * @example
 * ```ts
 * import { loadClip } from '@dgprompt/clip';
 * import { prograd } from '@dgprompt/methods';
 * import { miniClip } from '@dgprompt/pictograms';
 *
 * const method = prograd(await loadClip(miniClip), ['sun', 'moon'], { tokens: 2 });
 * console.log(method.options); // { tokens: 2, init: '', strength: 1, temperature: 1 }
 * ```
 */
export const prograd = defineMethod({
  name: 'prograd',
  title: 'ProGrad',
  summary: 'CoOp, whose gradients may not oppose those of hand-written prompts',
  options: {
    /** M, learned context vectors. */
    tokens: 16,
    /** Words whose embeddings initialise the first vectors; the others are initialised with N(0, 0.02²). */
    init: '',
    /** λ, the share of the conflicting part that is removed. */
    strength: 1,
    /** T, temperature of both predictions in the general direction's loss. */
    temperature: 1,
  },
  ranges: { tokens: [1, 1024, 'whole'], strength: [0, 1], temperature: [0.001, 1000] },
  recipe: task => ({ lr: 0.002, epochs: 100, batch: 32, strength: strength(task) }), // published with RN50 alone
  build(clip, { tokens, init, strength, temperature }, random) {
    const text = textContext(clip, { tokens, init }, random); // [M, d_t]
    return {
      context: text,
      variables: text.variables,
      textFeatures: classes => clip.text(classes, { prompts: text }), // [C, e]
      frozen: {},
      gradients(terms, variables) {
        const tree = variables as unknown as Tree<tf.Variable>;
        const [loss, task] = valueAndGrads(tree, () => terms().crossEntropy);
        const [, general] = valueAndGrads(tree, () => toZeroShot(terms(), temperature));
        return [loss, aligned(task, general, strength) as unknown as Variables];
      },
    };
  },
});

/** λ: 0.8 with 8 and 16 shots on three datasets, 1 elsewhere. */
function strength({ shots, dataset }: TaskInfo): number {
  return shots >= 8 && ['oxford_flowers', 'dtd', 'eurosat'].includes(dataset) ? 0.8 : 1;
}

/** Cross-entropy of the tuned predictions under the zero-shot ones, T² · Σ −p* log p, averaged over the batch. */
function toZeroShot({ logits, frozen, mask }: LossTerms, temperature: number): tf.Scalar {
  const wanted = tf.softmax(tf.div(frozen!.logits, temperature)); // [B, C]
  const each = tf.neg(tf.sum(tf.mul(wanted, tf.logSoftmax(tf.div(logits, temperature))), 1)); // [B]
  return tf.mul(tf.div(tf.sum(tf.mul(each, mask)), tf.sum(mask)), temperature ** 2);
}

/** g − λ (g·ĝ*) ĝ* if the directions g and g* are more than a right angle apart, otherwise g; variable by variable. */
function aligned(task: Tree<tf.Tensor>, general: Tree<tf.Tensor>, strength: number): Tree<tf.Tensor> {
  const generals: tf.Tensor[] = [];
  mapTree((g: tf.Tensor) => generals.push(g), general);
  let next = 0;
  return mapTree((g: tf.Tensor) => {
    const other = generals[next++]!;
    const unit = tf.div(other, tf.add(tf.norm(other), 1e-12));
    const along = tf.sum(tf.mul(g, unit)); // []
    return tf.sub(g, tf.mul(unit, tf.mul(tf.minimum(along, 0), strength)));
  }, task);
}
