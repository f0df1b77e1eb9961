import type { Clip } from '@dgprompt/clip';
import { useDevice } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { TaskInfo } from '../learner/types.js';
import { names, tinyClip } from '../testing/tiny.js';
import { methodNames, resolveMethod } from '../zoo/all.js';
import { coop } from '../zoo/coop.js';
import { dgprompt } from '../zoo/dgprompt.js';
import { maple } from '../zoo/maple.js';
import { defineMethod, methodVariant, withRecipe } from './define.js';
import { optionsSchema } from './option-schema.js';
import { addOptions, mergeOptionText, splitOptions } from './option-text.js';
import { optionLeaves } from './option-tree.js';

let clip: Clip;
beforeAll(async () => {
  await useDevice({ backend: 'cpu' });
  clip = tinyClip();
});

describe('options of a method', () => {
  it('are the published ones, then the recipe’s, then the user’s', () => {
    expect(coop(clip, names).options).toMatchObject({ tokens: 16, init: '', position: 'end' });
    const about = { protocol: 'base-to-new' as const };
    expect(coop(clip, names, about)).toMatchObject({
      options: { tokens: 4, init: 'a photo of a' },
      recipe: { epochs: 50 },
    });
    const mine = coop(clip, names, { ...about, tokens: 2, epochs: 7, lr: undefined });
    expect(mine).toMatchObject({ options: { tokens: 2 }, recipe: { lr: 0.002, epochs: 7, batch: 32 } });
  });

  it('suggest the nearest known name for an unknown one', () => {
    const wrong = (key: string) => () => maple(clip, names, { [key]: 3 } as object);
    expect(wrong('dept')).toThrow(/Unknown option of maple "dept"\. Did you mean "depth"\?/);
    expect(wrong('rank')).toThrow(/Unknown option of maple "rank"/);
    expect(() => maple(clip, names, { protocol: 'base-new' as never })).toThrow(/Did you mean "base-to-new"/);
  });

  it('keep their types', () => {
    expect(() => maple(clip, names, { depth: '2' as never })).toThrow(
      /maple: depth is "2"; it must be a whole number from 1 to 100\./,
    );
    expect(() => dgprompt(clip, names, { retention: { templates: 'a {}.' as never } })).toThrow(
      /dgprompt: retention\.templates is "a \{\}\."; it must be a list/,
    );
    expect(() => dgprompt(clip, names, { base: 'fre' as never })).toThrow(/dgprompt: Unknown base "fre".*"free"/);
    expect(() => coop(clip, names, { position: 'last' as never })).toThrow(/coop: Unknown position "last".*end/);
    expect(() => maple(clip, names, { lr: Number.NaN })).toThrow(/learning rate/);
    expect(() => maple(clip, names, { batch: 1.5 })).toThrow(/batch is 1.5/);
    expect(() => maple(clip, names, { templates: [] })).toThrow(/templates is empty/);
  });

  it('lower a published depth to the shallower tower, but not the user’s own', () => {
    const method = maple(clip, names);
    expect(method.options.depth).toBe(3);
    expect(method.capped).toEqual({ depth: 9 });
    expect(maple(clip, names, { depth: 2 }).capped).toEqual({});
    expect(() => maple(clip, names, { depth: 4 })).toThrow(/maple: depth 4 is more than the 3 layers/);
    expect(maple(clip, names, { protocol: 'cross-dataset' })).toMatchObject({ options: { depth: 3 }, capped: {} });
  });
});

describe('recipes', () => {
  const about = (more: Partial<TaskInfo>): TaskInfo => ({
    ...{ protocol: 'few-shot', shots: 16, images: 32, dataset: 'dtd', templates: [] },
    ...more,
  });

  it.each([
    [{ shots: 1 }, 50],
    [{ shots: 2 }, 100],
    [{ shots: 4 }, 100],
    [{ shots: 8 }, 200],
    [{ shots: 16 }, 200],
    [{ shots: 16, dataset: 'imagenet' }, 50],
    [{ protocol: 'base-to-new' }, 50],
  ] as [Partial<TaskInfo>, number][])('CoOp trains %o for %i epochs', (setting, epochs) => {
    expect(coop.definition.recipe(about(setting))).toMatchObject({ lr: 0.002, batch: 32, epochs });
  });

  it('MaPLe’s differs if datasets change', () => {
    expect(maple.definition.recipe(about({}))).toEqual({ lr: 0.0035, epochs: 5, batch: 4 });
    expect(maple.definition.recipe(about({ protocol: 'cross-dataset' }))).toEqual({
      lr: 0.0026,
      epochs: 2,
      batch: 4,
      depth: 3,
    });
  });
});

