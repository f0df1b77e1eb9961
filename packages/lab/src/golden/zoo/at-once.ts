import { compile, valueAndGrads } from '@dgprompt/engine';
import type { Method } from '@dgprompt/methods';
import { classify, inference } from '@dgprompt/methods/evaluation';
import { lpplusplus, tipAdapter, tpt } from '@dgprompt/methods/zoo';
import * as tf from '@tensorflow/tfjs-core';
import type { Comparison } from '../method-steps.js';
import { gradientNear, near, nearNumber } from './comparisons.js';
import type { Recording } from './recording.js';

type Shots = Parameters<NonNullable<Method['learner']['fit']>>[0];

const rowsOf = (columns: tf.Tensor) => tf.transpose(columns) as tf.Tensor2D;

async function logitsOf(method: Method, images: tf.Tensor4D): Promise<tf.Tensor> {
  const ready = inference(method);
  const logits = await ready.logits(tf.clone(images));
  await ready.dispose();
  return tf.tensor1d(logits);
}

const firstImages = ({ tensor }: Recording) => tf.unstack(tensor('images'))[0] as tf.Tensor4D;

/** Tip-Adapter: its keys, the best point of its grid, and the logits at that point. */
async function checkTipAdapter(recording: Recording): Promise<Comparison[]> {
  const { clip, classNames, templates, tensor, shape, labels, setting, metadata } = recording;
  const passes = tf.unstack(tensor('cache_images')) as tf.Tensor4D[];
  const [betas, alphas] = setting('search_scale') as [number, number];
  const [betaSteps, alphaSteps] = setting('search_step') as [number, number];
  const method = tipAdapter(clip, classNames, {
    ...{ templates, images: shape('cache_labels')[0]!, passes: passes.length },
    ...{ alpha: Number(setting('init_alpha')), beta: Number(setting('init_beta')) },
    ...{ scale: { beta: betas, alpha: alphas }, steps: { beta: betaSteps, alpha: alphaSteps } },
  });
  const shots = {
    features: rowsOf(tensor('cache_keys')),
    labels: labels('cache_labels'),
    classCount: classNames.length,
    text: rowsOf(tensor('text_weights')),
    validation: { features: tensor('val_features') as tf.Tensor2D, labels: labels('val_labels') },
    async augmented(fn: (images: tf.Tensor4D) => tf.Tensor, k: number) {
      const tower = compile(fn);
      const rows = await tower(passes[k]!);
      await tower.dispose();
      return rows as tf.Tensor2D;
    },
  };
  await method.learner.fit!(shots as unknown as Shots);
  const { keys, alpha, beta } = method.learner.state as Record<string, tf.Variable>;
  const checks = [
    near('keys', keys!, rowsOf(tensor('cache_keys'))),
    nearNumber('best beta', beta!.dataSync()[0]!, Number(metadata.best_beta)),
    nearNumber('best alpha', alpha!.dataSync()[0]!, Number(metadata.best_alpha)),
    near('logits', await logitsOf(method, firstImages(recording)), tensor('eval_logits')),
  ];
  method.dispose();
  return checks;
}

/** LP++: parameters after two epochs and at the end, and logits of the last of the best. */
async function checkLpPlusPlus(recording: Recording): Promise<Comparison[]> {
  const { clip, classNames, templates, tensor, shape, labels, setting, metadata } = recording;
  const checks: Comparison[] = [];
  const losses = JSON.parse(metadata.losses!) as number[];
  for (const rounds of [2, Number(metadata.epochs)]) {
    const every = Number(setting('alpha_every'));
    const method = lpplusplus(clip, classNames, { templates, images: shape('features')[0]!, rounds, every });
    const { weight, bias, alpha } = method.learner.variables as Record<string, tf.Variable>;
    bias!.assign(tensor('init.classifier.bias'));
    const [features, text] = [tensor('features') as tf.Tensor2D, rowsOf(tensor('text_weights'))];
    const shots = { features, labels: labels('train_labels'), text, classCount: classNames.length };
    const isLast = rounds === Number(metadata.epochs);
    const fit = await method.learner.fit!({ ...shots, ...(isLast && { validation: shots }) } as unknown as Shots);
    const prefix = isLast ? 'final' : 'after2';
    checks.push(
      nearNumber(`loss of epoch ${rounds}`, fit!.loss, losses[rounds - 1]!),
      near(`weight after ${rounds} epochs`, weight!, tensor(`${prefix}.classifier.weight`)),
      near(`bias after ${rounds} epochs`, bias!, tensor(`${prefix}.classifier.bias`)),
    );
    if (isLast) {
      checks.push(near('alpha', alpha!, tensor('final.alpha_vec')));
      checks.push(near('logits', await logitsOf(method, firstImages(recording)), tensor('eval_logits')));
    }
    method.dispose();
  }
  return checks;
}

/** TPT: the loss on one image's views, its gradient, and the image's logits after the step. */
async function checkTpt(recording: Recording): Promise<Comparison[]> {
  const { clip, classNames, templates, tensor, setting } = recording;
  const views = tensor('views') as tf.Tensor4D;
  const method = tpt(clip, classNames, {
    ...{ templates, views: views.shape[0] - 1, selection: Number(setting('selection')) },
    ...{ init: String(setting('ctx_init')), steps: Number(setting('steps')), stepSize: Number(recording.metadata.lr) },
    tokens: tensor('init.prompt_learner.ctx').shape[0]!,
  });
  const context = method.learner.variables.context as tf.Variable;
  context.assign(tensor('init.prompt_learner.ctx'));
  const { imageSize, logitScale } = clip;
  const logits = (images: tf.Tensor4D) => {
    const text = method.learner.textFeatures!([...classNames], method.task) as tf.Tensor;
    return tf.mul(tf.matMul(clip.vision(images), text, false, true), logitScale) as tf.Tensor2D;
  };
  const first = compile((images: tf.Tensor4D) => {
    const step = valueAndGrads({ context }, () => method.learner.adapt!.loss(logits(images)));
    return { logits: logits(images), loss: step[0], gradient: step[1].context };
  });
  const made = await first(views);
  const checks = [
    near('logits', made.logits, tensor('step0.logits')),
    near('loss', made.loss, tensor('step0.loss')),
    gradientNear('gradient', made.gradient, tensor('grad0.prompt_learner.ctx')),
  ];
  await first.dispose();
  const pixels = views.dataSync() as Float32Array;
  const size = 3 * imageSize * imageSize;
  const view = (i: number) => Promise.resolve(pixels.slice(i * size, (i + 1) * size));
  let next = 1; // views are loaded in order
  const transforms = {
    transform: { fixed: true, load: () => view(0) },
    augmented: { fixed: false, load: () => view(next++) },
  };
  for await (const { logits: after } of classify(method, ['image'], transforms) as AsyncIterable<{
    logits: Float32Array;
  }>)
    checks.push(near('logits after the step', tf.tensor1d(after), tensor('eval_logits')));
  method.dispose();
  return checks;
}

/** Methods that learn in one step, or at test time. */
export const atOnceCases: Readonly<Record<string, (recording: Recording) => Promise<Comparison[]>>> = {
  'tip-adapter': checkTipAdapter,
  lpplusplus: checkLpPlusPlus,
  tpt: checkTpt,
};
