import type { Clip } from '@dgprompt/clip';
import { useDevice } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { items, names, tinyClip } from '../testing/tiny.js';
import { train } from '../training/train.js';
import { methodNames, resolveMethod } from '../zoo/all.js';

let clip: Clip;
beforeAll(async () => {
  await useDevice({ backend: 'cpu' });
  clip = tinyClip();
});

const build = (id: string, options: object = {}, classNames: readonly string[] = names) =>
  resolveMethod(id)(clip, classNames, id === 'cocoop' ? { reduction: 4, ...options } : options); // this CLIP's features are few

/** The error's message, which must be one sentence. */
function said(f: () => unknown): string {
  try {
    f();
  } catch (error) {
    const { message } = error as Error;
    expect(message).toMatch(/^\S[^\n]*[.?]$/);
    return message;
  }
  throw new Error('Nothing was said.');
}

const learning = methodNames.filter(id => id !== 'clip');
const withText = ['coop', 'coop:csc', 'cocoop', 'ivlp', 'maple', 'kgcoop', 'prograd', 'promptsrc', 'dgprompt'];

describe('bad input throws one sentence before training starts', () => {
  it.each(methodNames)('%s: an option of another method', id => {
    const other = id.startsWith('dgprompt') ? 'position' : 'guidance';
    expect(said(() => build(id, { [other]: 1 }))).toContain(`Unknown option of ${id} "${other}"`);
  });

  it.each([
    ['maple', 'depth', 4],
    ['dgprompt', 'depth', 4],
    ['vpt', 'depth', 4],
    ['ivlp', 'textDepth', 5],
    ['ivlp', 'visionDepth', 4],
    ['promptsrc', 'textDepth', 5],
    ['promptsrc', 'visionDepth', 4],
  ])('%s: %s above the layers of its tower', (id, option, depth) => {
    const layers = depth - 1;
    expect(said(() => build(id, { [option]: depth }))).toBe(
      `${id}: ${option} ${depth} is more than the ${layers} layers that this CLIP has for it; give at most ${layers}.`,
    );
    expect(build(id, { [option]: layers }).options[option]).toBe(layers);
    expect(said(() => build(id, { [option]: 0 }))).toMatch(/depth is 0; it must be a whole number from 1/i);
  });

  it.each(withText)('%s: more context than fits with the longest class name', id => {
    const option = ['ivlp', 'promptsrc'].includes(id) ? 'textTokens' : 'tokens';
    const longest = 'a very big old dog';
    const room = 77 - 2 - 5 - 1; // start and end, the name, the full stop
    const before = tf.memory().numTensors;
    expect(said(() => build(id, { [option]: room + 3 }, [...names, longest]))).toBe(
      `${id}: ${room + 3} context tokens and the class name "${longest}" make a prompt of 80 tokens, and this CLIP takes 77; give at most ${room} context tokens, or a shorter name.`,
    );
    expect(tf.memory().numTensors).toBe(before); // nothing of it is left
    const method = build(id, { [option]: room });
    if (id !== 'coop:csc') {
      expect(method.forClasses([longest, 'owl']).classNames).toHaveLength(2);
      expect(said(() => method.forClasses([`${longest} here`, 'owl']))).toContain('make a prompt of 78 tokens');
    }
    method.dispose();
  });

  it.each(['vpt', 'ivlp', 'maple', 'promptsrc', 'dgprompt'])('%s: a vision tower that takes no prompts', id => {
    const { config } = clip;
    const resnet = { ...clip, config: { ...config, vision: { ...config.vision, stages: [1, 1, 1, 1] } } };
    expect(said(() => resolveMethod(id)(resnet, names))).toMatch(/ModifiedResNet.*use a method without them/);
  });

  it.each([1.5, Number.NaN, 2 ** 40])('a seed of %s', async seed => {
    const sentence = `coop: seed is ${seed}; it must be a whole number from -2^36 to 2^36.`;
    expect(said(() => build('coop', { seed }))).toBe(sentence);
    await expect(train(build('coop'), items(1), { seed }).next()).rejects.toThrow(sentence);
  });

  it('a name that does not fit with any context', () => {
    const name = Array.from({ length: 80 }, () => 'big').join(' ');
    expect(said(() => build('coop', {}, ['owl', name]))).toMatch(/takes 77; give a shorter name\.$/);
  });

  it.each(learning)('%s: one class, none, an empty name, the same name twice', id => {
    expect(said(() => build(id, {}, ['cat']))).toBe('A classifier needs at least two classes, and one was given.');
    expect(said(() => build(id, {}, []))).toBe('A classifier needs at least two classes, and none were given.');
    expect(said(() => build(id, {}, ['cat', ' ']))).toBe('The name of class 1 is empty; give every class a name.');
    expect(said(() => build(id, {}, ['sea_lion', 'cat', 'sea lion']))).toContain('Classes 0 and 2 have the same name');
  });

  it.each(learning)('%s: zero shots, tokens or epochs', id => {
    expect(said(() => build(id, { shots: 0 }))).toBe(`${id}: shots is 0; it must be a whole number of at least 1.`);
    if (build(id).recipe.epochs > 0)
      expect(said(() => build(id, { epochs: 0 }))).toBe(`${id}: epochs is 0; it must be a whole number of at least 1.`);
    const { options } = build(id);
    for (const option of Object.keys(options).filter(key => /tokens$/i.test(key)))
      expect(said(() => build(id, { [option]: 0 }))).toMatch(/tokens is 0; it must be a whole number from 1 to 1024/i);
  });
});
