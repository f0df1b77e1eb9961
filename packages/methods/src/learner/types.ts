import type { Clip, TextPrompts } from '@dgprompt/clip';
import type { Dataset } from '@dgprompt/datasets';
import type { OptimizerSettings, ScheduleSettings } from '@dgprompt/engine/optim';
import type { Augmentation, ImageSource, Preparation, Views } from '@dgprompt/images';
import type * as tf from '@tensorflow/tfjs-core';
import type { Descriptions } from '../features/descriptions.js';
import type { FrozenTargets } from '../features/image.js';

/** Variables in a plain tree; their paths are their names in checkpoints. */
export type Variables = { [name: string]: tf.Variable | Variables | (tf.Variable | Variables)[] };

/** The published experiments that a recipe depends on. */
export type ProtocolName = 'base-to-new' | 'few-shot' | 'cross-dataset' | 'domain-generalization';

/** What a method is made for: a dataset, or class names alone. */
export type Classes = Dataset | readonly string[];

export type { Descriptions };

/** The task of an experiment: a method's published numbers may depend on it. */
export interface TaskInfo {
  protocol: ProtocolName;
  /** Training images per class. */
  shots: number;
  /** All training images. */
  images: number;
  /** The dataset's short name, such as `oxford_flowers`. */
  dataset: string;
  /** The dataset's hand-written prompts, `{}` for the class name. */
  templates: string[];
  /** Sentences about each class, for the methods that take them; undefined if there are none. */
  descriptions?: Descriptions;
}

/** The numbers of a method's training. */
export interface Recipe {
  /** Learning rate after the warm-up epoch. */
  lr: number;
  /** 0: no gradient steps, for a method that learns by `fit` alone, or adapts to each test image. */
  epochs: number;
  batch: number;
  /** Keeps a short last batch of an epoch, as Tip-Adapter's loader does. Default: false, as in most published code */
  keepLast?: boolean;
  /** Batches whose gradients are averaged for one update. Default: 1 */
  accumulate?: number;
  /** Maximum global norm of the gradients. Default: no limit */
  clipGradients?: number;
  /** Default: SGD with momentum 0.9 and weight decay 5e-4, as in most published prompt learners. */
  optimizer?: OptimizerSettings;
  /** Default: cosine annealing per epoch after one warm-up epoch at 1e-5, likewise. */
  schedule?: ScheduleSettings;
  /**
   * Classes per step: each step sees a random subset of the classes that contains its batch's labels, and nothing that
   * it computes depends on the others. Default: all classes.
   */
  episode?: number;
  /** Smallest area of random crops in training, as a fraction of the image's. Default: 0.08, as in most */
  cropScale?: number;
  /** Random views in training: see `augmentations` of `@dgprompt/images`. Default: random crops, mirrored or not */
  augmentation?: Augmentation;
}

/** How the training of a group of variables differs from the recipe. */
export interface GroupSettings {
  /** Factor on the learning rate. Default: 1 */
  lrScale?: number;
  /** Instead of the optimizer's. */
  weightDecay?: number;
}

/** The two sides of a classifier, L2-normalised. */
export interface FeaturePair {
  /** [B, e] */
  image: tf.Tensor;
  /** [C, e], or [B, C, e] for per-image text */
  text: tf.Tensor;
  /** Class-token states entering the layers of the vision tower, [B, d_v] each, if the method returns them. */
  states?: tf.Tensor[];
  /** As returned with the text features. */
  perClass?: Record<string, tf.Tensor>;
}

/** Features of one tower, and its states if the other tower or a loss needs them. */
export interface Features {
  /** L2-normalised, [C, e] of texts or [B, e] of images */
  features: tf.Tensor;
  /** End-token states [C, d_t], or class-token states [B, d_v], entering each layer. */
  states?: tf.Tensor[];
  /** Anything else that `logits` needs, one row per class: [C, …]. */
  perClass?: Record<string, tf.Tensor>;
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
  /** Uniform random numbers in [0, 1), drawn before every training step, for dropout; not trained and not saved. */
  noise?: Variables;
  /** Training settings of groups of variables, by their keys in `variables`. */
  groups?: Record<string, GroupSettings>;
  /** The variables belong to the classes that were trained on and do not apply to others. */
  classSpecific?: boolean;

