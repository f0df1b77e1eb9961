import { compile, leaves, sgd, softmaxCrossEntropy, valueAndGrads } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs';
import { frozenImage } from './frozen.js';
import { cosineLogits } from './logits.js';
import type { FeaturePair, LossTerms, Method, Side, Variables } from './method.js';

/** One training batch: pixels, or the frozen CLIP's features of them where those are all that is needed, or both. */
export type Batch = {
  images?: tf.Tensor4D; // [B, 3, R, R], normalised
  frozen?: { image: tf.Tensor; states?: tf.Tensor[] }; // [B, e]
  labels: tf.Tensor1D; // int32 [B]
  rows: tf.Tensor1D; // [B], 0 for padding
};

/** What is computed once for the class set. */
export type ClassTargets = {
  /** Text features of a method that has no text prompts. */
  text?: tf.Tensor; // [C, e]
  /** The frozen CLIP's text features, for a loss that wants them. */
  frozen?: tf.Tensor; // [C, e]
};

/** Whether the text side is another one for every image. */
export const perImageText = ({ parts }: Pick<Method, 'parts'>): boolean =>
  Boolean(parts.features ?? parts.textForImages);

/** Features of a batch under the method's prompts, differentiable. */
export function features(method: Method, batch: Omit<Batch, 'labels' | 'rows'>, targets: ClassTargets): FeaturePair {
  const { parts } = method;
  const classNames = [...method.classNames];
  if (parts.features) return parts.features(batch.images!, classNames);
  if (parts.textForImages) {
    const image = batch.frozen?.image ?? method.clip.vision(batch.images!); // [B, e]
    return { image, text: parts.textForImages(image, classNames) };
  }
  const text = parts.textFeatures ? side(parts.textFeatures(classNames)) : { features: targets.text! };
  return pair(method, text, batch);
}

/** Features of a batch where the text side is there already. */
export function pair({ parts, clip }: Method, text: Side, batch: Pick<Batch, 'images' | 'frozen'>): FeaturePair {
  const image = parts.imageFeatures?.(batch.images!, text) ?? batch.frozen?.image ?? clip.vision(batch.images!);
  const { features, states } = side(image);
  return { image: features, text: text.features, ...(states ? { states } : {}) };
}

export function side(given: tf.Tensor | Side): Side {
  return given instanceof tf.Tensor ? { features: given } : given;
}

/** All that a method's loss is handed, for one batch. */
export function lossTerms(method: Method, batch: Batch, targets: ClassTargets): LossTerms {
  const { parts, clip } = method;
  const tuned = features(method, batch, targets);
  const logits = parts.logits?.(tuned) ?? cosineLogits(tuned, clip.logitScale);
  const terms: LossTerms = {
    ...tuned,
    logits,
    labels: batch.labels,
    rows: batch.rows,
    crossEntropy: softmaxCrossEntropy(logits, batch.labels, batch.rows),
  };
  if (!parts.frozen) return terms;
  const frozen = { ...(batch.frozen ?? frozenImage(clip, batch.images!, parts.frozen.states)), text: targets.frozen! };
  return { ...terms, frozen: { ...frozen, logits: cosineLogits(frozen, clip.logitScale) } };
}

/** The loss of a batch and its gradients, in the form of the method's variables. */
export function lossAndGradients(method: Method, batch: Batch, targets: ClassTargets): [tf.Scalar, Variables] {
  const { parts } = method;
  const terms = () => lossTerms(method, batch, targets);
  if (parts.gradients) return parts.gradients(terms, parts.variables);
  return valueAndGrads(parts.variables as never, () => {
    const given = terms();
    return parts.loss?.(given) ?? given.crossEntropy;
  }) as [tf.Scalar, Variables];
}

/** One compiled step of the published recipe, with the momentum of each group of variables. */
export interface TrainingStep {
  /** Updates the method's variables; gives the loss before the update. */
  run(batch: Batch, targets: ClassTargets, lr: number): Promise<number>;
  /** The momentum of every variable, in the form of the method's variables. */
  momentum: Variables;
  dispose(): Promise<void>;
}

/**
 * Forward pass, gradients and update of a method as one compiled function: SGD with momentum 0.9 and weight decay 5e-4 (published
 * everywhere), each group of variables at its own rate.
 */
export function trainingStep(method: Method, { momentum = 0.9, weightDecay = 5e-4 } = {}): TrainingStep {
  const { variables, rates = {} } = method.parts;
  const groups = Object.entries(variables).map(([key, group]) => {
    const update = sgd({ momentum, weightDecay });
    tf.tidy(() => void update.init(group)); // here, since a compiled function cannot make variables
    return { key, group, update, rate: rates[key] ?? 1 };
  });
  const step = compile(
    (batch: Batch, targets: ClassTargets, lr: tf.Scalar) => {
      const [loss, gradients] = lossAndGradients(method, batch, targets);
      for (const { key, group, update, rate } of groups)
        update(group, gradients[key]!, rate === 1 ? lr : tf.mul(lr, rate));
      return loss;
    },
    { cacheSize: 1 },
  );
  return {
    momentum: Object.fromEntries(groups.map(({ key, update }) => [key, update.state as unknown as Variables])),
    async run(batch, targets, lr) {
      const rate = tf.scalar(lr);
      const loss = await step(batch, targets, rate);
      const [value] = await loss.data();
      tf.dispose([rate, loss]);
      return value!;
    },
    async dispose() {
      await step.dispose();
      for (const { update } of groups) update.dispose();
    },
  };
}

/** Frees a batch's tensors. */
export function disposeBatch(batch: Batch): void {
  tf.dispose(leaves<tf.Tensor>(batch as never));
}
