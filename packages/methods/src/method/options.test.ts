import type { Clip } from '@dgprompt/clip';
import { useDevice } from '@dgprompt/engine';
import { beforeAll, describe, expect, it } from 'vitest';
import { names, tinyClip } from '../testing/tiny.js';
import { methodNames, resolveMethod } from '../zoo/all.js';
import { coop } from '../zoo/coop.js';
import { dgprompt } from '../zoo/dgprompt.js';
import { maple } from '../zoo/maple.js';
import { methodVariant, withRecipe } from './define.js';
import type { TaskInfo } from './types.js';

let clip: Clip;
beforeAll(async () => {
  await useDevice({ backend: 'cpu' });
  clip = tinyClip();
});

describe('options of a method', () => {
  it('are the published ones, then the recipe’s, then the user’s', () => {
    expect(coop(clip, names).options).toMatchObject({ tokens: 16, start: '', position: 'end' });
    const about = { protocol: 'base-to-new' as const };
    expect(coop(clip, names, about)).toMatchObject({
      options: { tokens: 4, start: 'a photo of a' },
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
      /maple: depth is "2"; it must be a number, such as 9/,
    );
    expect(() => dgprompt(clip, names, { retainTemplates: 'a {}.' as never })).toThrow(/must be a list/);
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
    ...{ protocol: 'few-shot', shots: 16, dataset: 'dtd', templates: [] },
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

  it('MaPLe’s differs where datasets change', () => {
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
    ...{ protocol: 'base-to-new', shots: 16, dataset: 'caltech-101', templates: [] },
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

  it('ProGrad takes less away with many shots of three datasets', () => {
    expect(recipe('prograd', { dataset: 'dtd', shots: 8 })).toMatchObject({ strength: 0.8 });
    expect(recipe('prograd', { dataset: 'dtd', shots: 4 })).toMatchObject({ strength: 1 });
  });

  it('PromptSRC averages other epochs where the protocol is another', () => {
    const averaged = (averageMean: number, averageStd: number) => ({ averageMean, averageStd });
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
    expect(methodNames).toEqual([
      ...[
        'clip',
        'linear-probe',
        'coop',
        'cocoop',
        'vpt',
        'ivlp',
        'maple',
        'kgcoop',
        'prograd',
        'promptsrc',
        'dgprompt',
      ],
    ]);
    for (const id of methodNames) expect(resolveMethod(id).id).toBe(id);
  });

  it('finds variants, whose settings go before the recipe’s', () => {
    const variant = resolveMethod('coop:csc');
    const method = variant(clip, names, { protocol: 'base-to-new' });
    expect(method).toMatchObject({ name: 'coop:csc', options: { csc: true, tokens: 4 } });
    expect(methodVariant(dgprompt, 'no-retention')(clip, names).learner.frozen).toBeUndefined();
  });

  it('takes options by name, which count as given', () => {
    const method = resolveMethod('dgprompt:prototype+rank=8+base=free+lr=0.01+hierarchical=false')(clip, names);
    expect(method).toMatchObject({
      name: 'dgprompt:prototype+rank=8+base=free+lr=0.01+hierarchical=false',
      options: { visualContext: 'prototype', rank: 8, base: 'free', hierarchical: false },
      recipe: { lr: 0.01, epochs: 5 },
    });
    expect(resolveMethod('maple:epochs=3+accumulate=2')(clip, names, { epochs: 9 }).recipe).toEqual({
      ...{ lr: 0.0035, epochs: 3, batch: 4, accumulate: 2 },
    });
    expect(() => resolveMethod('maple:depth=4')(clip, names)).toThrow(/maple: depth 4 is more than the 3 layers/);
    expect(() => resolveMethod('maple:rank=4')).toThrow(/Unknown option of maple "rank"/);
    expect(() => resolveMethod('maple:depth=two')).toThrow(/maple: depth=two: the value must be a number, such as 9/);
    expect(() => resolveMethod('coop:csc=1')).toThrow(/true or false/);
    const templates = resolveMethod('dgprompt:retainTemplates=["an icon of {}."]')(clip, names).options.retainTemplates;
    expect(templates).toEqual(['an icon of {}.']);
  });

  it('takes other published numbers, which a variant and the user go before', () => {
    const own = [withRecipe(dgprompt, 'lr=0.01+epochs=9+retainText=50+rank=8')];
    expect(resolveMethod('dgprompt', own)(clip, names)).toMatchObject({
      ...{ name: 'dgprompt', recipe: { lr: 0.01, epochs: 9, batch: 4 } },
      options: { retainText: 50, retainImage: 10, rank: 8 },
    });
    expect(resolveMethod('dgprompt:no-retention+rank=4', own)(clip, names, { epochs: 2 })).toMatchObject({
      ...{ name: 'dgprompt:no-retention+rank=4', recipe: { lr: 0.01, epochs: 2 } },
      options: { retainText: 0, rank: 4 },
    });
    expect(() => withRecipe(maple, 'rank=3')).toThrow(/Unknown option of maple "rank"/);
  });

  it('suggests the nearest known name', () => {
    expect(() => resolveMethod('mapel')).toThrow(/Unknown method "mapel"\. Did you mean "maple"\?/);
    expect(() => resolveMethod('coop:last')).toThrow(/coop has no variant "last"\. It has: csc, middle, front/);
  });
});
