import { textContext } from '@dgprompt/prompts';
import * as tf from '@tensorflow/tfjs-core';
import type { TaskInfo } from '../learner/types.js';
import { defineMethod } from '../method/define.js';
import { withoutGradient } from './parts/without-gradient.js';

/**
 * TPT (Shu et al., NeurIPS 2022): for each test image one step on the context, towards a more confident mean prediction
 * over the most confident of its augmented views; the next image starts from the words again. `tpt:coop` is CoOp + TPT:
 * it trains the context as CoOp does for its cross-dataset table, and adapts that.
 *
 * @example
 * ```ts
 * import { loadClip } from '@dgprompt/clip';
 * import { tpt } from '@dgprompt/methods/zoo';
 * import { miniClip } from '@dgprompt/pictograms';
 *
 * const method = tpt(await loadClip(miniClip), ['sun', 'moon'], { views: 31 });
 * console.log(method.learner.adapt!.views, method.recipe.epochs); // 31 0
 * ```
 */
export const tpt = defineMethod({
  name: 'tpt',
  title: 'TPT',
  summary: 'CoOp’s context, adapted to each test image from its augmented views',
  options: {
    /** M, context vectors. */
    tokens: 4,
    /** Words whose embeddings initialise them. */
    init: 'a photo of a',
    /** Augmented views in addition to the image itself. */
    views: 63,
    /** Whether AugMix changes these views: published for all datasets except ImageNet and its variants. */
    augmix: true,
    /** Share of the views that count, the most confident ones. */
    selection: 0.1,
    /** Gradient steps per image. */
    steps: 1,
    /** Learning rate of these steps. */
    stepSize: 0.005,
  },
  ranges: {
    tokens: [1, 1024, 'whole'],
    views: [1, 4096, 'whole'],
    selection: [0, 1],
    steps: [1, 1000, 'whole'],
    stepSize: [1e-9, 10],
  },
  variants: { coop: { lr: 0.002, epochs: 50, batch: 32 } as object },
  searchStages: false, // there are no validation images at test time
  recipe,
  build(clip, { tokens, init, views, augmix, selection, steps, stepSize }, random) {
    const chosen = Math.floor((views + 1) * selection + 1e-9);
    if (chosen < 1)
      throw new Error(
        `tpt: ${views} ${views === 1 ? 'view' : 'views'} beside the image and a selection of ${selection} leave none to learn from; give more views, or a larger selection.`,
      );
    const text = textContext(clip, { tokens, init }, random); // [M, d_t]
    return {
      context: text,
      variables: text.variables,
      textFeatures: classes => clip.text(classes, { prompts: text }), // [C, e]
      adapt: {
        views,
        augmentation: augmix ? 'augmix' : 'crops',
        interpolation: 'bilinear', // torchvision's default for crops, as published
        steps,
        lr: stepSize,
        optimizer: { name: 'adamw' },
        loss: logits => entropyOfSurest(logits, chosen),
      },
    };
  },
});

/** Nothing is trained. The prompts of an ImageNet run are tested on its variants, or on other datasets. */
function recipe({ dataset, protocol }: TaskInfo) {
  const ofImageNet = dataset.startsWith('imagenet') && protocol !== 'cross-dataset';
  return { lr: 0.002, epochs: 0, batch: 32, ...(ofImageNet ? { augmix: false } : {}) };
}

/** Entropy of the mean probability over the `count` views [V, C] whose own entropy is lowest. */
export function entropyOfSurest(logits: tf.Tensor2D, count: number): tf.Scalar {
  const probabilities = tf.softmax(logits); // [V, C]
  const isChosen = withoutGradient(logits, given => surest(viewEntropies(given as tf.Tensor2D), count)); // [V]
  const mean = tf.div(tf.sum(tf.mul(probabilities, tf.expandDims(isChosen, 1)), 0), count); // [C]
  return tf.neg(tf.sum(tf.mul(mean, tf.log(tf.maximum(mean, 1e-37))))) as tf.Scalar;
}

/** Entropy of each view's prediction, [V]. */
export function viewEntropies(logits: tf.Tensor2D): tf.Tensor1D {
  return tf.neg(tf.sum(tf.mul(tf.softmax(logits), tf.logSoftmax(logits)), 1)) as tf.Tensor1D;
}

/** 1 for the `count` least of the values [V], 0 for the others; the first ones on a tie. No gradient. */
export function surest(values: tf.Tensor1D, count: number): tf.Tensor1D {
  const places = tf.range(0, values.shape[0]);
  const [own, others] = [tf.expandDims(values, 1), tf.expandDims(values, 0)];
  const isEqual = tf.cast(tf.equal(others, own), 'float32');
  const isEarlier = tf.cast(tf.less(tf.expandDims(places, 0), tf.expandDims(places, 1)), 'float32');
  const before = tf.add(tf.cast(tf.less(others, own), 'float32'), tf.mul(isEqual, isEarlier)); // [V, V]
  return tf.cast(tf.less(tf.sum(before, 1), count), 'float32') as tf.Tensor1D;
}
