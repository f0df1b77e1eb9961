import { normalised } from '@dgprompt/clip';
import * as tf from '@tensorflow/tfjs-core';
import type { PromptLearner, Variables } from '../../learner/types.js';

/** τ, sharpness of the attention to views. */
const sharpness = 10;

/**
 * Pools the views of an image by the attention of the class set: f = normalised(Σ_v a_v f_v) with a = softmax_v(τ ·
 * max_j ⟨f_v − μ, t_j⟩). Views that are closer to any of the classes count more.
 *
 * @param learner whose class memory, if it has one, holds μ, the mean feature of the shots, [e]
 */
export function cropAttention({ state }: PromptLearner): Required<PromptLearner>['poolViews'] {
  const mean = (state?.memory as Variables | undefined)?.mean as tf.Variable | undefined;
  return (views, { features, perClass }) => {
    const text = perClass?.plain ?? features; // [C, e], without the shots' evidence
    const [count, each, width] = views.shape; // [B, V, e]
    const flat = tf.reshape(views, [count * each, width]) as tf.Tensor2D;
    const centred = mean ? tf.sub(flat, tf.reshape(mean, [1, width])) : flat;
    const best = tf.max(tf.matMul(centred as tf.Tensor2D, text as tf.Tensor2D, false, true), 1); // [B · V]
    const attention = tf.softmax(tf.mul(tf.reshape(best, [count, each]), sharpness)); // [B, V]
    return normalised(tf.sum(tf.mul(views, tf.expandDims(attention, 2)), 1) as tf.Tensor2D);
  };
}
