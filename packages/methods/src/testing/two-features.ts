import { softmaxCrossEntropy } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs-core';
import { cosineLogits } from '../learner/logits.js';
import type { LossTerms, Method } from '../learner/types.js';
import { cosineDistance } from '../zoo/parts/distance.js';
import { close, evaluated, type ZooRecording } from './zoo-recording.js';

/** The loss terms that the recordings of MMRL and MMRL++ contain. */
export function twoFeatureTerms({ image, text, states, frozen, labels, mask }: LossTerms): Record<string, tf.Tensor> {
  const [logits, ofTokens] = [image, states![0]!].map(one => cosineLogits({ image: one, text }, 100));
  return {
    logits: logits!,
    logits_rep: ofTokens!,
    ce: softmaxCrossEntropy(logits!, labels, mask),
    ce_rep: softmaxCrossEntropy(ofTokens!, labels, mask),
    cos_image: cosineDistance(image, frozen!.image),
    cos_text: cosineDistance(text, frozen!.text),
  };
}

/** Expects the recorded logits of the class token alone if there are classes that were not trained on. */
export async function expectNewClasses(recording: ZooRecording, method: Method): Promise<void> {
  const [images] = tf.unstack(recording.tensor('images')) as [tf.Tensor4D];
  const others = method.forClasses([...recording.classNames, 'car']);
  const made = tf.slice(await evaluated(others, { images }), [0, 0], [-1, recording.classNames.length]);
  close('new classes', made, recording.tensor('eval_logits_class'));
}
