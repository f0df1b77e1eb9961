import { compile, mapTree } from '@dgprompt/engine';
import type { OptimizerSettings } from '@dgprompt/engine/optim';
import type { LossTerms, Method } from '@dgprompt/methods';
import { inference } from '@dgprompt/methods/evaluation';
import { namedVariables } from '@dgprompt/methods/method';
import { type Place, placeParts, published } from '@dgprompt/methods/published';
import { type Batch, classTargets, lossAndGradients, lossTerms, trainingStep } from '@dgprompt/methods/training';
import * as tf from '@tensorflow/tfjs-core';
import type { Comparison } from '../method-steps.js';
import { gradientNear, moved, near, nearNumber } from './comparisons.js';
import type { Recording } from './recording.js';

/** How to build and compare a recorded method. */
export interface ZooCase {
  /** Builds our method with the settings of the recording. */
  make(recording: Recording): Method | Promise<Method>;
  /** Does the work of `fit`, before the recorded initial values are loaded. Returns comparisons of its results. */
  prepare?(method: Method, recording: Recording): Promise<Comparison[]> | Comparison[];
  /** Additional inputs of a step (other than images and labels), by its number. */
  batch?(recording: Recording, step: number): Partial<Batch> | Promise<Partial<Batch>>;
  /** Parts of the loss and other tensors, by their names in the recording: `step0.<name>`. */
  terms?(all: LossTerms, method: Method): Record<string, tf.Tensor>;
}

/**
 * Runs a recording: logits, loss terms and gradients of the first step, losses and variables of the optimizer steps,
 * and evaluation logits after them.
 */
export async function checkSteps(recording: Recording, one: ZooCase): Promise<Comparison[]> {
  const { metadata, tensor, has, labels, parameters } = recording;
  const method = await one.make(recording);
  const checks: Comparison[] = [...((await one.prepare?.(method, recording)) ?? [])];
  const variables = namedVariables({ variables: method.learner.variables });
  const trained = parameters.filter(theirs => has(`grad0.${theirs}`));
  const shapes = new Map(parameters.map(theirs => [theirs, recording.shape(`init.${theirs}`)]));
  const place = (theirs: string) => published[method.name]?.parameter(theirs, { shapes, clip: method.clip });
  for (const theirs of parameters.filter(theirs => !trained.includes(theirs)))
    putIntoState(method, place(theirs) ?? theirs, tensor(`init.${theirs}`));
  const named = trained.map(theirs => {
    const ours = place(theirs) ?? [...variables.keys()][0]!; // the only one
    const [name, isTransposed] = placeParts(ours);
    const value = (prefix: string) => {
      const given = tensor(`${prefix}.${theirs}`);
      return isTransposed ? tf.transpose(given) : given;
    };
    return { name, value };
  });
  const [theirs, own] = [named.map(({ name }) => name), [...variables.keys()]].map(list => list.sort().join(', '));
  if (theirs !== own) throw new Error(`The recording starts from ${theirs}, but ${method.name} here learns ${own}.`);
  for (const { name, value } of named) variables.get(name)!.assign(value('init'));

  const images = tf.unstack(tensor('images')) as tf.Tensor4D[];
  const rows = images[0]!.shape[0];
  const all = labels('labels');
  const batchOf = async (pixels: tf.Tensor4D, i: number): Promise<Batch> => {
    const truth = tf.tensor1d(all.slice(i * rows, (i + 1) * rows), 'int32');
    return { images: pixels, labels: truth, mask: tf.ones([rows]), ...(await one.batch?.(recording, i)) };
  };
  const batches = await Promise.all(images.map(batchOf));
  const targets = await classTargets(method);
  const first = compile((batch: Batch) => {
    const [loss, gradients] = lossAndGradients(method, batch, targets);
    const terms = lossTerms(method, batch, targets);
    const named = { ce: terms.crossEntropy, logits: terms.logits, ...one.terms?.(terms, method) };
    return { loss, gradients, terms: mapTree((term: tf.Tensor) => tf.clone(term), named) };
  });
  const step = trainingStep(method, { optimizer: optimizerOf(metadata) });
  const ready = inference(method);
  try {
    const { loss, gradients, terms } = await first(batches[0]!);
    const losses = JSON.parse(metadata.losses!) as number[];
    checks.push(nearNumber('loss', loss.dataSync()[0]!, losses[0]!));
    for (const [name, term] of Object.entries<tf.Tensor>(terms))
      if (has(`step0.${name}`)) checks.push(near(name, term, tensor(`step0.${name}`)));
    const found = namedVariables({ variables: gradients as never });
    for (const { name, value } of named)
      checks.push(gradientNear(`gradient of ${name}`, found.get(name)!, value('grad0')));
    tf.dispose([loss, gradients, terms] as never);

    const rates = (JSON.parse(metadata.lr_steps!) as (number | number[])[]).map(lr => [lr].flat()[0]!);
    for (const [i, batch] of batches.entries()) {
      checks.push(nearNumber(`loss of step ${i + 1}`, await step.run(batch, targets, rates[i]!), losses[i]!));
    }
    for (const { name, value } of named) checks.push(moved(`${name} after the steps`, variables.get(name)!, value));
    if (has('eval_logits')) {
      const made = await ready.logits(tf.clone(batches[0]!.images!));
      checks.push(near('logits after training', tf.tensor1d(made), tensor('eval_logits')));
    }
    return checks;
  } finally {
    await Promise.all([first.dispose(), step.dispose(), ready.dispose()]);
    tf.dispose([images, batches, Object.values(targets)] as never);
    method.dispose();
  }
}

/** Recorded values without a gradient are part of our method's state. */
function putIntoState({ name, learner }: Method, place: Place, value: tf.Tensor): void {
  const [key, isTransposed] = placeParts(place);
  const found = namedVariables({ variables: learner.state ?? {} }).get(key);
  if (!found) throw new Error(`The recording has ${key} without a gradient, but ${name} has no such state.`);
  found.assign(isTransposed ? tf.transpose(value) : value);
}

function optimizerOf(metadata: Readonly<Record<string, string>>): OptimizerSettings {
  const { name, weight_decay: weightDecay, momentum, betas, eps } = JSON.parse(metadata.optimiser!);
  if (name === 'SGD') return { name: 'sgd', momentum, weightDecay };
  return { name: name === 'Adam' ? 'adam' : 'adamw', beta1: betas[0], beta2: betas[1], eps, weightDecay };
}
