import type { Clip } from '@dgprompt/clip';
import { compile, namedLeaves, seededRandom } from '@dgprompt/engine';
import { makeOptimizer } from '@dgprompt/engine/optim';
import { randomStream } from '@dgprompt/io';
import * as tf from '@tensorflow/tfjs-core';
import { inference } from '../evaluation/inference.js';
import { fitsFrozenText, handWrittenText } from '../learner/forward.js';
import { changed } from '../learner/revision.js';
import type { Condition, Method } from '../learner/types.js';
import type { MethodFactory } from '../method/define.js';
import { namedVariables } from '../method/variables.js';
import { classTargets } from '../training/data.js';
import { type Batch, lossAndGradients, lossOf, lossTerms } from '../training/loss.js';
import { drawNoise } from '../training/noise.js';

export interface CheckMethodOptions {
  clip: Clip;
  /** Default: four names */
  classNames?: readonly string[];
  /** Options of the method. Default: its own */
  options?: Record<string, unknown>;
  /** Gradient steps in which every variable must get a gradient. Default: 4 */
  steps?: number;
}

/** Largest difference between logits that differ only in summation order. */
const tolerance = 1e-3;
const images = 4;

/**
 * Checks the contract of every method on random images:
 *
 * - every trained variable gets a gradient within a few steps;
 * - evaluating again, in another order or with another batch size, gives the same logits and changes no variable;
 * - everything its features are `conditionedOn` does change them: another image, another class set, other templates.
 *
 * Use it in the tests of your own methods. Two published implementations fail the first check: their mapped prompts
 * never train.
 *
 * @throws one sentence naming the method and the variable or condition that fails
 *
 * @example
 * ```ts
 * import { loadClip } from '@dgprompt/clip';
 * import { coop } from '@dgprompt/methods';
 * import { checkMethod } from '@dgprompt/methods/check';
 * import { miniClip } from '@dgprompt/pictograms';
 *
 * await checkMethod(coop, { clip: await loadClip(miniClip), options: { tokens: 2 } });
 * console.log('it holds'); // it holds
 * ```
 */
export async function checkMethod<O extends object>(
  factory: MethodFactory<O>,
  { clip, classNames = ['cat', 'big dog', 'owl', 'red fox'], options = {}, steps = 4 }: CheckMethodOptions,
): Promise<void> {
  const make = (names: readonly string[], more: object = {}) =>
    factory(clip, names, { ...options, seed: 1, images, ...more } as never);
  const method = make(classNames);
  const pixels = await noise(clip, 1);
  try {
    await fitNoise(method, pixels);
    if (method.recipe.epochs > 0) await checkGradients(method, pixels, steps);
    if (!method.learner.adapt) await checkEvaluation(method, pixels);
    for (const condition of method.learner.conditionedOn ?? []) await checkCondition(method, condition, pixels, make);
  } finally {
    pixels.dispose();
    method.dispose();
  }
}

const noise = async ({ imageSize }: Clip, seed: number): Promise<tf.Tensor4D> =>
  seededRandom(seed).normal<tf.Rank.R4>([images, 3, imageSize, imageSize], 1);

const labelsFor = ({ classNames }: Method) => Int32Array.from({ length: images }, (_, i) => i % classNames.length);

async function checkGradients(method: Method, pixels: tf.Tensor4D, steps: number): Promise<void> {
  const { name, learner, recipe } = method;
  const batch: Batch = {
    images: pixels,
    labels: tf.tensor1d(labelsFor(method), 'int32'),
    mask: tf.ones<tf.Rank.R1>([images]),
  };
  const targets = await classTargets(method);
  const update = makeOptimizer(recipe.optimizer ?? { name: 'sgd' });
  tf.tidy(() => void update.init(learner.variables));
  const step = compile(
    (given: Batch, lr: tf.Scalar) => {
      const [, gradients] = lossAndGradients(method, given, targets);
      learner.beforeUpdate?.();
      update(learner.variables, gradients, lr);
      return gradients;
    },
    { cacheSize: 1 },
  );
  const rate = tf.scalar(recipe.lr);
  const silent = new Set(namedLeaves(learner.variables).map(([variable]) => variable));
  try {
    for (let i = 0; i < steps && silent.size > 0; i++) {
      if (learner.noise) drawNoise(learner.noise, randomStream(i));
      const found = await step(batch, rate);
      for (const [variable, gradient] of namedLeaves<tf.Tensor>(found))
        if ((await gradient.data()).some(value => value !== 0)) silent.delete(variable);
      tf.dispose(found);
      await learner.afterEpoch?.(i + 1, steps); // an epoch has one step here
      changed(learner);
    }
    if (silent.size > 0)
      throw new Error(
        `${name}: ${[...silent].join(', ')} got no gradient in ${steps} steps, so training never changes what it learns; leave it out, or let the features read it.`,
      );
  } finally {
    await step.dispose();
    update.dispose();
    tf.dispose([rate, batch.labels, batch.mask, ...Object.values(targets)]);
  }
}