describe('recipes of the other methods', () => {
  const about = (more: Partial<TaskInfo> = {}): TaskInfo => ({
    ...{ protocol: 'base-to-new', shots: 16, images: 32, dataset: 'caltech-101', templates: [] },
    ...more,
  });
  const recipe = (id: string, more?: Partial<TaskInfo>) => resolveMethod(id).definition.recipe(about(more));

  it.each([
    ['cocoop', { lr: 0.002, epochs: 10, batch: 1 }],
    ['vpt', { lr: 0.0025, epochs: 5, batch: 4 }],
    ['ivlp', { lr: 0.0035, epochs: 5, batch: 4 }],
    ['kgcoop', { lr: 0.002, epochs: 100, batch: 128 }],
    ['prograd', { lr: 0.002, epochs: 100, batch: 32, strength: 1 }],
    ['promptsrc', { lr: 0.0025, epochs: 20, batch: 4 }],
  ])('%s', (id, expected) => expect(recipe(id)).toEqual(expected));

  it('ProGrad removes less with many shots on three datasets', () => {
    expect(recipe('prograd', { dataset: 'dtd', shots: 8 })).toMatchObject({ strength: 0.8 });
    expect(recipe('prograd', { dataset: 'dtd', shots: 4 })).toMatchObject({ strength: 1 });
  });

  it('PromptSRC averages other epochs for other protocols', () => {
    const averaged = (mean: number, std: number) => ({ average: { mean, std } });
    expect(recipe('promptsrc', { protocol: 'few-shot' })).toMatchObject({ epochs: 50, ...averaged(30, 30) });
    expect(recipe('promptsrc', { protocol: 'few-shot', dataset: 'eurosat' })).toMatchObject(averaged(45, 5));
    expect(recipe('promptsrc', { protocol: 'cross-dataset' })).toMatchObject({ textDepth: 3, ...averaged(6, 10) });
    expect(resolveMethod('promptsrc')(clip, names, { protocol: 'base-to-new' }).options).toMatchObject(averaged(15, 1));
  });

  it('depths of independent prompts are each tower’s own', () => {
    const { options, capped } = resolveMethod('ivlp')(clip, names);
    expect(options).toMatchObject({ textDepth: 4, visionDepth: 3 });
    expect(capped).toEqual({ textDepth: 12, visionDepth: 12 });
  });
});

