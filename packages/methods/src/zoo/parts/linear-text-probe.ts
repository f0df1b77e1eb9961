import { compile, softmaxCrossEntropy, valueAndGrads } from '@dgprompt/engine';
import { sgd } from '@dgprompt/engine/optim';
import * as tf from '@tensorflow/tfjs-core';
import type { LabelledFeatures } from '../../learner/types.js';

/** LP++'s classifier: logits = features · weightᵀ + bias + alpha ∘ (features · textᵀ). */
export type LinearTextProbe = {
  weight: tf.Variable; // [C, e]
  bias: tf.Variable; // [C]
  alpha: tf.Variable; // [C]
};

/** Its logits [B, C]. */
export function probeLogits(
  { weight, bias, alpha }: LinearTextProbe,
  { image, text }: { image: tf.Tensor; text: tf.Tensor },
): tf.Tensor2D {
  const seen = tf.add(tf.matMul(image, weight as tf.Tensor2D, false, true), bias);
  return tf.add(seen, tf.mul(tf.matMul(image, text, false, true), alpha)) as tf.Tensor2D;
}

export interface ProbeOptions {
  epochs: number;
  /** Epochs between updates of alpha. */
  every: number;
  /** Whether alpha's step ignores the gradients of earlier epochs, as in the paper. */
  fresh: boolean;
  validation?: LabelledFeatures;
  signal?: AbortSignal;
}

/**
 * Trains the probe by full-batch gradient descent with momentum, at learning rates derived from the features (bounds on
 * the Lipschitz constants), and keeps the last of the best epochs on validation images.
 *
 * @param probe its bias is the starting point; weight and alpha are set
 * @param data features [N, e]
 * @param text [C, e]
 * @returns the loss of every epoch, before its step
 */
export async function fitProbe(
  probe: LinearTextProbe,
  data: LabelledFeatures,
  text: tf.Tensor2D,
  { epochs, every, fresh, validation, signal }: ProbeOptions,
): Promise<{ losses: number[]; best: number }> {
  const { features } = data;
  const [count, classes] = [features.shape[0], text.shape[0]];
  const truth = tf.tidy(() => tf.cast(tf.oneHot(tf.tensor1d(data.labels, 'int32'), classes), 'float32') as tf.Tensor2D);
  const cosines = tf.tidy(() => tf.matMul(features, text, false, true)); // [N, C]
  const start = tf.tidy(() => {
    const ofClass = tf.div(tf.sum(tf.mul(cosines, truth), 0), tf.maximum(tf.sum(truth, 0), 1)); // [C]
    probe.weight.assign(tf.matMul(truth, features, true)); // sums of each class's features
    probe.alpha.assign(tf.fill([classes], 250 * tf.mean(ofClass).dataSync()[0]!) as tf.Tensor1D);
    return { squares: tf.max(tf.sum(tf.square(cosines), 0)).dataSync()[0]! };
  });
  cosines.dispose();
  const rate = tf.scalar((4 * count) / (await largestEigenvalue(features)));
  const alphaRate = count / (4 * start.squares);

  const labels = tf.tensor1d(data.labels, 'int32');
  const rows = tf.ones([count]) as tf.Tensor1D;
  const { alpha, ...linear } = probe;
  const update = sgd({ momentum: 0.9, weightDecay: 0 });
  tf.tidy(() => void update.init(linear));
  const step = compile((lr: tf.Scalar) => {
    const [loss, { alpha: ofAlpha, ...gradients }] = valueAndGrads(probe, () =>
      softmaxCrossEntropy(probeLogits(probe, { image: features, text }), labels, rows),
    );
    update(linear, gradients as never, lr);
    return { loss, ofAlpha };
  });
  const judge = validation && accuracyOf(probe, text, validation);
  const gathered = new Float32Array(classes);
  const losses: number[] = [];
  let best = { epoch: epochs - 1, correct: -1, values: undefined as tf.Tensor[] | undefined };
  const all = [probe.weight, probe.bias, probe.alpha];
  try {
    for (let epoch = 0; epoch < epochs; epoch++) {
      signal?.throwIfAborted();
      const { loss, ofAlpha } = await step(rate);
      losses.push((await loss.data())[0]!);
      const gradient = await (ofAlpha as tf.Tensor).data();
      tf.dispose([loss, ofAlpha as tf.Tensor]);
      const moves = (epoch + 1) % every === 0;
      for (let c = 0; c < classes; c++) gathered[c] = fresh ? gradient[c]! : gathered[c]! + gradient[c]!;
      if (moves) tf.tidy(() => alpha.assign(tf.sub(alpha, tf.mul(tf.tensor1d(gathered), alphaRate)) as tf.Tensor1D));
      const correct = judge ? await judge.correct() : 0;
      if (!judge || correct < best.correct) continue;
      tf.dispose(best.values ?? []);
      best = { epoch, correct, values: all.map(variable => tf.tidy(() => tf.clone(variable))) };
    }
    best.values?.forEach((value, i) => void all[i]!.assign(value));
    return { losses, best: best.epoch };
  } finally {
    tf.dispose([truth, labels, rows, rate, ...(best.values ?? [])]);
    update.dispose();
    await Promise.all([step.dispose(), judge?.dispose()]);
  }
}

function accuracyOf(probe: LinearTextProbe, text: tf.Tensor2D, { features, labels }: LabelledFeatures) {
  const truth = tf.tensor1d(labels, 'int32');
  const count = compile((images: tf.Tensor2D) => {
    const predicted = tf.cast(tf.argMax(probeLogits(probe, { image: images, text }), 1), 'int32');
    return tf.sum(tf.cast(tf.equal(predicted, truth), 'float32'));
  });
  return {
    async correct() {
      const right = await count(features);
      const [value] = await right.data();
      right.dispose();
      return value!;
    },
    async dispose() {
      truth.dispose();
      await count.dispose();
    },
  };
}

/** The largest eigenvalue of FᵀF, by power iteration on the smaller of FᵀF and FFᵀ. */
export async function largestEigenvalue(features: tf.Tensor2D): Promise<number> {
  const [count, width] = features.shape;
  const gram = tf.tidy(() => tf.matMul(features, features, width < count, width >= count));
  const size = Math.min(count, width);
  const values = await gram.data();
  gram.dispose();
  let vector = Float64Array.from({ length: size }, (_, i) => 1 + (i % 7) / 7);
  let value = 0;
  for (let round = 0; round < 10_000; round++) {
    const next = new Float64Array(size);
    for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) next[i]! += values[i * size + j]! * vector[j]!;
    const length = Math.hypot(...next);
    vector = next.map(x => x / length);
    if (Math.abs(length - value) <= 1e-10 * length) return length;
    value = length;
  }
  return value;
}