  /** The learned context, or several, for `interpret`, and to report class names that leave no room for it. */
  context?: TextPrompts | readonly TextPrompts[];
  /**
   * Text features [C, e] of a class set. Default: the frozen CLIP's, of hand-written templates.
   * @param given what the method is conditioned on: the frozen CLIP's features of each `image` [B, e] (then the result
   *   is [B, C, e]), and of the hand-written `text` [C, e] for `templates`; and the dataset of these classes
   */
  textFeatures?(classNames: string[], given: GivenFrozen & ClassesOf): tf.Tensor | Features;
  /**
   * What the method's features claim to depend on: text features on each `image`, image features on the set of
   * `classes`, either on the hand-written `templates`. `checkMethod` tests it. Default: nothing
   */
  conditionedOn?: readonly Condition[];
  /**
   * Image features [B, e] of images [B, 3, R, R]. Default: the frozen CLIP's, computed once for fixed views.
   * @param given the frozen CLIP's features of each `image` [B, e], if they are known: in training with a loss that
   *   compares with them
   */
  imageFeatures?(images: tf.Tensor4D, text: Features, given: GivenFrozen): tf.Tensor | Features;
  /**
   * Both at once, instead of the above, if each side depends on the other.
   * @param pick keeps the classes of the current episode in any tensor with one row per class, along its axis
   * @param given the frozen CLIP's text features, for a method conditioned on templates; and the classes' dataset
   */
  features?(images: tf.Tensor4D, classNames: string[], pick: PickClasses, given: GivenFrozen & ClassesOf): FeaturePair;
  /** Logits [B, C]. Default: cosine times CLIP's logit scale. */
  logits?(features: FeaturePair): tf.Tensor2D;
  /**
   * Pools the features of each image's views into one, [B, e], L2-normalised, in tests with several views. Not called
   * for one view or for per-image text; `logits` then gets no states. Default: the mean, normalised again, or, for
   * `logits` of its own and images with `states`, the mean of the views' logits
   * @param views L2-normalised, [B, V, e], in the order of `testViews` of `@dgprompt/images`
   * @param text features [C, e] of the class set
   */
  poolViews?(views: tf.Tensor3D, text: Features): tf.Tensor2D;
  /** The scalar to minimise. Default: the cross-entropy. */
  loss?(terms: LossTerms): tf.Scalar;
  /**
   * The frozen CLIP's features that a method without text features, or a loss, needs; they are computed once if
   * possible.
   */
  frozen?: FrozenTargets;
  /** Loss and gradients, if a method changes them (ProGrad). Default: `valueAndGrads` of the loss. */
  gradients?(terms: () => LossTerms, variables: Variables): [tf.Scalar, Variables];

  /**
   * Learns from the shots before the first epoch: instead of gradient steps (a linear probe; its recipe has 0 epochs),
   * or as their starting point (a cache of features).
   */
  fit?(shots: Shots): Promise<Fit | undefined>;
  /**
   * `fit` chooses by the labels of test images, as some published implementations do; `bench` runs it only if its id
   * says so.
   */
  readsTest?: boolean;
  /** `fit` reads augmented views of the training images; without this, reading `Shots.augmented` throws. */
  readsAugmented?: boolean;
  /** Adapts the variables to each test image, starting from the trained ones each time. */
  adapt?: Adaptation;
  /**
   * Adapts to all images and classes of a test, without labels, before it is evaluated, and restores the variables
   * afterwards. Predictions of single images do not adapt.
   */
  adaptSet?: SetAdaptation;
  /**
   * Runs in every training step, compiled with it, between the gradients and the update: for published implementations
   * that write into their variables while computing features.
   */
  beforeUpdate?(): void;
  /** Runs after every epoch (1 … epochs), outside the compiled step; training then takes no `patience`. */
  afterEpoch?(epoch: number, epochs: number): Promise<void> | void;
  /** Runs at the end of training with steps, on the epoch that is kept: to choose settings on what was learned. */
  afterTraining?(): Promise<void> | void;
  /** Replaces the functions above in the loss, if training differs from testing; an undefined key means its default. */
  inTraining?: Partial<Pick<PromptLearner, 'textFeatures' | 'imageFeatures' | 'logits' | 'loss'>>;
  /** Classes per training step, unless the recipe gives `episode`. Default: all classes */
  episode?: number;
  /** For `explain`: the trained method without one of its parts, or with that part replaced. */
  controls?: Controls;
}

/**
 * Functions that replace a learner's own, by the title of the change, such as `no image → text`. `explain` adds
 * controls of what a learner is `conditionedOn`; an entry with the same title replaces one of them, undefined removes
 * it.
 */
export type Controls = Readonly<Record<string, Partial<PromptLearner> | undefined>>;

/** The frozen CLIP's features that learned ones are conditioned on. */
export type GivenFrozen = {
  image?: tf.Tensor; // [B, e]
  text?: tf.Tensor; // [C, e]
};

/** The dataset that a set of classes belongs to, which may be another than that of training. */
export type ClassesOf = Pick<TaskInfo, 'dataset' | 'templates'>;