describe('resolveMethod', () => {
  it('finds every method by its id', () => {
    const some = ['clip', 'linear-probe', 'tip-adapter', 'coop', 'maple', 'promptsrc', 'tpt', 'dgprompt'];
    expect(methodNames.filter(id => some.includes(id))).toEqual(some);
    for (const id of methodNames) expect(resolveMethod(id).id).toBe(id);
  });

  it('finds variants, whose settings take precedence over the recipe’s', () => {
    const variant = resolveMethod('coop:csc');
    const method = variant(clip, names, { protocol: 'base-to-new' });
    expect(method).toMatchObject({ name: 'coop:csc', options: { csc: true, tokens: 4 } });
    expect(methodVariant(dgprompt, 'no-retention')(clip, names).learner.frozen).toBeUndefined();
  });

  it('takes options by name, which count as given', () => {
    const method = resolveMethod(
      'dgprompt-first:prototype+guidance.rank=8+base=free+lr=0.01+guidance.hierarchical=false',
    )(clip, names);
    expect(method).toMatchObject({
      name: 'dgprompt-first:prototype+guidance.rank=8+base=free+lr=0.01+guidance.hierarchical=false',
      options: { base: 'free', guidance: { image: 'prototype', rank: 8, hierarchical: false } },
      recipe: { lr: 0.01, epochs: 5 },
    });
    expect(resolveMethod('maple:epochs=3+accumulate=2')(clip, names, { epochs: 9 }).recipe).toEqual({
      ...{ lr: 0.0035, epochs: 3, batch: 4, accumulate: 2 },
    });
    expect(() => resolveMethod('maple:depth=4')(clip, names)).toThrow(/maple: depth 4 is more than the 3 layers/);
    expect(() => resolveMethod('maple:rank=4')).toThrow(/Unknown option of maple "rank"/);
    expect(() => resolveMethod('maple:depth=two')).toThrow(
      /maple: depth is "two"; it must be a whole number from 1 to 100/,
    );
    expect(() => resolveMethod('coop:csc=1')).toThrow(/true or false/);
    const templates = (list: string) =>
      resolveMethod(`dgprompt:retention.templates=[${list}]`)(clip, names).options.retention;
    expect(templates('"an icon of {}."')).toMatchObject({ text: 25, templates: ['an icon of {}.'] });
    expect(templates('an icon of {}., "a, {}"')).toMatchObject({ templates: ['an icon of {}.', 'a, {}'] });
  });

  it('takes other published numbers, over which a variant and the user take precedence', () => {
    const own = [withRecipe(dgprompt, 'lr=0.01+epochs=9+retention.text=50+guidance.rank=8')];
    expect(resolveMethod('dgprompt', own)(clip, names)).toMatchObject({
      ...{ name: 'dgprompt', recipe: { lr: 0.01, epochs: 9, batch: 4 } },
      options: { retention: { text: 50, image: 10 }, guidance: { rank: 8 } },
    });
    expect(resolveMethod('dgprompt:no-retention+guidance.rank=4', own)(clip, names, { epochs: 2 })).toMatchObject({
      ...{ name: 'dgprompt:no-retention+guidance.rank=4', recipe: { lr: 0.01, epochs: 2 } },
      options: { retention: { text: 0 }, guidance: { rank: 4 } },
    });
    expect(() => withRecipe(maple, 'rank=3')).toThrow(/Unknown option of maple "rank"/);
  });

  it('suggests the nearest known name', () => {
    expect(() => resolveMethod('mapel')).toThrow(/Unknown method "mapel"\. Did you mean "maple"\?/);
    expect(() => resolveMethod('coop:last')).toThrow(/coop has no variant "last"\. It has: csc, middle, front/);
  });
});

