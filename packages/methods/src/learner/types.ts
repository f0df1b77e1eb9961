import type { Clip, TextPrompts } from '@dgprompt/clip';
import type { ImageSource } from '@dgprompt/images';
import type * as tf from '@tensorflow/tfjs';
import type { FrozenTargets } from '../features/image.js';

/** Variables in a plain tree; their paths are the names that a checkpoint has for them. */
export type Variables = { [name: string]: tf.Variable | Variables | (tf.Variable | Variables)[] };

/** The published experiments that a recipe can differ by. */
export type ProtocolName = 'base-to-new' | 'few-shot' | 'cross-dataset' | 'domain-generalization';

/** What an experiment is about: a method's published numbers may depend on it. */
export interface TaskInfo {
  protocol: ProtocolName;
  /** Training images a class. */
  shots: number;
  /** The dataset's short name, such as `oxford_flowers`. */
  dataset: string;
  /** The dataset's hand-written prompts, `{}` where the class name goes. */
  templates: string[];
}

/** How a method is trained. */
export interface Recipe {
  /** Learning rate after the warm-up epoch. */
  lr: number;
  epochs: number;
  batch: number;
  /** Batches whose gradients are averaged for one update. Left out: 1. */
  accumulate?: number;
  /** Most that the norm of all gradients together may be. Left out: no limit. */
  clipGradients?: number;
}

/** The two sides of a classifier, L2-normalised. */
export interface FeaturePair {
  /** [B, e] */
  image: tf.Tensor;
  /** [C, e], or [B, C, e] where prompts are made for each image */
  text: tf.Tensor;
  /** Class-token states entering the layers of the vision tower, [B, d_v] each, where the method gives them. */
  states?: tf.Tensor[];
}

/** Features of one tower, and states on the way to them where the other tower, or a loss, wants them. */
export interface Features {
  /** L2-normalised, [C, e] of texts or [B, e] of images */
  features: tf.Tensor;
  /** End-token states [C, d_t], or class-token states [B, d_v], entering each layer. */
  states?: tf.Tensor[];
}

/** What a loss is handed. */
export interface LossTerms extends FeaturePair {
  /** [B, C] */
  logits: tf.Tensor2D;
  /** int32 [B] */
  labels: tf.Tensor1D;
  /** [B], 0 for the padding of a short batch */
  mask: tf.Tensor1D;
  /** Cross-entropy of the logits, the mean over the rows. */
  crossEntropy: tf.Scalar;
  /** The frozen CLIP's features and logits of the same images and classes, where the method asks for them. */
  frozen?: FeaturePair & { logits: tf.Tensor2D };
}

/** What `build` makes of a CLIP: variables, and functions of images and class names that read them. */
export interface PromptLearner {
  /** What is trained. */
  variables: Variables;
  /** What is kept with the variables but not trained, such as averages. */
  state?: Variables;
  /** Factor on the learning rate of a group of variables, by its key in `variables`; 1 where not given. */
  lrScale?: Record<string, number>;
  /** What is learned belongs to the classes that were trained on, and no others can be put in. */
  classSpecific?: boolean;

  /** Text features [C, e] of a class set. Left out: the frozen CLIP's, of the hand-written templates. */
  textFeatures?(classNames: string[]): tf.Tensor | Features;
  /** The learned context, for `interpret`, and so that a class name that leaves no room for it is told at once. */
  context?: TextPrompts;
  /** The hand-written templates of a method without text features of its own. Left out: the dataset's. */
  templates?: readonly string[];
  /** Text features [B, C, e] made for each image from the frozen CLIP's features of it, [B, e]: instead of `textFeatures`. */
  textForImages?(images: tf.Tensor, classNames: string[]): tf.Tensor;
  /** Image features [B, e] of images [B, 3, R, R]. Left out: the frozen CLIP's, computed once where views are fixed. */
  imageFeatures?(images: tf.Tensor4D, text: Features): tf.Tensor | Features;
  /** Both at once, instead of all above, where each side depends on the other. */
  features?(images: tf.Tensor4D, classNames: string[]): FeaturePair;
  /** Logits [B, C]; left out: cosine times CLIP's logit scale. */
  logits?(features: FeaturePair): tf.Tensor2D;
  /** What is minimised; left out: the cross-entropy. */
  loss?(terms: LossTerms): tf.Scalar;
  /** The loss wants the frozen CLIP's features as well; they are computed once where they can be. */
  frozen?: FrozenTargets;
  /** Loss and gradients, where a method changes them (ProGrad); left out: `valueAndGrads` of the loss. */
  gradients?(terms: () => LossTerms, variables: Variables): [tf.Scalar, Variables];

  /** Finds the variables at once, on frozen image features, in place of epochs of gradient steps. */
  fit?(data: FitData): Promise<Fit>;
  /** Runs once before the first epoch. `meanOf` averages what `fn` gives, [B, …] each, over all training images. */
  prepare?(meanOf: MeanOverImages): Promise<void>;
  /** Runs after every epoch (1 … epochs), outside of the compiled step. */
  afterEpoch?(epoch: number, epochs: number): Promise<void> | void;
}

/** Frozen features with their labels. */
export interface LabelledFeatures {
  /** L2-normalised, [N, e] */
  features: tf.Tensor2D;
  /** Of the classes, N numbers from 0 */
  labels: Int32Array;
}

/** What `fit` is given: images seen whole, as in a test. */
export interface FitData extends LabelledFeatures {
  /** To choose settings by, where validation images were given to `train`. */
  validation?: LabelledFeatures;
  signal?: AbortSignal;
}

/** What `fit` tells. */
export interface Fit {
  /** What was minimised, at its minimum. */
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
  /** Every option with the value in use. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Published values that this CLIP is too shallow for, by option: `options` has what is used instead. */
  readonly capped: Readonly<Record<string, number>>;
  readonly recipe: Readonly<Recipe>;
  readonly task: Readonly<TaskInfo>;
  readonly seed: number;
  /** The learned parts, for the training loop and for whoever wants to look inside. */
  readonly learner: PromptLearner;
  /**
   * The same prompts with other classes. The variables are shared with this method, which stays their owner.
   * @throws where the prompts belong to the classes they were trained on, or a name is empty or there twice
   */
  forClasses(classNames: readonly string[]): Method;
  /**
   * The most likely classes of each image.
   * @param images paths of image files, or encoded images as bytes
   * @param options.top how many classes to give, best first. Default 5.
   */
  predict(images: readonly ImageSource[], options?: { top?: number; signal?: AbortSignal }): Promise<Prediction[][]>;
  /** Writes `prompts.safetensors` and `run.json` into the folder; `loadMethod` reads them. */
  save(folder: string): Promise<void>;
  /** Frees the variables and what `predict` keeps. The CLIP is the caller's. */
  dispose(): void;
}
