import { normalised } from '@dgprompt/clip';
import { classMemory, jointByMass, memoryShift } from '@dgprompt/guidance';
import type { SafetensorsFile } from '@dgprompt/io';
import * as tf from '@tensorflow/tfjs-core';
import type { Comparison } from '../golden/method-steps.js';
import { distance } from './golden-case.js';

/** Whether a file records numbers of a class memory. */
export const isMemory = ({ tensors }: SafetensorsFile): boolean => tensors.has('shift_base') && tensors.has('shots');

/** Checks a class memory of recorded features, and both rules for base and new classes together. */
export function memoryCase(file: SafetensorsFile): Comparison[] {
  const { metadata } = file;
  const number = (name: string) => Number(metadata[name]);
  const rows = (name: string) => tf.tensor2d(file.read(name), file.tensors.get(name)!.shape as [number, number]);
  const width = file.tensors.get('mean')!.shape[0]!;
  const strength = number('lambda');
  const options = { strength, ridge: number('rho'), clipShare: number('clip_share') };
  const shots = {
    features: file.read('shots'),
    labels: file.read('shot_labels'),
    texts: file.read('text_base'),
    width,
  };
  const memory = classMemory(shots, options);
  const found: Comparison[] = [];
  const compare = (what: string, values: ArrayLike<number>, expected: ArrayLike<number>) =>
    found.push({ what, error: distance(values, expected), tolerance: 1e-4 });
  compare('evidence', memory.evidence, file.read('A'));
  compare('mean', memory.mean, file.read('mean'));
  compare('margin', [memory.margin], [number('gamma')]);
  tf.tidy(() => {
    const [texts, evidence] = [memory.texts, memory.evidence].map(x => tf.tensor2d(x, [x.length / width, width]));
    const parts = { base: rows('text_base'), new: rows('text_new') };
    const guided: tf.Tensor2D[] = [];
    for (const [part, text] of Object.entries(parts)) {
      const shift = memoryShift(texts!, evidence!, text, strength);
      compare(`shift of ${part} classes`, shift.dataSync(), file.read(`shift_${part}`));
      guided.push(normalised(tf.add(text, shift) as tf.Tensor2D));
    }
    const [isSeen, isUnseen] = [0, 1].map(unseen => (part: tf.Tensor2D) => tf.fill([part.shape[0]], unseen));
    const unseen = tf.concat([isSeen!(parts.base), isUnseen!(parts.new)]) as tf.Tensor1D;
    const scale = number('logit_scale');
    for (const part of ['base', 'new']) {
      const images = rows(`images_${part}`);
      const some = tf.slice(images, 0, Math.min(16, images.shape[0]));
      const cosines = (of: tf.Tensor2D, classes: tf.Tensor2D) => tf.matMul(of, classes, false, true);
      const whole = cosines(some, tf.concat(guided, 0));
      compare(`cosines of ${part} images`, whole.dataSync(), file.read(`cosines_${part}`));
      const centred = tf.sub(some, tf.mul(tf.tensor1d(memory.mean), number('centring'))) as tf.Tensor2D;
      const own = tf.concat([cosines(some, guided[0]!), cosines(centred, parts.new)], 1);
      compare(`centred cosines of ${part} images`, own.dataSync(), file.read(`centred_${part}`));
      const clip = cosines(some, tf.concat([parts.base, parts.new], 0));
      const mass = jointByMass(tf.mul(own, scale), tf.mul(clip, scale), unseen);
      compare(`mass of ${part} images`, tf.exp(mass).dataSync(), file.read(`mass_${part}`));
      const lead = ([seen, rest]: tf.Tensor2D[]) =>
        tf.sub(tf.max(cosines(images, seen!), 1), tf.max(cosines(images, rest!), 1));
      const blended = tf.add(
        tf.mul(lead(guided), 1 - options.clipShare),
        tf.mul(lead([parts.base, parts.new]), options.clipShare),
      );
      compare(`group of ${part} images`, tf.sub(blended, memory.margin).dataSync(), file.read(`group_score_${part}`));
    }
  });
  return found;
}