/** What features can depend on, in addition to their own input. */
export type Condition = 'image' | 'classes' | 'templates';

/** Keeps the classes of an episode: rows of a tensor along its class axis. Default axis: 0 */
export type PickClasses = <T extends tf.Tensor>(ofClasses: T, axis?: number) => T;

/** Test-time adaptation to one unlabelled image, from its augmented views. */
export interface Adaptation {
  /** Augmented views in addition to the image itself, at least 1. */
  views: number;
  /** Kind of these views. Default: random crops, mirrored or not */
  augmentation?: Augmentation;
  /** Filter that resizes the crops of these views. Default: that of the CLIP's images */
  interpolation?: Preparation['interpolation'];
  /** Gradient steps. */
  steps: number;
  lr: number;
  optimizer: OptimizerSettings;
  /** The minimised scalar of the logits [1 + views, C], the image itself first. */
  loss(logits: tf.Tensor2D): tf.Scalar;
}

/** Test-time adaptation to a class set and the unlabelled images of a test. */
export interface SetAdaptation {
  /** The variables to adapt. */
  variables: Variables;
  /** Functions that read them and replace the learner's own in such a test. */
  change: Pick<PromptLearner, 'imageFeatures'>;
  /** Images per step, at most. */
  batch: number;
  /** Gradient steps. */
  steps: number;
  lr: number;
  optimizer: OptimizerSettings;
  /** The minimised scalar of logits [B, C]. @param mask [B], 0 for the padding of a short batch */
  loss(logits: tf.Tensor2D, mask: tf.Tensor1D): tf.Scalar;
}

/** Frozen features with their labels. */
export interface LabelledFeatures {
  /** L2-normalised, [N, e] */
  features: tf.Tensor2D;
  /** N class indices from 0 */
  labels: Int32Array;
}

/** The input of `fit`: frozen features of the training images, not augmented, as in a test. */
export interface Shots extends LabelledFeatures {
  classCount: number;
  /** For choosing settings; undefined without validation images. */
  validation?: LabelledFeatures;
  /** Of the dataset's test images, for a learner that `readsTest`. */
  test?: LabelledFeatures;
  /** Features of the hand-written prompts, [C, e], for a method without text features. */
  text?: tf.Tensor2D;
  /** Averages the results of `fn`, [B, …] each, over all training images. */
  meanOf: MeanOverImages;
  /** The result of `fn`, [B, d], for every training image as a whole: [N, d], the caller's to dispose. */
  rowsOf(fn: (images: tf.Tensor4D) => tf.Tensor): Promise<tf.Tensor2D>;
  /**
   * The result of `fn`, [B, d], for an augmented view of every training image: [N, d], the caller's to dispose.
   * Undefined if views are fixed. Throws unless the learner `readsAugmented`.
   *
   * @param k index of the view, from 0; the same index gives the same view
   */
  augmented?(fn: (images: tf.Tensor4D) => tf.Tensor, k: number): Promise<tf.Tensor2D>;
  signal?: AbortSignal;
}

/** The result of `fit`. */
export interface Fit {
  /** Final value of the minimised function. */
  loss: number;
}

export type MeanOverImages = (fn: (images: tf.Tensor4D) => tf.Tensor[]) => Promise<tf.Tensor[]>;

/** A class with its probability. */
export interface Prediction {
  label: string;
  /** Softmax over all classes, in [0, 1]. */
  score: number;
}

/** A method applied to a CLIP and a list of classes. */
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
  /** The dataset that the method was made from; undefined for class names alone. */
  readonly dataset?: Dataset;
  /** What the recipe had to assume about the data; undefined if everything was given. */
  readonly assumed?: string;
  readonly seed: number;
  /** The learned part. */
  readonly learner: PromptLearner;
  /**
   * The same prompts with other classes; a dataset's classes come with its templates. This method still owns the shared
   * variables.
   * @throws one sentence if the variables belong to the classes they were trained on, or a name is empty or duplicate
   */
  forClasses(classes: Classes): Method;
  /**
   * The most likely classes of each image.
   * @param images paths of image files, or encoded images as bytes
   * @param options.top classes per image, best first. Default: 5
   * @param options.views views per image, averaged for the prediction. Default: 1
   */
  predict(
    images: readonly ImageSource[],
    options?: { top?: number; views?: Views; signal?: AbortSignal },
  ): Promise<Prediction[][]>;
  /** Writes `prompts.safetensors` and `run.json` into the folder; `loadMethod` reads them. */
  save(folder: string): Promise<void>;
  /** Frees the variables and the sessions of `predict`. The CLIP stays the caller's. */
  dispose(): void;
}