async function fitNoise(method: Method, pixels: tf.Tensor4D): Promise<void> {
  const { clip, learner, classNames } = method;
  if (!learner.fit) return;
  const compiled = compile((images: tf.Tensor4D) => clip.vision(images), { cacheSize: 1 });
  const features = await compiled(pixels);
  await compiled.dispose();
  const text = fitsFrozenText(method) ? ((await handWrittenText(method)) as tf.Tensor2D) : undefined;
  const meanOf = async (fn: (images: tf.Tensor4D) => tf.Tensor[]) =>
    tf.tidy(() => fn(pixels).map(value => tf.mean(value, 0)));
  const rowsOf = async (fn: (images: tf.Tensor4D) => tf.Tensor) => tf.tidy(() => fn(pixels) as tf.Tensor2D);
  const shots = { features, labels: labelsFor(method), classCount: classNames.length, text, meanOf, rowsOf };
  const test = learner.readsTest ? { features, labels: shots.labels } : undefined;
  await learner.fit({ ...shots, ...(test && { test }) });
  changed(learner);
  tf.dispose([features, ...(text ? [text] : [])]);
}

async function checkEvaluation(method: Method, pixels: tf.Tensor4D): Promise<void> {
  const { name, learner, classNames } = method;
  const before = await valuesOf(method);
  const ready = inference(method);
  const again = inference(method); // recorded again
  const rows = async (some: tf.Tensor4D, by = ready) => {
    const logits = await by.logits(some);
    some.dispose();
    return logits;
  };
  try {
    const first = await rows(tf.clone(pixels));
    if (!first.every(Number.isFinite)) throw new Error(`${name}: logits are not finite.`);
    if (distance(first, await rows(tf.clone(pixels))) > 0)
      throw new Error(`${name}: evaluating the same images twice gives other logits; features must not keep anything.`);
    if (distance(first, await rows(tf.clone(pixels), again)) > 0)
      throw new Error(`${name}: opening it again gives other logits; features must not draw random numbers or count.`);
    const turned = await rows(tf.reverse(pixels, 0));
    const C = classNames.length;
    const back = Float32Array.from(
      { length: first.length },
      (_, i) => turned[(images - 1 - Math.floor(i / C)) * C + (i % C)]!,
    );
    if (distance(first, back) > tolerance)
      throw new Error(`${name}: the logits of an image depend on its place in the batch.`);
    const alone = await rows(tf.slice(pixels, 0, 1) as tf.Tensor4D);
    if (distance(first.subarray(0, C), alone) > tolerance)
      throw new Error(`${name}: the logits of an image depend on the size of its batch.`);
    const after = await valuesOf(method);
    const moved = [...namedVariables(learner).keys()].find(key => distance(before.get(key)!, after.get(key)!) > 0);
    if (moved !== undefined) throw new Error(`${name}: evaluating changed its variable ${moved}.`);
  } finally {
    await Promise.all([ready.dispose(), again.dispose()]);
  }
}

async function checkCondition(
  method: Method,
  condition: Condition,
  pixels: tf.Tensor4D,
  make: (names: readonly string[], more?: object) => Method,
): Promise<void> {
  const { name, classNames } = method;
  const unchanged = (what: string) =>
    new Error(`${name} claims to be conditioned on ${condition}, but ${what} does not change its features.`);
  if (condition === 'image') {
    const { text } = await featuresOf(method, pixels);
    const size = classNames.length * method.clip.config.embedDim;
    const isPerImage = text.length === images * size;
    if (!isPerImage || distance(text.subarray(0, size), text.subarray(size, 2 * size)) === 0)
      throw unchanged('another image');
  }
  if (condition === 'classes') {
    const others = method.forClasses(classNames.map((_, i) => `another thing ${i + 1}`));
    if (distance((await featuresOf(method, pixels)).image, (await featuresOf(others, pixels)).image) === 0)
      throw unchanged('another set of classes');
  }
  if (condition === 'templates') {
    const [one, other] = [make(classNames), make(classNames, { templates: ['an old drawing of the {} at night.'] })];
    for (const each of [one, other]) await fitNoise(each, pixels);
    const [a, b] = [await featuresOf(one, pixels), await featuresOf(other, pixels)];
    if (distance(a.image, b.image) === 0 && distance(a.text, b.text) === 0 && distance(a.loss, b.loss) === 0)
      throw unchanged('another template');
    one.dispose();
    other.dispose();
  }
}

/** The features of some images as a test sees them, and their loss. */
async function featuresOf(tested: Method, pixels: tf.Tensor4D) {
  const method = { ...tested, learner: { ...tested.learner, inTraining: undefined } };
  const targets = await classTargets(method);
  const labels = tf.tensor1d(labelsFor(method), 'int32');
  const run = compile(
    (images: tf.Tensor4D, labels: tf.Tensor1D) => {
      const terms = lossTerms(method, { images, labels, mask: tf.ones([labels.shape[0]]) }, targets);
      const loss = tf.reshape(lossOf(method, terms), [1]);
      return { image: tf.clone(terms.image), text: tf.clone(terms.text), loss };
    },
    { cacheSize: 1 },
  );
  const { image, text, loss } = await run(pixels, labels);
  const values = { image: await values32(image), text: await values32(text), loss: await values32(loss) };
  tf.dispose([image, text, loss, labels, ...Object.values(targets)]);
  await run.dispose();
  return values;
}

const values32 = async (tensor: tf.Tensor): Promise<Float32Array> => (await tensor.data()).slice() as Float32Array;

async function valuesOf({ learner }: Method): Promise<Map<string, Float32Array>> {
  const values = new Map<string, Float32Array>();
  for (const [name, variable] of namedVariables(learner)) values.set(name, await values32(variable));
  return values;
}

const distance = (a: Float32Array, b: Float32Array): number =>
  a.length === b.length ? a.reduce((most, x, i) => Math.max(most, Math.abs(x - b[i]!)), 0) : Number.POSITIVE_INFINITY;
