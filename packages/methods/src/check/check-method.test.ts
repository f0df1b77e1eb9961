import { type Clip, loadClip } from '@dgprompt/clip';
import { useDevice } from '@dgprompt/engine';
import { miniClip } from '@dgprompt/pictograms';
import { deepText } from '@dgprompt/prompts';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { PromptLearner } from '../learner/types.js';
import { defineMethod } from '../method/define.js';
import { clipOf, tinyClip } from '../testing/tiny.js';
import { methodNames, resolveMethod } from '../zoo/all.js';
import { checkMethod } from './check-method.js';

let clip: Clip;
beforeAll(async () => {
  await useDevice({ threads: 1 });
  clip = tinyClip();
});

const variants = methodNames.flatMap(id => [
  id,
  ...Object.keys(resolveMethod(id).definition.variants ?? {}).map(variant => `${id}:${variant}`),
]);

describe('checkMethod', () => {
  it.each(variants.filter(id => id !== 'hicropl:as-written'))('%s satisfies the contract', id =>
    checkMethod(resolveMethod(id), { clip, options: id === 'cocoop' ? { reduction: 1 } : {} }),
  );

  it('hicropl:as-written satisfies the contract, with two layers in each direction', () => {
    const { config } = clip;
    const deeper = clipOf({ ...config, vision: { ...config.vision, layers: 4 } });
    return checkMethod(resolveMethod('hicropl:as-written'), { clip: deeper, options: { heads: 2, cross: 2 } });
  });

  it('also passes on the mini-CLIP', async () => {
    const real = await loadClip(miniClip);
    for (const id of ['coop', 'maple']) await checkMethod(resolveMethod(id), { clip: real });
    real.dispose();
  });

  /** A method of one learned text prompt, with something broken. */
  const broken = (more: (text: ReturnType<typeof deepText>) => Partial<PromptLearner>) =>
    defineMethod({
      name: 'broken',
      options: {},
      recipe: () => ({ lr: 0.1, epochs: 1, batch: 4 }),
      build(clip, _, random) {
        const text = deepText(clip, { tokens: 2, depth: 1, init: '' }, random);
        return {
          variables: { text: text.variables },
          textFeatures: names => clip.text(names, { prompts: text }),
          ...more(text),
        };
      },
    });

  it.each<[string, (text: ReturnType<typeof deepText>) => Partial<PromptLearner>, RegExp]>([
    [
      'a variable that nothing reads',
      text => ({ variables: { text: text.variables, idle: tf.variable(tf.ones([2])) } }),
      /broken: idle got no gradient in 4 steps/,
    ],
    [
      'a claim about the class set',
      () => ({ conditionedOn: ['classes'], imageFeatures: images => clip.vision(images) }),
      /broken claims to be conditioned on classes, but another set of classes does not change its features/,
    ],
    [
      'a claim about templates',
      () => ({ conditionedOn: ['templates'] }),
      /broken claims to be conditioned on templates, but another template does not change its features/,
    ],
    [
      'a claim about the image',
      text => ({
        conditionedOn: ['image'],
        textFeatures: (names, { image }) =>
          tf.tile(tf.expandDims(clip.text(names, { prompts: text }) as tf.Tensor2D), [image!.shape[0]!, 1, 1]),
      }),
      /broken claims to be conditioned on image, but another image does not change its features/,
    ],
    [
      'a claim about the image by text features that are not per image',
      text => ({ conditionedOn: ['image'], textFeatures: names => clip.text(names, { prompts: text }) }),
      /broken claims to be conditioned on image, but another image does not change its features/,
    ],
    [
      'random features',
      text => ({
        textFeatures: names => {
          const plain = clip.text(names, { prompts: text });
          return tf.add(plain, tf.randomNormal(plain.shape, 0, 0.1));
        },
      }),
      /broken: opening it again gives other logits; features must not draw random numbers or count/,
    ],
    [
      'a condition that does not exist',
      () => ({ conditionedOn: ['klasses' as never] }),
      /broken: Unknown condition "klasses"\. Did you mean "classes"\?/,
    ],
    [
      'images that see their batch',
      () => ({ imageFeatures: images => tf.sub(clip.vision(images), tf.mean(clip.vision(images), 0)) }),
      /broken: the logits of an image depend on the size of its batch/,
    ],
    [
      'logits of another shape',
      () => ({ logits: ({ image }) => tf.slice(image, [0, 0], [-1, 2]) as tf.Tensor2D }),
      /broken: logits are \[4,2\]; for these images and classes they must be \[4,4\]/,
    ],
    [
      'text features of another shape',
      () => ({ textFeatures: names => tf.ones([names.length + 1, 8]) }),
      /broken: text features are \[5,8\]; they must be \[4, 8\], or \[B, 4, 8\]/,
    ],
  ])('%s is found', async (_, more, sentence) => {
    await expect(checkMethod(broken(more), { clip })).rejects.toThrow(sentence);
  });
});
