import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Clip } from '@dgprompt/clip';
import { compile, mapTree } from '@dgprompt/engine';
import type { OptimizerSettings } from '@dgprompt/engine/optim';
import { openSafetensors } from '@dgprompt/io';
import { goldenClip } from '@dgprompt/lab/golden';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { inference } from '../evaluation/inference.js';
import type { LossTerms, Method } from '../learner/types.js';
import { namedVariables } from '../method/variables.js';
import { published } from '../published/published.js';
import { type Place, placeParts } from '../published/types.js';
import { classTargets } from '../training/data.js';
import { type Batch, lossAndGradients, lossTerms } from '../training/loss.js';
import { trainingStep } from '../training/step.js';

const folder = fileURLToPath(new URL('../../../../../shared/golden-zoo/', import.meta.url));
export const hasGoldenZoo = existsSync(folder);

/** The scale in their CLIPs' 16-bit files, to which the published scale rounds. */
const recordedScale = Math.exp(2.66015625);

/** A published method's recorded numbers, and the CLIP that they were recorded with. */
export interface ZooRecording {
  clip: Clip;
  classNames: string[];
  metadata: Readonly<Record<string, string>>;
  /** Of the learned parameters. */
  names: string[];
  has(key: string): boolean;
  tensor(key: string): tf.Tensor;
  close(): void;
}

export async function zooRecording(name: string): Promise<ZooRecording> {
  const { metadata, tensors, read, close } = openSafetensors(`${folder}${name}.safetensors`);
  const { clip } = await goldenClip(`${folder}${metadata.clip}.safetensors`, [recordedScale]);
  return {
    clip,
    classNames: JSON.parse(metadata.classnames!) as string[],
    metadata,
    names: [...tensors.keys()].filter(key => key.startsWith('init.')).map(key => key.slice(5)),
    has: key => tensors.has(key),
    tensor: key => tf.tensor(read(key), tensors.get(key)!.shape),
    close() {
      close();
      clip.dispose();
    },
  };
}

export interface ZooCheck {
  /** Where a recorded parameter belongs. Default: as when a published checkpoint is imported */
  parameter?(name: string): Place;
  /** Parts of the loss, and other tensors, by their names in the recording: `step0.<name>`. */
  terms?(all: LossTerms): Record<string, tf.Tensor>;
  /** Input of a step in addition to images and labels, by its number. */
  batch?(step: number): Partial<Batch>;
}

/** Relative to the largest entry, the same as when the recordings were checked against plain torch. */
const tolerance = 1e-4;

/**
 * Expects a method to match the recording of its published code: logits and loss terms of the first step, its
 * gradients, the losses and variables of two optimizer steps, and the logits of an evaluation after them.
 */
export async function expectRecorded(recording: ZooRecording, method: Method, check: ZooCheck = {}): Promise<void> {
  const { metadata, tensor, has } = recording;
  const variables = namedVariables({ variables: method.learner.variables });
  const all = recordedNames(recording, method, check);
  const isTrained = ([theirs]: (typeof all)[number]) => has(`grad0.${theirs}`);
  const named = new Map(all.filter(isTrained).map(([theirs, ours, value]) => [ours, { theirs, value }]));
  const state = namedVariables({ variables: method.learner.state ?? {} });
  for (const [, ours, value] of all.filter(one => !isTrained(one))) state.get(ours)!.assign(value('init'));
  expect([...named.keys()].sort()).toEqual([...variables.keys()].sort());
  for (const [name, { value }] of named) variables.get(name)!.assign(value(`init`));

  const labels = tf.unstack(tensor('labels')).map(x => tf.cast(x, 'int32')) as tf.Tensor1D[];
  const batches = (tf.unstack(tensor('images')) as tf.Tensor4D[]).map((images, i): Batch => {
    const mask = tf.ones([labels[i]!.size]) as tf.Tensor1D;
    return { images, labels: labels[i]!, mask, ...check.batch?.(i) };
  });
  const targets = await classTargets(method);
  const first = compile((batch: Batch) => {
    const [loss, gradients] = lossAndGradients(method, batch, targets);
    const all = lossTerms(method, batch, targets);
    const terms = { ce: all.crossEntropy, logits: all.logits, ...check.terms?.(all) };
    return { loss, gradients, terms: mapTree((term: tf.Tensor) => tf.clone(term), terms) };
  });
  const step = trainingStep(method, { optimizer: optimizerOf(metadata) });
  try {
    const { loss, gradients, terms } = await first(batches[0]!);
    const losses = JSON.parse(metadata.losses!) as number[];
    close('the loss', loss, tf.scalar(losses[0]!));
    for (const [name, term] of Object.entries<tf.Tensor>(terms)) close(name, term, tensor(`step0.${name}`));
    const found = namedVariables({ variables: gradients as never });
    for (const [name, { value }] of named)
      expect(relative(found.get(name)!, value('grad0')), `gradient of ${name}`).toBeLessThan(tolerance);

    const rates = (JSON.parse(metadata.lr_steps!) as (number | number[])[]).map(lr => [lr].flat()[0]!);
    for (const [i, batch] of batches.entries()) {
      const now = await step.run(batch, targets, rates[i]!);
      expect(Math.abs(now - losses[i]!), `loss of step ${i}`).toBeLessThan(tolerance * Math.max(1, losses[i]!));
    }
    for (const [name, { value }] of named)
      expect(strayed(variables.get(name)!, value), `${name} after two steps`).toBeLessThan(1);
    if (has('eval_logits')) close('evaluation', await evaluated(method, batches[0]!), tensor('eval_logits'));
  } finally {
    await Promise.all([first.dispose(), step.dispose()]);
  }
}

