import { tensorRows } from '@dgprompt/engine/weights';
import type { Preparation } from '@dgprompt/images';
import * as tf from '@tensorflow/tfjs-core';
import { type ClipConfig, checkConfig } from './config.js';
import { disposeTower } from './image-features.js';
import type { ClipTokenizer } from './text/tokenizer.js';
import { forwardJoint, type JointOptions, type JointResult } from './towers/joint.js';
import { normalised } from './towers/normalised.js';
import { textReaders, visionReaders } from './towers/readers.js';
import { warnIfSlow } from './towers/slow.js';
import { type EnsembleOptions, textEnsemble } from './towers/text-ensemble.js';
import { type TextOptions, textFeatures, textStates } from './towers/text-features.js';
import type { Embed } from './towers/text-prefix.js';
import { transformerWeights, type VisionOptions, visionTower, walkVision } from './towers/vision.js';
import { finishVision } from './towers/vision-output.js';
import { classState } from './towers/vision-state.js';
import { visionTokens } from './towers/vision-tokens.js';
import { type ClipWeights, disposeWeights } from './weights/weights.js';
import { type ZeroShotClassifier, type ZeroShotOptions, zeroShot } from './zero-shot.js';

/**
 * A CLIP that accepts learned prompts. Features are L2-normalised by default. All methods except `ensemble` and
 * `zeroShot` also work inside `compile`.
 */
export interface Clip {
  config: ClipConfig;
  weights: ClipWeights;
  tokenizer: ClipTokenizer;
  /**
   * A hash of everything that determines its features, in hex: the SHA-256 of the weight file if heads, activation and
   * tokenizer are OpenAI's, otherwise a hash of it and of these; empty if the weights are not from a file.
   */
  id: string;
  /** Assumptions made while loading it, one sentence each. */
  notes: readonly string[];
  /** The config that was given to `loadClip`, which it needs to load the same CLIP again. */
  givenConfig?: object;
  /** The absolute path or hub id that the weights were loaded from; empty if they are not from a file. */
  source: string;
  /** The factor between cosines and logits (the exponential of the checkpoint's `logit_scale`). */
  logitScale: number;
  /** Added to the logits, so that a sigmoid turns them into probabilities; 0 for all families except SigLIP. */
  logitBias: number;
  /** Side R of the input images, in pixels. */
  imageSize: number;
  /** How images become its input: pass it to `evalPixels`, `evalTransform` and the like in place of a size. */
  preparation: Preparation;
  /**
   * Text features of class names.
   *
   * @param options.prompts learned context in place of words
   * @param options.template hand-written prompt with `{}` for the name; default "a photo of a {}."
   * @param options.truncate cut hand-written prompts that are too long; default false, which throws
   * @param options.raw do not L2-normalise the features; default false
   * @param options.between, options.beside, options.weights changes inside the tower
   * @returns [C, e], or [B, C, e] if prompts are per image
   * @throws a sentence naming the text if a prompt is longer than the context length, or the layer whose prompts or
   *   changes have the wrong shape
   */
  text(classNames: readonly string[], options?: TextOptions): tf.Tensor;
  /**
   * Text features, and the end tokens entering layers 0, 1, … of the text tower, [C, d_t] or [B, C, d_t] each, not
   * normalised.
   */
  textStates(classNames: readonly string[], options?: TextOptions): { features: tf.Tensor; states: tf.Tensor[] };
  /**
   * Image features [B, e] of images [B, 3, R, R], normalised pixels. Outside `compile` and gradients it computes in
   * JavaScript, which is slow and warns once; `imageFeatures` computes features of image files in a compiled tower.
   *
   * @param options.prompts visual prompts
   * @param options.between, options.beside, options.weights changes inside the tower
   * @throws a sentence naming the layer whose prompts or changes have the wrong shape
   */
  vision(images: tf.Tensor, options?: VisionOptions): tf.Tensor2D;
  /**
   * Image features [B, e], and the class tokens entering layers 0, 1, … of the vision tower, [B, d_v] each, not
   * normalised.
   */
  visionStates(images: tf.Tensor, options?: VisionOptions): { features: tf.Tensor2D; states: tf.Tensor2D[] };
  /**
   * Image features [B, e], and every token of the vision tower: the class token first, patches row by row next, prompts
   * last. A ModifiedResNet has no `states`; its `tokens` are those of its attention pool with every cell as a query.
   *
   * @returns tokens [B, N, e] after the last layer norm and the projection, not L2-normalised; states of all tokens
   *   entering layers 0, 1, … and leaving the last, [B, N, d_v] each
   */
  visionTokens(
    images: tf.Tensor,
    options?: VisionOptions,
  ): { features: tf.Tensor2D; tokens: tf.Tensor3D; states: tf.Tensor3D[] };
  /**
   * Features [C, K, e] of K tokens that read the prompts of each class and that nothing reads (RPO, Lee et al., ICCV
   * 2023); [B, C, K, e] if prompts are per image.
   *
   * @param readers [K, d_t], without positions
   * @param options as in `text`; `between` does not see the readers
   */
  textReaders(classNames: readonly string[], readers: tf.Tensor, options?: TextOptions): tf.Tensor;
  /**
   * Features [B, K, e] of K tokens that read the tokens of each image and that nothing reads.
   *
   * @param readers [K, d_v], or [B, K, d_v] per image; they enter before the first layer norm, without positions
   * @param options as in `vision`; `between` does not see the readers
   */
  visionReaders(images: tf.Tensor, readers: tf.Tensor, options?: VisionOptions): tf.Tensor3D;
  /**
   * Runs both towers layer by layer; the prompts of each layer may depend on the states of both towers. Prompts can
   * enter the layers that both towers have; the remaining layers of the deeper tower run without.
   */
  forwardJoint(images: tf.Tensor, classNames: readonly string[], options: JointOptions): JointResult;
  /**
   * Text features of class names, averaged over any number of hand-written templates (such as 80 for the 1,000 classes
   * of ImageNet).
   *
   * @param options.templates with `{}` for the name; default "a photo of a {}."
   * @param options.raw average features that are not L2-normalised; default false
   * @returns [C, e], L2-normalised; the caller disposes it
   * @throws a sentence naming the text if a prompt is longer than the context length; the signal's reason when aborted
   */
  ensemble(classNames: readonly string[], options?: EnsembleOptions): Promise<tf.Tensor2D>;
  /**
   * A classifier of images by hand-written prompts, whose features are averaged over the templates for each class.
   *
   * @param classes class names, or a dataset, whose templates are used unless `options.templates` has others
   */
  zeroShot(
    classes: readonly string[] | { classNames: readonly string[]; templates?: readonly string[] },
    options?: ZeroShotOptions,
  ): Promise<ZeroShotClassifier>;
  /** Frees the weights, and the features of its zero-shot classifiers. */
  dispose(): void;
}