describe('options as text', () => {
  const options = (id: string) => resolveMethod(id)(clip, names);

  it('take exponents with a sign: a + separates only before a variant and before key=', () => {
    expect(options('maple:lr=1e+2+depth=3')).toMatchObject({ recipe: { lr: 100 }, options: { depth: 3 } });
    expect(options('dgprompt-first:lr=1e-3+prototype+guidance.scale=1e+1')).toMatchObject({
      recipe: { lr: 0.001 },
      options: { guidance: { image: 'prototype', scale: 10 } },
    });
    expect(options('maple:init=a + b')).toMatchObject({ options: { init: 'a+b' } });
    expect(splitOptions('flat+lr=1e+2+init=a')).toEqual(['flat', 'lr=1e+2', 'init=a']);
  });

  it('take lists as JSON, or as values between brackets', () => {
    const listed = defineMethod({
      name: 'listed',
      options: { steps: [1, 2], words: ['a'], any: [] as string[] },
      recipe: () => ({ lr: 1, epochs: 1, batch: 1 }),
      build: () => ({ variables: {} }),
    });
    const of = (text: string) => methodVariant(listed, text)(clip, names).options;
    expect(of('steps=[3,4.5]+words=[x, y,"z, z"]')).toMatchObject({ steps: [3, 4.5], words: ['x', 'y', 'z, z'] });
    expect(of('any=[a photo of a {}.]')).toMatchObject({ any: ['a photo of a {}.'] });
    expect(() => of('steps=3')).toThrow('listed: steps is "3"; it must be a list, such as [1,2].');
    expect(() => of('steps=[3,x]')).toThrow('listed: steps is [3,"x"]; it must be a list, such as [1,2].');
  });

  it('name the option, the value and the range, or the nearest option', () => {
    const wrong = (id: string) => () => options(id);
    expect(wrong('dgprompt:guidance.rank=0')).toThrow(
      'dgprompt: guidance.rank is 0; it must be a whole number from 1 to 8192.',
    );
    expect(wrong('dgprompt:guidance.image=shot')).toThrow(
      'dgprompt: Unknown guidance.image "shot". Did you mean "shots"? Known: shots, none.',
    );
    expect(wrong('dgprompt:guidance.rnak=4')).toThrow(
      /Unknown option of dgprompt "guidance\.rnak"\. Did you mean "guidance\.rank"/,
    );
    expect(wrong('dgprompt:guidance=4')).toThrow(/Unknown option of dgprompt "guidance"/);
    expect(wrong('promptsrc:average.std=0')).toThrow(
      'promptsrc: average.std is 0; it must be a number from 0.001 to 100000.',
    );
    expect(wrong('maple:lr=fast')).toThrow('maple: lr is "fast"; it must be a number, such as 0.01.');
    const given = (more: object) => () => dgprompt(clip, names, more);
    expect(given({ guidance: { rnk: 4 } })).toThrow(
      /Unknown option of dgprompt "guidance\.rnk"\. Did you mean "guidance\.rank"/,
    );
    expect(given({ guidance: 3 })).toThrow(/dgprompt: guidance is 3; it must be a group of options, such as/);
    expect(given({ tokens: 1.5 })).toThrow('dgprompt: tokens is 1.5; it must be a whole number from 1 to 1024.');
    expect(given({ tokens: Number.NaN })).toThrow('dgprompt: tokens is NaN; it must be a whole number from 1 to 1024.');
  });

  it('are added to a name and replace those with the same key', () => {
    expect(addOptions('maple', 'lr=0.01+depth=3')).toBe('maple:lr=0.01+depth=3');
    expect(addOptions('maple:depth=3+lr=1e+2', 'lr=0.01')).toBe('maple:depth=3+lr=0.01');
    expect(mergeOptionText('', 'epochs=3')).toBe('epochs=3');
  });
});

it('every range and choice includes the default', () => {
  for (const id of methodNames) {
    const { definition } = resolveMethod(id);
    expect(optionsSchema(definition).safeParse(definition.options)).toMatchObject({ success: true });
    for (const [key, { standard, range }] of optionLeaves(definition))
      if (typeof standard === 'number') expect(range, `${id} ${key}`).toBeDefined();
    for (const variant of definition.ablations ?? []) expect(Object.keys(definition.variants ?? {})).toContain(variant);
  }
});

describe('resolve', () => {
  it('describes a method, and leaves no tensors', () => {
    const before = tf.memory().numTensors;
    const plan = resolveMethod('coop:csc').resolve(clip, names, { protocol: 'base-to-new' });
    expect(plan).toMatchObject({ name: 'coop:csc', training: 'epochs', promptedImages: false, wantsFrozen: false });
    expect(plan.options).toEqual(resolveMethod('coop:csc')(clip, names, { protocol: 'base-to-new' }).options);
    expect(plan.refusal(names)).toBeUndefined();
    expect(plan.refusal(['ant', 'bee'])).toMatch(/coop:csc: what it learned belongs to the 3 classes/);
    const others = ['clip', 'linear-probe', 'dgprompt'].map(id => resolveMethod(id).resolve(clip, names));
    expect(others).toMatchObject([
      { training: 'none' },
      { training: 'fit' },
      { training: 'epochs', promptedImages: true, wantsFrozen: true, capped: { depth: 9 } },
    ]);
    expect(() => maple.resolve(clip, names, { depth: 4 })).toThrow(/maple: depth 4 is more than the 3 layers/);
    expect(tf.memory().numTensors - before).toBe(1); // the one coop:csc that was made: its context
  });
});
