import { normalised } from '@dgprompt/clip';
import { visionTower } from '@dgprompt/clip/towers';
import { softmaxCrossEntropy } from '@dgprompt/engine';
import { textContext } from '@dgprompt/prompts';
import * as tf from '@tensorflow/tfjs-core';
import { cosineLogits } from '../learner/logits.js';
import { defineMethod } from '../method/define.js';
import { drawn, zeros } from './parts/linear.js';
import { ownRows } from './parts/own-classes.js';

/**
 * DePT (Zhang et al., CVPR 2024) on CoOp: a linear probe with a scale and a shift per channel learns what is specific
 * to the training classes, so that the context keeps to what all classes share. Logits of the training classes are a
 * mean of both; new classes use CoOp alone.
 *
 * The probe sees features before they are L2-normalised, so image features are computed in every step.
 *
 * @example
 * ```ts
 * import { loadClip } from '@dgprompt/clip';
 * import { dept } from '@dgprompt/methods/zoo';
 * import { miniClip } from '@dgprompt/pictograms';
 *
 * const method = dept(await loadClip(miniClip), ['sun', 'moon'], { tokens: 4 });
 * console.log(method.options); // { tokens: 4, weight: 0.7, lrScale: 6.5 }
 * ```
 */
export const dept = defineMethod({
  name: 'dept',
  title: 'DePT',
  summary: 'CoOp beside a linear probe that takes over what belongs to trained classes',
  options: {
    /** M, learned context vectors. */
    tokens: 16,
    /** Share of the probe, in the loss and in the logits of the training classes. */
    weight: 0.7,
    /** Factor on the learning rate of the probe, its scales and its shifts. */
    lrScale: 6.5,
  },
  ranges: { tokens: [1, 1024, 'whole'], weight: [0, 1], lrScale: [0.001, 1000] },
  searchStages: [['weight=0.3', 'weight=0.5']],
  recipe: () => ({ lr: 0.0035, epochs: 10, batch: 4 }),
  build(clip, { tokens, weight, lrScale }, random, { classNames }) {
    const { embedDim } = clip.config;
    const text = textContext(clip, { tokens }, random); // [M, d_t]
    const ones = () => tf.tidy(() => tf.variable(tf.ones([embedDim])));
    const channels = () => ({ scale: ones(), shift: zeros([embedDim]) }); // [e] each
    const probe = {
      weight: drawn(random, [classNames.length, embedDim], embedDim ** -0.5), // [C, e]
      bias: drawn(random, [classNames.length], embedDim ** -0.5), // [C]
    };
    const ofChannels = { image: channels(), text: channels() };
    const logitsOfProbe = (
      raw: tf.Tensor,
      { scale, shift }: ReturnType<typeof channels>,
      { probeWeight, probeBias }: Record<string, tf.Tensor>,
    ) => {
      const changed = tf.add(tf.mul(raw, scale), shift) as tf.Tensor2D; // [B, e]
      return tf.add(tf.matMul(changed, probeWeight as tf.Tensor2D, false, true), probeBias!) as tf.Tensor2D; // [B, C]
    };
    return {
      context: text,
      variables: { ...text.variables, channels: ofChannels, probe },
      groups: { channels: { lrScale }, probe: { lrScale } },
      textFeatures(names) {
        const raw = clip.text(names, { prompts: text, raw: true }); // [C, e]
        const [probeWeight, probeBias] = [probe.weight, probe.bias].map(rows => ownRows(classNames, names, rows));
        const own = probeWeight && probeBias ? { raw, probeWeight, probeBias } : undefined;
        return { features: normalised(raw), ...(own ? { perClass: own } : {}) };
      },
      imageFeatures(images) {
        const raw = visionTower(clip.weights.vision, clip.config, images); // [B, e]
        return { features: normalised(raw), states: [raw] };
      },
      logits({ perClass, states, ...features }) {
        const cosines = cosineLogits(features, clip.logitScale);
        if (!perClass) return cosines;
        const probed = logitsOfProbe(states![0]!, ofChannels.image, perClass);
        return tf.add(tf.mul(cosines, 1 - weight), tf.mul(probed, weight));
      },
      loss({ image, text: tuned, states, perClass, labels, mask }) {
        const cosines = cosineLogits({ image, text: tuned }, clip.logitScale);
        const texts = tf.gather(perClass!.raw!, labels); // [B, e], of each image's class
        const ofTexts = logitsOfProbe(texts, ofChannels.text, perClass!);
        const ofImages = logitsOfProbe(states![0]!, ofChannels.image, perClass!);
        const [shared, ...own] = [cosines, ofTexts, ofImages].map(one => softmaxCrossEntropy(one, labels, mask));
        return tf.add(tf.mul(shared!, 1 - weight), tf.mul(tf.add(own[0]!, own[1]!), weight / 2));
      },
    };
  },
});
