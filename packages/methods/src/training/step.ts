import { compile, type GraphFacts, leaves, mapTree, sgd, softmaxCrossEntropy, valueAndGrads } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs';
import { cosineLogits } from '../evaluation/logits.js';
import { frozenImage } from '../features/image.js';
import type { FeaturePair, Features, LossTerms, Method, Variables } from '../method/types.js';
import { inParts } from './in-parts.js';

/** One training batch: pixels, or the frozen CLIP's features of them where those are all that is needed, or both. */
export type Batch = {
  images?: tf.Tensor4D; // [B, 3, R, R], normalised
  frozen?: { image: tf.Tensor; states?: tf.Tensor[] }; // [B, e]
  labels: tf.Tensor1D; // int32 [B]
  mask: tf.Tensor1D; // [B], 0 for padding
};

/** What is computed once for the class set. */
export type ClassTargets = {
  /** Text features of a method that has no text prompts. */
  text?: tf.Tensor; // [C, e]
  /** The frozen CLIP's text features, for a loss that wants them. */
  frozen?: tf.Tensor; // [C, e]
};

/** Whether the text side is another one for every image. */
export const perImageText = ({ learner }: Pick<Method, 'learner'>): boolean =>
  Boolean(learner.features ?? learner.textForImages);

/** Whether the image side is not the frozen CLIP's. */
export const promptedImages = ({ learner }: Pick<Method, 'learner'>): boolean =>
  Boolean(learner.features ?? learner.imageFeatures);

/** Features of a batch under the method's prompts, differentiable. */
export function features(method: Method, batch: Omit<Batch, 'labels' | 'mask'>, targets: ClassTargets): FeaturePair {
  const { learner } = method;
  const classNames = [...method.classNames];
  if (learner.features) return learner.features(batch.images!, classNames);
  if (learner.textForImages) {
    const image = batch.frozen?.image ?? method.clip.vision(batch.images!); // [B, e]
    return { image, text: learner.textForImages(image, classNames) };
  }
  const text = learner.textFeatures ? side(learner.textFeatures(classNames)) : { features: targets.text! };
  return pair(method, text, batch);
}

/** Features of a batch where the text side is there already. */
export function pair({ learner, clip }: Method, text: Features, batch: Pick<Batch, 'images' | 'frozen'>): FeaturePair {
  const image = learner.imageFeatures?.(batch.images!, text) ?? batch.frozen?.image ?? clip.vision(batch.images!);
  const { features, states } = side(image);
  return { image: features, text: text.features, ...(states ? { states } : {}) };
}

export function side(given: tf.Tensor | Features): Features {
  return given instanceof tf.Tensor ? { features: given } : given;
}

/** All that a method's loss is handed, for one batch. */
export function lossTerms(method: Method, batch: Batch, targets: ClassTargets): LossTerms {
  const { learner, clip } = method;
  const tuned = features(method, batch, targets);
  const logits = learner.logits?.(tuned) ?? cosineLogits(tuned, clip.logitScale);
  const terms: LossTerms = {
    ...tuned,
    logits,
    labels: batch.labels,
    mask: batch.mask,
    crossEntropy: softmaxCrossEntropy(logits, batch.labels, batch.mask),
  };
  if (!learner.frozen) return terms;
  const frozen = {
    ...(batch.frozen ?? frozenImage(clip, batch.images!, learner.frozen.states)),
    text: targets.frozen!,
  };
  return { ...terms, frozen: { ...frozen, logits: cosineLogits(frozen, clip.logitScale) } };
}

/** The loss of a batch and its gradients, in the form of the method's variables. */
export function lossAndGradients(method: Method, batch: Batch, targets: ClassTargets): [tf.Scalar, Variables] {
  const { learner } = method;
  const terms = () => lossTerms(method, batch, targets);
  if (learner.gradients) return learner.gradients(terms, learner.variables);
  return valueAndGrads(learner.variables as never, () => {
    const given = terms();
    return learner.loss?.(given) ?? given.crossEntropy;
  }) as [tf.Scalar, Variables];
}

/** One compiled step of the published recipe, with the momentum of each group of variables. */
export interface TrainingStep {
  /**
   * Takes a batch in, and updates the method's variables; where gradients are accumulated, with every so-manieth batch alone, and
   * with the last one of an epoch.
   * @param last whether no batch comes after this one in the epoch
   * @returns the batch's loss before the update
   */
  run(batch: Batch, targets: ClassTargets, lr: number, last?: boolean): Promise<number>;
  /** The momentum of every variable, in the form of the method's variables. */
  momentum: Variables;
  /** The graph that takes a batch in, known once there was one; none on another backend than `onnxruntime`. */
  readonly graph: GraphFacts | undefined;
  /** Floating-point operations of a batch in matrix products, a frozen vision tower's that goes before the graph included. */
  readonly operations: number;
  dispose(): Promise<void>;
}

/** How variables follow from gradients. */
export interface UpdateOptions {
  /** Default: 0.9 */
  momentum?: number;
  /** Added to the gradient. Default: 5e-4 */
  weightDecay?: number;
  /** Batches whose gradients are averaged for one update. Default: 1 */
  accumulate?: number;
  /** Most that the norm of all gradients together may be; longer ones are scaled down to it. Default: none */
  clipGradients?: number;
}

