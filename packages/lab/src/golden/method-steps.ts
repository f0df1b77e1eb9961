import type { Clip } from '@dgprompt/clip';
import { compile, mapTree } from '@dgprompt/engine';
import type { SafetensorsFile } from '@dgprompt/io';
import type { LossTerms, Method } from '@dgprompt/methods';
import { namedVariables } from '@dgprompt/methods/method';
import {
  type Place,
  type Published,
  type PublishedFile,
  placeParts,
  publishedPrompts,
} from '@dgprompt/methods/published';
import { type Batch, classTargets, lossAndGradients, lossTerms, trainingStep } from '@dgprompt/methods/training';
import * as tf from '@tensorflow/tfjs-core';

/** A comparison with recorded numbers. */
export interface Comparison {
  /** The compared quantity: `logits`, `gradients`, … */
  what: string;
  /** The largest difference; for gradients, relative to the largest entry of all. */
  error: number;
  /** The largest error that float32 allows. */
  tolerance: number;
}

/**
 * Absolute for features and logits; relative to the largest entry for gradients, and to the loss if that is above 1.
 */
const tolerance = 1e-4;

/** Whether a recording's name, `coop-end`, refers to an implementation that ours can be compared with. */
export const isPublished = (recorded: string): boolean => recorded.split('-')[0]! in publishedPrompts;

/** The published implementation of a recording: `coop-end` is CoOp's. @throws a sentence if ours has no such method */
function publishedFor(recorded: string): Published {
  const known = publishedPrompts[recorded.split('-')[0]!];
  if (known) return known;
  throw new Error(
    `"${recorded}" is none of the published implementations known here: ${Object.keys(publishedPrompts).join(', ')}.`,
  );
}

/**
 * Compares a recording of a published implementation with our method of that name: logits, loss, its terms and the
 * gradients of the first step; then as many SGD steps as there are batches, with the losses on the way, the parameters
 * after them and the logits of the first batch.
 *
 * @param file `images` [S, B, 3, R, R], `labels` [S, B], `init.*`, `step0.*`, `grad0.*`, `final.*`, `eval_logits`;
 *   settings in its metadata
 * @param clip the CLIP that it was recorded with
 * @param recorded the published implementation's name; default: the metadata's
 * @throws a sentence if the file lacks something, or if its parameters differ from ours
 */
export async function checkGolden(
  file: SafetensorsFile,
  clip: Clip,
  recorded = file.metadata.method ?? '',
): Promise<Comparison[]> {
  const setting = file.metadata;
  const { method: factory, options, parameter, terms } = publishedFor(recorded);
  const shapes = new Map(under(file, 'init').map(name => [name, file.tensors.get(`init.${name}`)!.shape]));
  const classNames = JSON.parse(setting.classnames!) as string[];
  const published: PublishedFile = { shapes, clip };
  const method: Method = factory(clip, classNames, options(published, setting));
  const losses = JSON.parse(setting.losses!) as number[];
  const own: tf.Tensor[] = []; // freed at the end
  const tensor = (key: string) => keep(own, tf.tensor(file.read(key), file.tensors.get(key)!.shape));
  const read = (prefix: string): Map<string, tf.Tensor> => {
    const missing = [...shapes.keys()].find(name => !file.tensors.has(`${prefix}.${name}`));
    if (missing !== undefined) throw new Error(`${file.path} has no "${prefix}.${missing}".`);
    return new Map(
      under(file, prefix)
        .map(name => [partsOf(file, parameter(name, published), name), tensor(`${prefix}.${name}`)] as const)
        .map(([[name, isTransposed], value]) => [name, isTransposed ? keep(own, tf.transpose(value)) : value] as const),
    );
  };

  const targets = await classTargets(method);
  const step = trainingStep(method, {
    optimizer: {
      name: 'sgd',
      momentum: Number(setting.momentum ?? 0.9),
      weightDecay: Number(setting.weight_decay ?? 5e-4),
    },
  });
  const first = compile((batch: Batch) => {
    const [loss, gradients] = lossAndGradients(method, batch, targets);
    const all: LossTerms = lossTerms(method, batch, targets);
    return {
      loss,
      gradients,
      logits: all.logits,
      terms: mapTree((term: tf.Tensor) => tf.clone(term), terms?.(all, method) ?? {}), // copies: some are targets
    };
  });
  try {
    const variables = namedVariables({ variables: method.learner.variables });
    put(read('init'), variables, method.name);
    const images = tf.unstack(tensor('images')).map(x => keep(own, x)) as tf.Tensor4D[];
    const labels = tf.unstack(tensor('labels')).map(x => keep(own, tf.cast(keep(own, x), 'int32'))) as tf.Tensor1D[];
    const batches = images.map(
      (image, i): Batch => ({ images: image, labels: labels[i]!, mask: keep(own, tf.ones([labels[i]!.size])) }),
    );

    const now = await first(batches[0]!);
    const checks: Comparison[] = [absolute('logits', now.logits.dataSync(), file.read('step0.logits'))];
    checks.push(relative('loss', now.loss.dataSync(), losses.slice(0, 1)));
    for (const [name, value] of Object.entries(now.terms as Record<string, tf.Tensor>))
      if (file.tensors.has(`step0.${name}`)) {
        const compare = value.rank === 0 ? relative : absolute;
        checks.push(compare(name, value.dataSync(), file.read(`step0.${name}`)));
      }
    checks.push(gradients(namedVariables({ variables: now.gradients as never }), read('grad0')));
    tf.dispose(now as never);

    const seen: number[] = [];
    for (const batch of batches) seen.push(await step.run(batch, targets, Number(setting.lr)));
    checks.push(relative('losses', seen, losses));
    checks.push(moved(variables, read('init'), read('final')));
    const after = await first(batches[0]!);
    checks.push(absolute('logits after training', after.logits.dataSync(), file.read('eval_logits')));
    tf.dispose(after as never);
    return checks;
  } finally {
    tf.dispose([own, Object.values(targets)] as never);
    await first.dispose();
    await step.dispose();
    method.dispose();
  }
}

