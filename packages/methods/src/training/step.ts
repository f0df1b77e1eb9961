import { compile, type GraphFacts, leaves, mapTree, type Tree } from '@dgprompt/engine';
import { makeOptimizer } from '@dgprompt/engine/optim';
import { type RandomStream, randomStream } from '@dgprompt/io';
import * as tf from '@tensorflow/tfjs-core';
import { promptedImages } from '../learner/forward.js';
import type { Method, Recipe, Variables } from '../learner/types.js';
import { inParts } from './in-parts.js';
import { type Batch, type ClassTargets, lossAndGradients } from './loss.js';
import { drawNoise } from './noise.js';

/** One compiled step of a recipe, with the state of each group's optimizer. */
export interface TrainingStep {
  /**
   * Computes a batch's gradients and updates the method's variables; with accumulated gradients, it updates on every
   * n-th batch and on the last batch of an epoch.
   *
   * @param last whether this is the last batch of the epoch
   * @param random of the learner's noise. Default: a stream of the method's seed, which goes on from step to step
   * @returns the batch's loss before the update
   */
  run(batch: Batch, targets: ClassTargets, lr: number, last?: boolean, random?: RandomStream): Promise<number>;
  /** The optimizers' buffers, by the groups of the method's variables. */
  optimizer: Record<string, Tree<tf.Variable>>;
  /**
   * The graph that computes a batch's gradients, known after the first batch; none on backends other than
   * `onnxruntime`.
   */
  readonly graph: GraphFacts | undefined;
  /**
   * Floating-point operations of a batch in matrix products, including a frozen vision tower that runs before the
   * graph.
   */
  readonly operations: number;
  dispose(): Promise<void>;
}

/** How gradients update variables. */
export type UpdateOptions = Pick<Partial<Recipe>, 'optimizer' | 'accumulate' | 'clipGradients'>;

/**
 * Forward pass, gradients and update of a method as one compiled function, each group of variables with its own
 * optimizer (SGD with momentum 0.9 and weight decay 5e-4 by default) and learning-rate factor. With accumulated
 * gradients, the update is a second function.
 *
 * @example
 * ```ts
 * import { loadClip } from '@dgprompt/clip';
 * import { coop } from '@dgprompt/methods';
 * import { trainingStep } from '@dgprompt/methods/training';
 * import { miniClip } from '@dgprompt/pictograms';
 * import * as tf from '@tensorflow/tfjs-core';
 *
 * const clip = await loadClip(miniClip);
 * const step = trainingStep(coop(clip, ['sun', 'moon']));
 * const batch = {
 *   images: tf.zeros<tf.Rank.R4>([2, 3, clip.imageSize, clip.imageSize]),
 *   labels: tf.tensor1d([0, 1], 'int32'),
 *   mask: tf.tensor1d([1, 1]),
 * };
 * console.log((await step.run(batch, {}, 0.002)) > 0); // true
 * await step.dispose();
 * ```
 */
export function trainingStep(method: Method, options: UpdateOptions = {}): TrainingStep {
  const { optimizer = { name: 'sgd' }, accumulate = 1, clipGradients } = options;
  const { variables, noise, groups: changes = {} } = method.learner;
  const stream = randomStream(method.seed).fork('noise');
  const groups = Object.entries(variables).map(([key, group]) => {
    const { lrScale = 1, weightDecay } = changes[key] ?? {};
    const update = makeOptimizer(weightDecay === undefined ? optimizer : { ...optimizer, weightDecay });
    tf.tidy(() => void update.init(group)); // here, since a compiled function cannot make variables
    return { key, group, update, rate: lrScale };
  });
  const apply = (gradients: Variables, lr: tf.Scalar) => {
    const limited = clipGradients === undefined ? gradients : clipped(gradients, clipGradients);
    for (const { key, group, update, rate } of groups) update(group, limited[key]!, rate === 1 ? lr : tf.mul(lr, rate));
  };
  const steps = accumulate === 1 ? directly(method, apply) : accumulated(method, apply, accumulate);
  const tower = promptedImages(method) ? undefined : inParts(method);
  return {
    optimizer: Object.fromEntries(groups.map(({ key, update }) => [key, update.state!])),
    async run(batch, targets, lr, last = false, random = stream) {
      if (noise) drawNoise(noise, random);
      const rate = tf.scalar(lr);
      const frozen = await tower?.features(batch);
      const { images: _, ...rest } = batch;
      const loss = await steps.run(frozen ? { ...rest, frozen } : batch, targets, rate, last);
      const [value] = await loss.data();
      tf.dispose([rate, loss, frozen]);
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
      method.learner.beforeUpdate?.();
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

/** Sums gradients in buffers and applies their mean over the batches. */
function accumulated(method: Method, apply: Apply, count: number): Steps {
  const sums = mapTree(
    (v: tf.Variable) => tf.tidy(() => tf.variable(tf.zerosLike(v), false)),
    method.learner.variables,
  ) as Variables;
  const buffers = leaves<tf.Variable>(sums);
  const gather = compile(
    (batch: Batch, targets: ClassTargets, keep: tf.Scalar) => {
      const [loss, gradients] = lossAndGradients(method, batch, targets);
      leaves<tf.Tensor>(gradients).forEach((gradient, i) => {
        buffers[i]!.assign(tf.add(tf.mul(buffers[i]!, keep), gradient));
      });
      method.learner.beforeUpdate?.();
      return loss;
    },
    { cacheSize: 1 },
  );
  const update = compile(
    (lr: tf.Scalar, share: tf.Scalar) => {
      apply(mapTree((sum: tf.Tensor) => tf.mul(sum, share), sums) as Variables, lr);
      return tf.mul(lr, share); // a graph must have a result
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

/** Gradients scaled down to a global norm of at most `most`, as in PyTorch's `clip_grad_norm_`. */
function clipped(gradients: Variables, most: number): Variables {
  const squares = leaves<tf.Tensor>(gradients).map(g => tf.sum(tf.square(g)));
  const norm = tf.sqrt(tf.addN(squares));
  const factor = tf.minimum(1, tf.div(most, tf.add(norm, 1e-6)));
  return mapTree((g: tf.Tensor) => tf.mul(g, factor), gradients) as Variables;
}