/** The parts of a CLIP. */
export interface ClipParts {
  config: ClipConfig;
  /** Frozen tensors, or variables; the CLIP owns and disposes them. */
  weights: ClipWeights;
  tokenizer: ClipTokenizer;
  /** How images are prepared. Default: as for OpenAI's models */
  preparation?: Omit<Preparation, 'size'>;
  id?: string;
  notes?: readonly string[];
  source?: string;
  givenConfig?: object;
}

/**
 * Makes a CLIP from its parts; `loadClip` makes one from files.
 *
 * @throws a sentence naming the wrong setting of the config
 *
 * @example
 * ```ts
 * import { createClip } from '@dgprompt/clip';
 * import { clipVocabulary } from '@dgprompt/clip/text';
 * import { initClipWeights } from '@dgprompt/clip/weights';
 * import { seededRandom, useDevice } from '@dgprompt/engine';
 *
 * await useDevice();
 * const config = {
 *   embedDim: 64,
 *   activation: 'quick_gelu',
 *   vision: { imageSize: 32, patchSize: 8, width: 64, layers: 1, heads: 1 },
 *   text: { contextLength: 77, vocabSize: 49408, width: 64, layers: 1, heads: 1 },
 * } as const;
 * const weights = initClipWeights(config, seededRandom(1));
 * const clip = createClip({ config, weights, tokenizer: await clipVocabulary() });
 * console.log(clip.text(['cat', 'dog', 'owl']).shape); // [ 3, 64 ]
 * clip.dispose();
 * ```
 */
export function createClip({
  config,
  weights,
  tokenizer,
  preparation,
  id = '',
  notes = [],
  source = '',
  givenConfig,
}: ClipParts): Clip {
  checkConfig(config);
  const text = { weights: weights.text, config, tokenizer, embed: embedder(weights.text.tokenEmbedding) };
  const classifiers = new Set<ZeroShotClassifier>();
  const clip: Clip = {
    config,
    weights,
    tokenizer,
    id,
    notes,
    source,
    ...(givenConfig && { givenConfig }),
    logitScale: Math.exp(weights.logitScale.dataSync()[0]!),
    logitBias: weights.logitBias?.dataSync()[0] ?? 0,
    imageSize: config.vision.imageSize,
    preparation: { size: config.vision.imageSize, ...preparation },
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
    vision(images, options) {
      warnIfSlow();
      return tf.tidy(() => normalised(visionTower(weights.vision, config, images, options)));
    },
    visionStates(images, options = {}) {
      warnIfSlow();
      return tf.tidy(() => {
        const states: tf.Tensor2D[] = [];
        const tower = transformerWeights(weights.vision);
        const last = walkVision(tower, config, images, options, state => states.push(classState(config, state)));
        return { features: normalised(finishVision(tower, config, last)), states };
      });
    },
    visionTokens(images, options) {
      warnIfSlow();
      return tf.tidy(() => {
        const { tokens, states } = visionTokens(weights.vision, config, images, options);
        const [batch, , width] = tokens.shape;
        const first = tf.reshape(tf.slice(tokens, [0, 0, 0], [batch, 1, width]), [batch, width]);
        return { features: normalised(first as tf.Tensor2D), tokens, states };
      });
    },
    textReaders: (classNames, readers, options) =>
      tf.tidy(() => {
        const features = textReaders(text, classNames, readers, options);
        return options?.raw ? features : normalised(features);
      }),
    visionReaders(images, readers, options) {
      warnIfSlow();
      return tf.tidy(() => normalised(visionReaders(weights.vision, config, images, readers, options)));
    },
    forwardJoint(images, classNames, options) {
      warnIfSlow();
      return tf.tidy(() => forwardJoint(text, weights.vision, images, classNames, options));
    },
    ensemble: (classNames, options) => textEnsemble(text, classNames, options),
    async zeroShot(classes, options) {
      const classifier = await zeroShot(clip, classes, options);
      classifiers.add(classifier);
      return classifier;
    },
    dispose() {
      for (const classifier of classifiers) classifier.dispose();
      classifiers.clear();
      disposeTower(clip);
      disposeWeights(config, weights);
    },
  };
  return clip;
}

/**
 * Looks up token embeddings. Frozen ones are read in JavaScript, so that a graph contains the few rows it needs and not
 * the whole vocabulary; rows of a variable are gathered in the graph.
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
