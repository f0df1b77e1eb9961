import { tensorRows } from '@dgprompt/engine/weights';
import * as tf from '@tensorflow/tfjs';
import { type ClipConfig, checkConfig } from './config.js';
import type { ClipTokenizer } from './text/tokenizer.js';
import { forwardJoint, type JointOptions, type LockStepResult } from './towers/joint.js';
import { normalised } from './towers/normalised.js';
import { type EnsembleOptions, textEnsemble } from './towers/text-ensemble.js';
import { type TextOptions, textFeatures, textStates } from './towers/text-features.js';
import type { Embed } from './towers/text-prefix.js';
import {
  classState,
  finishVision,
  startVision,
  stepVision,
  transformerWeights,
  type VisionPrompts,
  visionTower,
} from './towers/vision.js';
import { type ClipWeights, disposeWeights } from './weights/weights.js';
import { type ZeroShotClassifier, type ZeroShotOptions, zeroShot } from './zero-shot.js';

/** A CLIP to put prompts into. Features are L2-normalised unless asked otherwise; everything but `ensemble` and `zeroShot` works inside `compile` too. */
export interface Clip {
  config: ClipConfig;
  weights: ClipWeights;
  tokenizer: ClipTokenizer;
  /** SHA-256 of the weight file, in hex; empty if the weights came from no file. */
  id: string;
  /** Where the weights were loaded from, an absolute path or the id of a model on the hub; empty if from nowhere. */
  source: string;
  /** What cosines are multiplied by to make logits (the exponential of the checkpoint's `logit_scale`). */
  logitScale: number;
  /** Side R of its input images, in pixels. */
  imageSize: number;
  /**
   * Text features of class names.
   * @param options.prompts learned context in place of words
   * @param options.template hand-written prompt, `{}` where the name goes. Default: "a photo of a {}."
   * @param options.truncate cut hand-written prompts that are too long. Default: false, an error
   * @param options.raw features as they come out of the tower, not L2-normalised. Default: false
   * @returns [C, e], or [B, C, e] when prompts are per image
   * @throws naming the text if a prompt is longer than the context length
   */
  text(classNames: readonly string[], options?: TextOptions): tf.Tensor;
  /** Text features, and the end tokens entering layers 0, 1, … of the text tower, [C, d_t] or [B, C, d_t] each, as they are there. */
  textStates(classNames: readonly string[], options?: TextOptions): { features: tf.Tensor; states: tf.Tensor[] };
  /** Image features [B, e] of images [B, 3, R, R], normalised pixels. */
  vision(images: tf.Tensor, options?: { prompts?: VisionPrompts }): tf.Tensor2D;
  /** Image features [B, e], and the class tokens entering layers 0, 1, … of the vision tower, [B, d_v] each, as they are there. */
  visionStates(
    images: tf.Tensor,
    options?: { prompts?: VisionPrompts },
  ): { features: tf.Tensor2D; states: tf.Tensor2D[] };
  /**
   * Both towers one layer at a time, each layer's prompts made from what has been seen in both. Prompts can enter the layers
   * that both towers have; then each tower runs on alone.
   */
  forwardJoint(images: tf.Tensor, classNames: readonly string[], options: JointOptions): LockStepResult;
  /**
   * Text features of class names, averaged over hand-written templates: as many as there may be, a thousand classes in eighty templates too.
   * @param options.templates `{}` where the name goes. Default: "a photo of a {}."
   * @param options.raw average the features as they come out of the tower. Default: L2-normalised ones
   * @returns [C, e], L2-normalised; the caller's to dispose
   * @throws naming the text if a prompt is longer than the context length; the signal's reason when aborted
   */
  ensemble(classNames: readonly string[], options?: EnsembleOptions): Promise<tf.Tensor2D>;
  /** A classifier of image files by hand-written prompts: their features are averaged over the templates for each class. */
  zeroShot(classNames: readonly string[], options?: ZeroShotOptions): Promise<ZeroShotClassifier>;
  /** Frees the weights and what zero-shot classifiers made of it hold. */
  dispose(): void;
}

export interface ClipParts {
  config: ClipConfig;
  /** Frozen tensors, or variables; the clip's from now on. */
  weights: ClipWeights;
  tokenizer: ClipTokenizer;
  id?: string;
  source?: string;
}

/**
 * A CLIP from its parts; `loadClip` makes one from files.
 * @throws a sentence naming the setting that does not fit
 */
export function createClip({ config, weights, tokenizer, id = '', source = '' }: ClipParts): Clip {
  checkConfig(config);
  const text = { weights: weights.text, config, tokenizer, embed: embedder(weights.text.tokenEmbedding) };
  const classifiers = new Set<ZeroShotClassifier>();
  const clip: Clip = {
    config,
    weights,
    tokenizer,
    id,
    source,
    logitScale: Math.exp(weights.logitScale.dataSync()[0]!),
    imageSize: config.vision.imageSize,
    text: (classNames, options) =>
      tf.tidy(() => {
        const features = textFeatures(text, classNames, options);
        return options?.raw ? features : normalised(features);
      }),
    textStates: (classNames, options) =>
      tf.tidy(() => {
        const { features, states } = textStates(text, classNames, options);
        return { features: normalised(features), states: states() };
      }),
    vision: (images, options) => tf.tidy(() => normalised(visionTower(weights.vision, config, images, options))),
    visionStates: (images, { prompts } = {}) =>
      tf.tidy(() => {
        const states: tf.Tensor2D[] = [];
        const tower = transformerWeights(weights.vision);
        let state = startVision(tower, config, images);
        while (state.layer < config.vision.layers) {
          states.push(classState(state));
          state = stepVision(tower, config, state, prompts?.layer(state.layer));
        }
        return { features: normalised(finishVision(tower, state)), states };
      }),
    forwardJoint: (images, classNames, options) =>
      tf.tidy(() => forwardJoint(text, weights.vision, images, classNames, options)),
    ensemble: (classNames, options) => textEnsemble(text, classNames, options),
    async zeroShot(classNames, options) {
      const classifier = await zeroShot(clip, classNames, options);
      classifiers.add(classifier);
      return classifier;
    },
    dispose() {
      for (const classifier of classifiers) classifier.dispose();
      classifiers.clear();
      disposeWeights(config, weights);
    },
  };
  return clip;
}

/**
 * Looks up token embeddings. Frozen ones are read in JavaScript, so that a graph holds the few rows it needs and not the whole
 * vocabulary; a variable is gathered from.
 */
function embedder(embedding: tf.Tensor): Embed {
  const width = embedding.shape[1]!;
  if (embedding instanceof tf.Variable)
    return slots => {
      const words = slots.map(slot => Math.max(slot, 0));
      const rows = tf.gather(embedding as tf.Tensor2D, tf.tensor1d(words, 'int32')); // [n, d]
      return tf.mul(
        rows,
        tf.tensor2d(
          slots.map(slot => (slot < 0 ? 0 : 1)),
          [slots.length, 1],
        ),
      );
    };
  return slots => {
    const words = slots.filter(slot => slot >= 0);
    const values = tensorRows(embedding, words);
    const rows = new Float32Array(slots.length * width);
    let word = 0;
    slots.forEach((slot, row) => {
      if (slot >= 0) rows.set(values.subarray(word * width, ++word * width), row * width);
    });
    return tf.tensor2d(rows, [slots.length, width]);
  };
}
