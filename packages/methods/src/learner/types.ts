import type { Clip, TextPrompts } from '@dgprompt/clip';
import type { ImageSource } from '@dgprompt/images';
import type * as tf from '@tensorflow/tfjs';
import type { FrozenTargets } from '../features/image.js';

/** Variables in a plain tree; their paths are their names in checkpoints. */
export type Variables = { [name: string]: tf.Variable | Variables | (tf.Variable | Variables)[] };

/** The published experiments that a recipe depends on. */
export type ProtocolName = 'base-to-new' | 'few-shot' | 'cross-dataset' | 'domain-generalization';

/** The task of an experiment: a method's published numbers may depend on it. */
export interface TaskInfo {
  protocol: ProtocolName;
  /** Training images per class. */
  shots: number;
  /** The dataset's short name, such as `oxford_flowers`. */
  dataset: string;
  /** The dataset's hand-written prompts, `{}` for the class name. */
  templates: string[];
}

/** The numbers of a method's training. */
export interface Recipe {
  /** Learning rate after the warm-up epoch. */
  lr: number;
  epochs: number;
  batch: number;
  /** Batches whose gradients are averaged for one update. Default: 1 */
  accumulate?: number;
  /** Largest norm of all gradients together. Default: no limit */
  clipGradients?: number;
}

/** The two sides of a classifier, L2-normalised. */
export interface FeaturePair {
  /** [B, e] */
  image: tf.Tensor;
  /** [C, e], or [B, C, e] for per-image text */
  text: tf.Tensor;
  /** Class-token states entering the layers of the vision tower, [B, d_v] each, if the method returns them. */
  states?: tf.Tensor[];
}

/** Features of one tower, and its states if the other tower or a loss needs them. */
export interface Features {
  /** L2-normalised, [C, e] of texts or [B, e] of images */
  features: tf.Tensor;
  /** End-token states [C, d_t], or class-token states [B, d_v], entering each layer. */
  states?: tf.Tensor[];
}

/** The input of a loss. */
export interface LossTerms extends FeaturePair {
  /** [B, C] */
  logits: tf.Tensor2D;
  /** int32 [B] */
  labels: tf.Tensor1D;
  /** [B], 0 for the padding of a short batch */
  mask: tf.Tensor1D;
  /** Cross-entropy of the logits, averaged over the images. */
  crossEntropy: tf.Scalar;
  /** The frozen CLIP's features and logits of the same images and classes, if the method requests them. */
  frozen?: FeaturePair & { logits: tf.Tensor2D };
}

/** The learned part of a method: variables, and functions of images and class names that read them. */
export interface PromptLearner {
  /** Trained variables. */
  variables: Variables;
  /** Variables that are saved but not trained, such as averages. */
  state?: Variables;
  /** Learning-rate factors of groups of variables, by their keys in `variables`. Default: 1 */
  lrScale?: Record<string, number>;
  /** The variables belong to the classes that were trained on, and cannot take others. */
  classSpecific?: boolean;

  /** Text features [C, e] of a class set. Default: the frozen CLIP's, of the hand-written templates. */
  textFeatures?(classNames: string[]): tf.Tensor | Features;
  /** The learned context, for `interpret`, and to report class names that leave no room for it. */
  context?: TextPrompts;
  /** The hand-written templates of a method without text features. Default: the dataset's. */
  templates?: readonly string[];
  /** Per-image text features [B, C, e] from the frozen CLIP's image features [B, e], instead of `textFeatures`. */
  textForImages?(images: tf.Tensor, classNames: string[]): tf.Tensor;
  /** Image features [B, e] of images [B, 3, R, R]. Default: the frozen CLIP's, computed once for fixed views. */
  imageFeatures?(images: tf.Tensor4D, text: Features): tf.Tensor | Features;
  /** Both at once, instead of the above, if each side depends on the other. */
  features?(images: tf.Tensor4D, classNames: string[]): FeaturePair;
  /** Logits [B, C]. Default: cosine times CLIP's logit scale. */
  logits?(features: FeaturePair): tf.Tensor2D;
  /** The minimised scalar. Default: the cross-entropy. */
  loss?(terms: LossTerms): tf.Scalar;
  /** Requests the frozen CLIP's features for the loss; they are computed once if possible. */
  frozen?: FrozenTargets;
  /** Loss and gradients, if a method changes them (ProGrad). Default: `valueAndGrads` of the loss. */
  gradients?(terms: () => LossTerms, variables: Variables): [tf.Scalar, Variables];

  /** Finds the variables at once, on frozen image features, instead of epochs of gradient steps. */
  fit?(data: FitData): Promise<Fit>;
  /** Runs once before the first epoch. `meanOf` averages the results of `fn`, [B, …] each, over all training images. */
  prepare?(meanOf: MeanOverImages): Promise<void>;
  /** Runs after every epoch (1 … epochs), outside the compiled step. */
  afterEpoch?(epoch: number, epochs: number): Promise<void> | void;
}

/** Frozen features with their labels. */
export interface LabelledFeatures {
  /** L2-normalised, [N, e] */
  features: tf.Tensor2D;
  /** N class indices from 0 */
  labels: Int32Array;
}

/** The input of `fit`: features of whole images, as in a test. */
export interface FitData extends LabelledFeatures {
  /** For choosing settings, if `train` got validation images. */
  validation?: LabelledFeatures;
  signal?: AbortSignal;
}

/** The result of `fit`. */
export interface Fit {
  /** The minimum of the minimised function. */
  loss: number;
}

export type MeanOverImages = (fn: (images: tf.Tensor4D) => tf.Tensor[]) => Promise<tf.Tensor[]>;

/** A class with its probability. */
export interface Prediction {
  label: string;
  /** Softmax over all classes, in [0, 1]. */
  score: number;
}

/** A method put on a CLIP and a list of classes. */
export interface Method {
  /** The method's id, with its variant if it has one. */
  readonly name: string;
  readonly clip: Clip;
  readonly classNames: readonly string[];
  /** Every option with its value. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Published depths beyond this CLIP's layers, by option: `options` has the values used instead. */
  readonly capped: Readonly<Record<string, number>>;
  readonly recipe: Readonly<Recipe>;
  readonly task: Readonly<TaskInfo>;
  readonly seed: number;
  /** The learned part. */
  readonly learner: PromptLearner;
  /**
   * The same prompts with other classes. This method still owns the shared variables.
   * @throws one sentence if the variables belong to the classes they were trained on, or a name is empty or duplicate
   */
  forClasses(classNames: readonly string[]): Method;
  /**
   * The most likely classes of each image.
   * @param images paths of image files, or encoded images as bytes
   * @param options.top classes per image, best first. Default: 5
   */
  predict(images: readonly ImageSource[], options?: { top?: number; signal?: AbortSignal }): Promise<Prediction[][]>;
  /** Writes `prompts.safetensors` and `run.json` into the folder; `loadMethod` reads them. */
  save(folder: string): Promise<void>;
  /** Frees the variables and the sessions of `predict`. The CLIP stays the caller's. */
  dispose(): void;
}
