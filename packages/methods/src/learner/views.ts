import { normalised } from '@dgprompt/clip';
import * as tf from '@tensorflow/tfjs-core';

/** One feature of each image, the mean over its views, normalised again: [B, V, e] → [B, e]. */
export const meanOfViews = (views: tf.Tensor3D): tf.Tensor2D => normalised(tf.mean(views, 1) as tf.Tensor2D);