function keep<T extends tf.Tensor>(list: tf.Tensor[], tensor: T): T {
  list.push(tensor);
  return tensor;
}

/** Names of the tensors under a prefix, without the prefix. */
const under = ({ tensors }: SafetensorsFile, prefix: string): string[] =>
  [...tensors.keys()].filter(key => key.startsWith(`${prefix}.`)).map(key => key.slice(prefix.length + 1));

function partsOf({ path }: SafetensorsFile, place: Place | undefined, name: string): readonly [string, boolean] {
  if (place === undefined) throw new Error(`${path}: "${name}" is no parameter that this method has here.`);
  return placeParts(place);
}

/** Loads a recording's initial values into the method's variables, which must match exactly. */
function put(init: Map<string, tf.Tensor>, variables: Map<string, tf.Variable>, method: string): void {
  const [theirs, ours] = [init, variables].map(map => [...map.keys()].sort().join(', '));
  if (theirs !== ours) throw new Error(`The recording starts from ${theirs}, but ${method} here learns ${ours}.`);
  for (const [name, value] of init) {
    const variable = variables.get(name)!;
    if (variable.shape.join() !== value.shape.join())
      throw new Error(`"${name}" is [${value.shape}] in the recording, but [${variable.shape}] here.`);
    variable.assign(value);
  }
}

const absolute = (what: string, values: ArrayLike<number>, expected: ArrayLike<number>): Comparison => ({
  what,
  error: distance(values, expected),
  tolerance,
});

/** A loss is a sum of many terms, so its error grows with it. */
const relative = (what: string, values: ArrayLike<number>, expected: ArrayLike<number>): Comparison => ({
  ...{ what, error: distance(values, expected) },
  tolerance: tolerance * Math.max(1, ...Array.from(expected, Math.abs)),
});

function gradients(values: Map<string, tf.Tensor>, expected: Map<string, tf.Tensor>): Comparison {
  const largest = Math.max(...[...expected.values()].map(g => distance(g.dataSync(), new Float32Array(g.size))));
  const errors = [...expected].map(([name, g]) => distance(values.get(name)!.dataSync(), g.dataSync()));
  return { what: 'gradients', error: Math.max(...errors) / largest, tolerance };
}

/**
 * Compares parameters after training, within a thousandth of the largest change (a wrong momentum would be a good part
 * of it), or a few roundings of the largest value.
 */
function moved(
  variables: Map<string, tf.Variable>,
  init: Map<string, tf.Tensor>,
  final: Map<string, tf.Tensor>,
): Comparison {
  let [error, way, largest] = [0, 0, 0];
  for (const [name, value] of final) {
    const [start, end, ours] = [init.get(name)!, value, variables.get(name)!].map(x => x.dataSync());
    error = Math.max(error, distance(ours!, end!));
    way = Math.max(way, distance(start!, end!));
    largest = Math.max(largest, distance(end!, new Float32Array(end!.length)));
  }
  return { what: 'parameters', error, tolerance: Math.max(1e-3 * way, 4 * 2 ** -24 * largest) };
}

/** The largest difference; infinite for NaN or a different number of values. */
function distance(values: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (values.length !== expected.length) return Number.POSITIVE_INFINITY;
  let most = 0;
  for (let i = 0; i < values.length; i++) {
    const difference = Math.abs(values[i]! - expected[i]!);
    most = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : Math.max(most, difference);
  }
  return most;
}