/**
 * Forward pass, gradients and update of a method as one compiled function: SGD with momentum 0.9 and weight decay 5e-4 (published
 * everywhere), each group of variables at its own rate. Where gradients are accumulated, the update is a second function.
 */
export function trainingStep(method: Method, options: UpdateOptions = {}): TrainingStep {
  const { momentum = 0.9, weightDecay = 5e-4, accumulate = 1, clipGradients } = options;
  const { variables, lrScale = {} } = method.learner;
  const groups = Object.entries(variables).map(([key, group]) => {
    const update = sgd({ momentum, weightDecay });
    tf.tidy(() => void update.init(group)); // here, since a compiled function cannot make variables
    return { key, group, update, rate: lrScale[key] ?? 1 };
  });
  const apply = (gradients: Variables, lr: tf.Scalar) => {
    const limited = clipGradients === undefined ? gradients : clipped(gradients, clipGradients);
    for (const { key, group, update, rate } of groups) update(group, limited[key]!, rate === 1 ? lr : tf.mul(lr, rate));
  };
  const steps = accumulate === 1 ? directly(method, apply) : accumulated(method, apply, accumulate);
  const tower = promptedImages(method) ? undefined : inParts(method);
  return {
    momentum: Object.fromEntries(groups.map(({ key, update }) => [key, update.state as unknown as Variables])),
    async run(batch, targets, lr, last = false) {
      const rate = tf.scalar(lr);
      const frozen = await tower?.features(batch);
      const { images: _, ...rest } = batch;
      const loss = await steps.run(frozen ? { ...rest, frozen } : batch, targets, rate, last);
      const [value] = await loss.data();
      tf.dispose([rate, loss, frozen] as never);
      return value!;
    },
    get graph() {
      return steps.graph();
    },
    get operations() {
      return (steps.graph()?.operations ?? 0) + (tower?.operations ?? 0);
    },
    async dispose() {
      await Promise.all([steps.dispose(), tower?.dispose()]);
      for (const { update } of groups) update.dispose();
    },
  };
}

type Apply = (gradients: Variables, lr: tf.Scalar) => void;

interface Steps {
  run(batch: Batch, targets: ClassTargets, lr: tf.Scalar, last: boolean): Promise<tf.Scalar>;
  graph(): GraphFacts | undefined;
  dispose(): Promise<void>;
}

function directly(method: Method, apply: Apply): Steps {
  const step = compile(
    (batch: Batch, targets: ClassTargets, lr: tf.Scalar) => {
      const [loss, gradients] = lossAndGradients(method, batch, targets);
      apply(gradients, lr);
      return loss;
    },
    { cacheSize: 1 },
  );
  return {
    run: (batch, targets, lr) => step(batch, targets, lr),
    graph: () => step.graphs[0],
    dispose: () => step.dispose(),
  };
}

/** Sums gradients in buffers; their mean over the batches taken in is what is applied. */
function accumulated(method: Method, apply: Apply, count: number): Steps {
  const sums = mapTree(
    (v: tf.Variable) => tf.tidy(() => tf.variable(tf.zerosLike(v), false)),
    method.learner.variables as never,
  ) as Variables;
  const buffers = leaves<tf.Variable>(sums as never);
  const gather = compile(
    (batch: Batch, targets: ClassTargets, keep: tf.Scalar) => {
      const [loss, gradients] = lossAndGradients(method, batch, targets);
      leaves<tf.Tensor>(gradients as never).forEach((gradient, i) => {
        buffers[i]!.assign(tf.add(tf.mul(buffers[i]!, keep), gradient));
      });
      return loss;
    },
    { cacheSize: 1 },
  );
  const update = compile(
    (lr: tf.Scalar, share: tf.Scalar) => {
      apply(mapTree((sum: tf.Tensor) => tf.mul(sum, share), sums as never) as Variables, lr);
      return tf.mul(lr, share); // a graph has a result
    },
    { cacheSize: 1 },
  );
  let taken = 0;
  return {
    async run(batch, targets, lr, last) {
      const keep = tf.scalar(taken === 0 ? 0 : 1);
      const loss = await gather(batch, targets, keep);
      keep.dispose();
      if (++taken < count && !last) return loss;
      const share = tf.scalar(1 / taken);
      tf.dispose([share, await update(lr, share)]);
      taken = 0;
      return loss;
    },
    graph: () => gather.graphs[0],
    async dispose() {
      await Promise.all([gather.dispose(), update.dispose()]);
      tf.dispose(buffers);
    },
  };
}

/** Gradients whose norm, over all of them together, is at most `most` (as PyTorch's `clip_grad_norm_` makes them). */
function clipped(gradients: Variables, most: number): Variables {
  const squares = leaves<tf.Tensor>(gradients as never).map(g => tf.sum(tf.square(g)));
  const norm = tf.sqrt(tf.addN(squares));
  const factor = tf.minimum(1, tf.div(most, tf.add(norm, 1e-6)));
  return mapTree((g: tf.Tensor) => tf.mul(g, factor), gradients as never) as unknown as Variables;
}

/** Frees a batch's tensors. */
export function disposeBatch(batch: Batch): void {
  tf.dispose(leaves<tf.Tensor>(batch as never));
}