/** The logits of an evaluation of the recording's first images. */
export async function evaluated(method: Method, { images }: Pick<Batch, 'images'>): Promise<tf.Tensor> {
  const ready = inference(method);
  try {
    const logits = await ready.logits(tf.clone(images!));
    return tf.tensor(logits, [images!.shape[0], method.classNames.length]);
  } finally {
    await ready.dispose();
  }
}

/** Expects tensors within 1e-4 of each other, or of the largest entry if that is above 1. */
export function close(what: string, made: tf.Tensor, wanted: tf.Tensor): void {
  const largest = Math.max(1, ...tf.abs(wanted).dataSync());
  const error = tf.max(tf.abs(tf.sub(tf.reshape(made, [-1]), tf.reshape(wanted, [-1])))).dataSync()[0]!;
  if (process.env.SHOW_ERRORS) console.log(what, error / largest);
  expect(error, what).toBeLessThan(tolerance * largest);
}

function relative(made: tf.Tensor, wanted: tf.Tensor): number {
  const error = tf.max(tf.abs(tf.sub(made, wanted))).dataSync()[0]!;
  const ratio = error / tf.max(tf.abs(wanted)).dataSync()[0]!;
  if (process.env.SHOW_ERRORS) console.log('gradient', ratio);
  return ratio;
}

/**
 * Distance of a variable from its recording, in thousandths of the largest change or in rounding errors; entries with
 * almost no gradient do not count, since Adam's step there is noise.
 */
function strayed(variable: tf.Variable, value: (prefix: string) => tf.Tensor): number {
  const [start, end, gradient, ours] = [value('init'), value('final'), value('grad0'), variable].map(x => x.dataSync());
  const largest = (values: ArrayLike<number>) => Array.from(values).reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  const least = 1e-4 * largest(gradient!);
  const way = largest(Array.from(end!, (x, i) => x - start![i]!));
  const off = largest(Array.from(ours!, (x, i) => (Math.abs(gradient![i]!) > least ? x - end![i]! : 0)));
  const ratio = off / Math.max(1e-3 * way, 4 * 2 ** -24 * largest(end!));
  if (process.env.SHOW_ERRORS) console.log('variable', off, 'of', way);
  return ratio;
}

type Value = (prefix: string) => tf.Tensor;

/** Recorded parameters by their names there and here, with their values. */
function recordedNames(
  { names, tensor }: ZooRecording,
  { name, clip }: Method,
  { parameter }: ZooCheck,
): [string, string, Value][] {
  const shapes = new Map(names.map(theirs => [theirs, tensor(`init.${theirs}`).shape]));
  return names.map(theirs => {
    const place = parameter?.(theirs) ?? published[name]!.parameter(theirs, { shapes, clip })!;
    const [ours, isTransposed] = placeParts(place);
    const value = (prefix: string) => tensor(`${prefix}.${theirs}`);
    return [theirs, ours, isTransposed ? prefix => tf.transpose(value(prefix)) : value];
  });
}

function optimizerOf(metadata: Readonly<Record<string, string>>): OptimizerSettings {
  const { name, weight_decay: weightDecay, momentum, betas, eps } = JSON.parse(metadata.optimiser!);
  if (name === 'SGD') return { name: 'sgd', momentum, weightDecay };
  return { name: name === 'Adam' ? 'adam' : 'adamw', beta1: betas[0], beta2: betas[1], eps, weightDecay };
}
