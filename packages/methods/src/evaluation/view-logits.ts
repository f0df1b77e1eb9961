import * as tf from '@tensorflow/tfjs-core';
import { features, type Images, logitsOf, type TextSide } from '../learner/forward.js';
import type { FeaturePair, Method } from '../learner/types.js';
import { meanOfViews } from '../learner/views.js';

/** Several views of each image as pixels, or the frozen CLIP's features of them if those suffice. */
export type ImageViews = {
  images?: tf.Tensor5D; // [B, V, 3, R, R], normalised
  frozen?: { image: tf.Tensor3D }; // [B, V, e]
};

type Shape = [number, number, number, number];

/**
 * Logits [B, C] of images in several views, from one feature per image: the mean over its views, normalised again,
 * unless the method pools them differently (`poolViews`). Logits are averaged instead if each view has its own text
 * features, or if the method has its own logits, returns states, which those may read, and does not pool views itself.
 */
export function viewLogits(method: Method, { images, frozen }: ImageViews, side: TextSide): tf.Tensor2D {
  const [count, views] = (images ?? frozen!.image).shape as number[] as [number, number]; // B, V
  const flat: Images = {
    ...(images && { images: tf.reshape<tf.Rank.R4>(images, [count * views, ...images.shape.slice(2)] as Shape) }),
    ...(frozen && { frozen: { image: tf.reshape(frozen.image, [count * views, -1]) } }),
  };
  const each = features(method, flat, side); // image [B · V, e]
  const { logits, poolViews } = method.learner;
  if (each.text.rank === 3 || (logits && each.states && !poolViews))
    return tf.mean(tf.reshape(logitsOf(method, each), [count, views, -1]), 1) as tf.Tensor2D;
  const { states: _, ...rest } = each;
  const ofViews = tf.reshape(each.image, [count, views, -1]) as tf.Tensor3D; // [B, V, e]
  return logitsOf(method, { ...rest, image: pooled(method, ofViews, each) });
}

/** @throws one sentence if a method's own pooling gives the wrong shape */
function pooled({ name, learner }: Method, views: tf.Tensor3D, { text, perClass }: FeaturePair): tf.Tensor2D {
  const given = { features: text, ...(perClass && { perClass }) };
  const image = learner.poolViews?.(views, given) ?? meanOfViews(views); // [B, e]
  const [count, , width] = views.shape;
  if (image.shape.join() !== [count, width].join())
    throw new Error(`${name}: poolViews gave [${image.shape}] for ${count} images; it must be [${count}, ${width}].`);
  return image;
}
