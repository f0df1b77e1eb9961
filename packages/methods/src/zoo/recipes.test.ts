import type { Clip } from '@dgprompt/clip';
import { describe, expect, it } from 'vitest';
import { resolveOptions, type Settings } from '../method/options.js';
import { methodNames, resolveMethod } from './all.js';

/** As deep as ViT-B/16, so that nothing is capped. */
const vit = {
  config: {
    embedDim: 512,
    vision: { imageSize: 224, patchSize: 16, width: 768, layers: 12, heads: 12 },
    text: { contextLength: 77, vocabSize: 49408, width: 512, layers: 12, heads: 8 },
  },
} as Clip;

function published(id: string, about: Partial<Settings>) {
  const { options, recipe, capped } = resolveOptions(resolveMethod(id).definition, vit, ['a', 'b'], about);
  expect(capped).toEqual({});
  return { ...options, ...recipe };
}

/** The whole table of published recipes (ViT-B/16); anything not listed for a protocol is as in base-to-new. */
const baseToNew: Record<string, object> = {
  coop: { lr: 0.002, epochs: 50, batch: 32, tokens: 4, init: 'a photo of a', csc: false, position: 'end' },
  cocoop: { lr: 0.002, epochs: 10, batch: 1, tokens: 4, init: 'a photo of a', reduction: 16 },
  vpt: { lr: 0.0025, epochs: 5, batch: 4, tokens: 8, depth: 12, template: 'a photo of a {}.' },
  ivlp: {
    ...{ lr: 0.0035, epochs: 5, batch: 4, textTokens: 2, visionTokens: 2 },
    ...{ textDepth: 12, visionDepth: 12, init: 'a photo of a' },
  },
  maple: { lr: 0.0035, epochs: 5, batch: 4, tokens: 2, depth: 9, init: 'a photo of a' },
  kgcoop: { lr: 0.002, epochs: 100, batch: 128, tokens: 4, init: 'a photo of a', knowledge: 8 },
  prograd: { lr: 0.002, epochs: 100, batch: 32, tokens: 16, init: '', strength: 1, temperature: 1 },
  promptsrc: {
    ...{ lr: 0.0025, epochs: 20, batch: 4, textTokens: 4, visionTokens: 4, textDepth: 9, visionDepth: 9 },
    ...{ retention: { text: 25, image: 10, logits: 1 }, average: { mean: 15, std: 1 }, init: 'a photo of a' },
  },
  'clip-lora': {
    lr: 2e-4,
    batch: 32,
    rank: 2,
    alpha: 1,
    dropout: 0.25,
    optimizer: { name: 'adamw', weightDecay: 0.01 },
  },
  mma: { lr: 0.0015, epochs: 5, batch: 16, schedule: { name: 'cosine' }, width: 32, first: 5, last: 12, scale: 0.001 },
  tcp: { lr: 0.002, epochs: 50, batch: 32, optimizer: { name: 'adam', eps: 1e-3 }, tokens: 4, layer: 8, knowledge: 8 },
  rpo: { lr: 0.01, epochs: 15, batch: 4, pairs: 24, asWritten: false },
  mmrl: {
    ...{ lr: 1e-3, epochs: 10, batch: 4, cropScale: 0.5, optimizer: { name: 'adamw' } },
    ...{ tokens: 5, width: 512, first: 6, share: 0.7 },
  },
  dept: { lr: 0.0035, epochs: 10, batch: 4, tokens: 16, weight: 0.7, lrScale: 6.5 },
  'tip-adapter-f': {
    ...{ lr: 0.001, epochs: 20, batch: 256, keepLast: true, cropScale: 0.5, optimizer: { name: 'adamw', eps: 1e-4 } },
    ...{ alpha: 3, beta: 1, passes: 10 },
    ...{ schedule: { name: 'cosine', per: 'step' }, scale: { beta: 12, alpha: 5 }, steps: { beta: 200, alpha: 20 } },
  },
  'clip-adapter': { lr: 0.002, epochs: 50, batch: 32, ratio: 0.2, reduction: 4 },
  taskres: { lr: 0.002, batch: 256, scale: 0.5, optimizer: { name: 'adam', weightDecay: 5e-4 } },
  plot: { lr: 0.002, epochs: 50, batch: 128, prompts: 4, tokens: 16, eps: 0.1, rounds: 100, change: 0.01 },
  plotpp: {
    ...{ lr: 0.002, epochs: 100, batch: 32, prompts: 4, tokens: 2, stage: 'two', eps: 0.1, rounds: 100 },
    schedule: { name: 'cosine', repeat: 2 },
  },
  clap: { lr: 0.1, epochs: 300, batch: 256, optimizer: { name: 'sgd', momentum: 0.9, weightDecay: 0 } },
  coprompt: {
    ...{ lr: 0.0035, epochs: 8, batch: 4, augmentation: 'randaugment', init: 'a photo of a' },
    adapter: { image: 0.1, text: 0.2, reduction: 4 },
  },
  hicropl: {
    ...{ lr: 0.0025, epochs: 50, batch: 32, optimizer: { name: 'adam', eps: 1e-3, weightDecay: 5e-4 } },
    ...{ tokens: 16, depth: 12, cross: 6, heads: 8, knowledge: 12, asWritten: false },
  },
  mmrlpp: { lr: 1e-3, epochs: 10, batch: 4, cropScale: 0.5, rank: { layer: 4, projection: 64 }, share: 0.7 },
  dgprompt: {
    ...{ lr: 0.0035, epochs: 5, batch: 4, tokens: 2, depth: 9, init: 'a photo of a', base: 'coupled' },
    guidance: { image: 'shots', text: 'classes', hierarchical: true, rank: 64, lrScale: 1, episode: 0.5 },
    memory: { strength: 1.5, ridge: 1, centring: 0.75, joint: 'mass', hidden: 1 },
    retention: { text: 25, image: 10, logits: 1, states: 0, view: 'whole', blend: 0 },
    average: { mean: 0 },
  },
  'dgprompt-first': {
    ...{ lr: 0.0035, epochs: 5, batch: 4, tokens: 2, depth: 9, init: 'a photo of a', base: 'coupled' },
    guidance: { image: 'image', text: 'classes', hierarchical: true, rank: 64, lrScale: 1 },
    retention: { text: 25, image: 10, logits: 1, states: 0 },
    average: { mean: 0 },
  },
};

