import { compile, softmaxCrossEntropy, valueAndGrads } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs-core';
import type { LabelledFeatures } from '../../learner/types.js';
import { lbfgs } from './lbfgs.js';
import { zeros } from './linear.js';

/** A linear classifier: logits = features · weightᵀ + bias. */
export interface LinearClassifier {
  /** Row-major [C, e] */
  weight: Float32Array;
  /** [C] */
  bias: Float32Array;
  /** The minimum of mean cross-entropy + |weight|² / (2·c·N). */
  loss: number;
}

/** Multinomial logistic regression on the same features, for any weight of its penalty. */
export interface LogisticRegression {
  /**
   * The classifier that minimises c · Σ cross-entropy + |weight|² / 2, as in scikit-learn's `LogisticRegression(C=c)`;
   * the bias has no penalty.
   * @param c inverse weight of the penalty, above 0
   */
  fit(c: number): Promise<LinearClassifier>;
  dispose(): Promise<void>;
}

/**
 * @param data N features [N, e] with their labels; the caller keeps them
 * @param classes C
 */
export function logisticRegression(
  { features, labels }: LabelledFeatures,
  classes: number,
  { iterations, signal }: { iterations?: number; signal?: AbortSignal } = {},
): LogisticRegression {
  const [count, width] = features.shape;
  const targets = tf.tensor1d(labels, 'int32');
  const rows = tf.ones([count]) as tf.Tensor1D;
  const weight = zeros([classes, width]);
  const bias = zeros([classes]);
  const objective = compile((penalty: tf.Scalar) => {
    const [loss, gradients] = valueAndGrads({ weight, bias }, () => {
      const logits = tf.add(tf.matMul(features, weight as tf.Tensor2D, false, true), bias) as tf.Tensor2D; // [N, C]
      const square = tf.sum(tf.square(weight));
      return tf.add(softmaxCrossEntropy(logits, targets, rows), tf.mul(square, penalty));
    });
    return { loss, ...gradients };
  });
  const size = classes * width;
  async function at(x: Float64Array, penalty: tf.Scalar) {
    const values = Float32Array.from(x);
    tf.tidy(() => {
      weight.assign(tf.tensor2d(values.subarray(0, size), [classes, width]));
      bias.assign(tf.tensor1d(values.subarray(size)));
    });
    const result = await objective(penalty);
    const [loss, ofWeight, ofBias] = await Promise.all([result.loss, result.weight, result.bias].map(t => t.data()));
    tf.dispose(result);
    const gradient = new Float64Array(x.length);
    gradient.set(ofWeight!);
    gradient.set(ofBias!, size);
    return { value: loss![0]!, gradient };
  }
  return {
    async fit(c) {
      const penalty = tf.scalar(1 / (2 * c * count));
      const found = await lbfgs(x => at(x, penalty), new Float64Array(size + classes), { iterations, signal });
      penalty.dispose();
      const x = Float32Array.from(found.x);
      return { weight: x.slice(0, size), bias: x.slice(size), loss: found.value };
    },
    async dispose() {
      await objective.dispose();
      tf.dispose([targets, rows, weight, bias]);
    },
  };
}

/** The number of features that a classifier labels correctly. */
export function correctOf({ weight, bias }: LinearClassifier, { features, labels }: LabelledFeatures): number {
  return tf.tidy(() => {
    const [classes, width] = [bias.length, features.shape[1]];
    const logits = tf.add(tf.matMul(features, tf.tensor2d(weight, [classes, width]), false, true), tf.tensor1d(bias));
    const predicted = tf.argMax(logits, 1).dataSync();
    return labels.reduce((sum, label, i) => sum + Number(predicted[i] === label), 0);
  });
}