describe('published recipes', () => {
  it('there is one for every method that has epochs', () => {
    const without = ['clip', 'linear-probe', 'tip-adapter', 'gda', 'lpplusplus', 'tpt'];
    expect(Object.keys(baseToNew).sort()).toEqual(methodNames.filter(id => !without.includes(id)).sort());
  });

  it.each(Object.entries(baseToNew))('%s, base-to-new, whatever the shots', (id, expected) => {
    for (const shots of [1, 2, 4, 8, 16])
      expect(published(id, { protocol: 'base-to-new', shots, dataset: 'caltech-101' })).toMatchObject(expected);
  });

  it.each([
    [1, 'dtd', 50],
    [2, 'dtd', 100],
    [4, 'dtd', 100],
    [8, 'dtd', 200],
    [16, 'dtd', 200],
    [1, 'imagenet', 50],
    [4, 'imagenet', 50],
    [16, 'imagenet', 50],
  ])('CoOp, few-shot: %i shots of %s, %i epochs, 16 vectors from noise', (shots, dataset, epochs) => {
    const expected = { lr: 0.002, batch: 32, epochs, tokens: 16, init: '' };
    expect(published('coop', { protocol: 'few-shot', shots, dataset })).toMatchObject(expected);
    expect(published('coop:csc', { protocol: 'few-shot', shots, dataset })).toMatchObject({ ...expected, csc: true });
  });

  it.each(['cross-dataset', 'domain-generalization'] as const)(
    '%s: MaPLe and PromptSRC train shallower prompts',
    protocol => {
      const about = { protocol, dataset: 'imagenet' };
      expect(published('maple', about)).toMatchObject({ lr: 0.0026, epochs: 2, batch: 4, tokens: 2, depth: 3 });
      expect(published('promptsrc', about)).toMatchObject({
        ...{ lr: 0.0025, epochs: 20, batch: 4, textDepth: 3, visionDepth: 3, average: { mean: 6, std: 10 } },
      });
      expect(published('coop', about)).toMatchObject({ lr: 0.002, epochs: 50, batch: 32 });
      for (const id of ['cocoop', 'vpt', 'ivlp', 'kgcoop']) expect(published(id, about)).toMatchObject(baseToNew[id]!);
    },
  );

  it.each(['stanford_cars', 'oxford_flowers', 'fgvc_aircraft', 'dtd', 'eurosat'])(
    'PromptSRC, few-shot: %s weights late epochs most',
    dataset => {
      const late = { epochs: 50, average: { mean: 45, std: 5 } };
      expect(published('promptsrc', { protocol: 'few-shot', dataset })).toMatchObject(late);
      expect(published('promptsrc', { protocol: 'base-to-new', dataset })).toMatchObject({
        epochs: 20,
        average: { mean: 15 },
      });
    },
  );

  it.each(['imagenet', 'caltech-101', 'oxford_pets', 'food-101', 'sun397', 'ucf101'])(
    'PromptSRC, few-shot: %s weights all the same',
    dataset => {
      const wide = { epochs: 50, average: { mean: 30, std: 30 }, textDepth: 9 };
      expect(published('promptsrc', { protocol: 'few-shot', dataset })).toMatchObject(wide);
    },
  );

  it('ProGrad removes less with 8 and 16 shots on three datasets', () => {
    const strength = (dataset: string, shots: number) =>
      (published('prograd', { dataset, shots }) as { strength?: number }).strength;
    for (const dataset of ['oxford_flowers', 'dtd', 'eurosat'])
      expect([1, 2, 4, 8, 16].map(shots => strength(dataset, shots))).toEqual([1, 1, 1, 0.8, 0.8]);
    for (const dataset of ['food-101', 'ucf101'])
      expect([1, 16].map(shots => strength(dataset, shots))).toEqual([1, 1]);
  });

  it('Tip-Adapter has its numbers by dataset, and the widest grid for others', () => {
    const flowers = { alpha: 10, scale: { beta: 50, alpha: 50 }, epochs: 0 };
    expect(published('tip-adapter', { dataset: 'oxford_flowers' })).toMatchObject(flowers);
    expect(published('tip-adapter', { dataset: 'weather' })).toMatchObject({
      alpha: 1.17,
      scale: { beta: 50, alpha: 50 },
    });
    expect(published('tip-adapter-f', { dataset: 'eurosat' })).toMatchObject({ epochs: 100, alpha: 2 });
  });

  it('TaskRes trains longer with 8 and 16 shots, slower on ImageNet, and uses the full residual on flowers', () => {
    const epochs = (shots: number) => published('taskres', { shots }).epochs;
    expect([1, 2, 4, 8, 16].map(epochs)).toEqual([100, 100, 100, 200, 200]);
    expect(published('taskres', { dataset: 'imagenet' })).toMatchObject({ lr: 2e-4, scale: 0.5 });
    expect(published('taskres', { dataset: 'oxford_flowers' })).toMatchObject({ lr: 2e-3, scale: 1 });
  });

  it('CoOp + TPT trains as CoOp does across datasets; TPT alone trains nothing', () => {
    expect(published('tpt:coop', { protocol: 'cross-dataset' })).toMatchObject({
      lr: 0.002,
      epochs: 50,
      batch: 32,
      views: 63,
    });
    expect(published('tpt', { protocol: 'few-shot' })).toMatchObject({ epochs: 0, stepSize: 0.005, selection: 0.1 });
  });
});
