import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clip } from '@dgprompt/clip';
import { useDevice } from '@dgprompt/engine';
import { writeSafetensors } from '@dgprompt/io';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { contextsOf } from '../learner/contexts.js';
import type { Method } from '../learner/types.js';
import { namedVariables } from '../method/variables.js';
import { names, tinyClip, values } from '../testing/tiny.js';
import { close, evaluated, hasGoldenZoo, zooRecording } from '../testing/zoo-recording.js';
import { clipLoraFile } from './clip-lora.js';
import { importPublished } from './import.js';
import { published } from './published.js';
import { placeParts } from './types.js';

beforeAll(async () => void (await useDevice()));

const folder = mkdtempSync(join(tmpdir(), 'dgprompt-import-'));

async function checkpoint(name: string, tensors: ReadonlyMap<string, tf.Tensor>): Promise<string> {
  const file = join(folder, `${name}.safetensors`);
  const stored = [...tensors].map(
    ([key, one]) => [key, { shape: one.shape, data: one.dataSync<'float32'>() }] as const,
  );
  await writeSafetensors(file, new Map(stored));
  return file;
}

/** What a recorded run had learned, in the form of its code's checkpoints, and what they do not contain. */
const recorded: Record<string, { id?: string; inFile?: (name: string) => string; also?: Record<string, string> }> = {
  'clip-lora': { inFile: savedLayer },
  tcp: { id: 'tcp:layer=1', inFile: ofLearner },
  mma: { id: 'mma:scale=0.5', inFile: name => name.replace('adapter_learner.', '') },
  mmrl: {},
  mmrlpp: { id: 'mmrlpp:fresh=0.7' },
  coprompt: {},
  rpo: { inFile: ofLearner },
  dept: {},
  plot: { id: 'plot:stop=batch', inFile: ofLearner },
  'clip-adapter': { inFile: name => name.replace('adapter.', '') },
  taskres: { inFile: ofLearner, also: { base_text_features: 'base_text_features' } },
  clap: { inFile: name => name.replace('adapter.', ''), also: { base_text_features: 'base_text_features' } },
};

function ofLearner(name: string): string {
  return name.replace('prompt_learner.', '');
}

/** The names of `save_lora`, whose layers are those of the text tower and then those of the vision tower. */
function savedLayer(name: string): string {
  const [, visual, layer, rest] = /^(visual\.)?transformer\.resblocks\.(\d+)\.attn\.(.*)$/.exec(name)!;
  return `weights.layer_${visual ? Number(layer) + 3 : layer}.${rest}`;
}

describe.skipIf(!hasGoldenZoo)('checkpoints of methods since 2021 (needs ../shared/golden-zoo)', () => {
  it.each(Object.keys(recorded))('%s gives the logits of its published code', async name => {
    const { id = name, inFile = (one: string) => one, also = {} } = recorded[name]!;
    const { clip, classNames, names: parameters, tensor, close: free } = await zooRecording(name);
    const learned = parameters.map(one => [inFile(one), tensor(`final.${one}`)] as const);
    const fixed = Object.entries(also).map(([one, key]) => [one, tensor(key)] as const);
    const method = await importPublished(await checkpoint(name, new Map([...learned, ...fixed])), id, clip, classNames);
    const [images] = tf.unstack(tensor('images')) as [tf.Tensor4D];
    close('logits', await evaluated(method, { images }), tensor('eval_logits'));
    method.dispose();
    free();
  });

  it.each(['plotpp', 'hicropl'])('%s has all recorded parameters', async name => {
    const { clip, classNames, names: parameters, tensor, close: free } = await zooRecording(name);
    const file = await checkpoint(name, new Map(parameters.map(one => [one, tensor(`init.${one}`)])));
    const method = await importPublished(file, name, clip, classNames);
    const { learner } = method;
    const all = namedVariables({ variables: [learner.variables, learner.state ?? {}] as never });
    const shapes = new Map(parameters.map(one => [one, tensor(`init.${one}`).shape]));
    for (const one of parameters) {
      const place = published[name]!.parameter(one, { shapes, clip })!;
      const [own, isTransposed] = placeParts(place);
      const variable = all.get(`0.${own}`) ?? all.get(`1.${own}`)!;
      const value = tensor(`init.${one}`);
      expect(variable.dataSync(), one).toEqual((isTransposed ? tf.transpose(value) : value).dataSync());
    }
    expect(parameters.length).toBeGreaterThan(1);
    method.dispose();
    free();
  });
});

/** The learned values of a method, by published names, whose inverse the mapping is. */
function publishedValues(method: Method, candidates: readonly string[]): Map<string, tf.Tensor> {
  const variables = namedVariables({ variables: method.learner.variables });
  const shapes = new Map(candidates.map(name => [name, [1]]));
  return new Map(
    candidates.map(name => {
      const place = published[method.name]!.parameter(name, { shapes, clip: method.clip })!;
      const [own, isTransposed] = placeParts(place);
      return [name, isTransposed ? tf.transpose(variables.get(own)!) : variables.get(own)!];
    }),
  );
}

describe('importPublished, of methods since 2021', () => {
  const lora = (layers: readonly number[], parts = ['q_proj', 'k_proj', 'v_proj']) =>
    layers.flatMap(l => parts.flatMap(part => ['A', 'B'].map(one => `weights.layer_${l}.${part}.w_lora_${one}`)));

  it('reads a rank, the changed layers and their towers from a file of CLIP-LoRA', async () => {
    const clip = tinyClip();
    const made = published['clip-lora']!.method(clip, names, { rank: 3, towers: 'vision', parts: 'vo' });
    const file = await checkpoint('lora', publishedValues(made, lora([0, 1, 2], ['v_proj', 'proj'])));
    const templates = ['art of {}.'];
    const method = await importPublished(file, 'clip-lora:alpha=2', clip, names, { templates });
    expect(method.task.templates).toEqual(templates);
    expect(method.options).toMatchObject({ rank: 3, alpha: 2, towers: 'vision', parts: 'vo' });
    expect(values(method)).toEqual(values(made));
  });

  it('compares the frozen weights in a state dict of CLIP-LoRA', async () => {
    const clip = tinyClip();
    const ofState = (l: number) =>
      ['', 'visual.'].flatMap(tower =>
        ['q_proj', 'k_proj', 'v_proj'].flatMap(part =>
          ['A', 'B'].map(one => `${tower}transformer.resblocks.${l}.attn.${part}.w_lora_${one}`),
        ),
      );
    const learned = [0, 1, 2].flatMap(ofState);
    learned.push(...ofState(3).filter(name => !name.startsWith('visual')));
    const made = published['clip-lora']!.method(clip, names);
    const fileOn = (other: Clip, name: string) => {
      const { text, vision } = other.weights;
      const frozen = new Map<string, tf.Tensor>([
        ['positional_embedding', text.positions],
        ['visual.class_embedding', (vision as { classEmbedding: tf.Tensor }).classEmbedding],
      ]);
      return checkpoint(name, new Map([...publishedValues(made, learned), [name, frozen.get(name)!]]));
    };
    for (const name of ['positional_embedding', 'visual.class_embedding']) {
      const method = await importPublished(await fileOn(clip, name), 'clip-lora', clip, names);
      expect(values(method)).toEqual(values(made));
      await expect(importPublished(await fileOn(tinyClip(2), name), 'clip-lora', clip, names)).rejects.toThrow(
        `was trained on another CLIP than this one: its "${name}" is another.`,
      );
    }
  });

  it('reads the factor that CLIP-LoRA saves, and refuses changes of some blocks', () => {
    const file = { shapes: new Map(lora([0]).map(name => [name, [2, 8]])), clip: tinyClip() };
    const values = new Map<string, string | number>([
      ['metadata.alpha', 4],
      ['metadata.encoder', 'text'],
    ]);
    expect(clipLoraFile.options({ ...file, values }, {})).toEqual({ rank: 2, alpha: 4, towers: 'text', parts: 'qkv' });
    const some = new Map([...values, ['metadata.position', 'up']]);
    expect(() => clipLoraFile.options({ ...file, values: some }, {})).toThrow(
      'It changes the blocks at "up"; only changes of all blocks can be imported.',
    );
  });

  it('starts MMRL at the layer that leaves the last ones to its tokens', async () => {
    const clip = tinyClip();
    const made = published.mmrl!.method(clip, names, { tokens: 3, width: 5, first: 2 });
    const layers = ['r2vproj', 'r2tproj'].flatMap(to => [0, 1].flatMap(l => [`${to}.${l}.weight`, `${to}.${l}.bias`]));
    const learner = 'representation_learner.compound_rep_tokens';
    const all = [learner, ...layers.map(one => `${learner}_${one}`), 'image_encoder.proj_rep'];
    const method = await importPublished(await checkpoint('mmrl', publishedValues(made, all)), 'mmrl', clip, names);
    expect(method.options).toMatchObject({ tokens: 3, width: 5, first: 2, last: 3 });
    expect(values(method)).toEqual(values(made));
  });

  it('keeps the given initial words of CoPrompt, and refuses them where they have no effect', async () => {
    const clip = tinyClip();
    const init = 'some art of one';
    const made = published.coprompt!.method(clip, names, { tokens: 2, depth: 2, init });
    const learned = ['proj', 'compound_prompt_projections.0'].flatMap(one => [`${one}.weight`, `${one}.bias`]);
    const adapters = ['image', 'text'].flatMap(tower => [0, 2].map(layer => `adapter_${tower}.fc.${layer}.weight`));
    const all = ['ctx', 'compound_prompts_text.0', ...learned, ...adapters];
    const file = await checkpoint('coprompt', publishedValues(made, all));
    const method = await importPublished(file, 'coprompt', clip, names, { init });
    const wordsOf = ({ learner }: Method) => contextsOf(learner).map(({ words }) => words);
    expect(wordsOf(method)).toEqual(wordsOf(made));
    expect(method.options.init).toBe(init);
    await expect(importPublished(file, 'coprompt', clip, names, { position: 'front' })).rejects.toThrow(
      'coprompt has no option position, so "front" would have no effect; leave it out.',
    );
    await expect(importPublished(file, 'taskres', clip, names, { init })).rejects.toThrow(
      /^taskres has no option init/,
    );
  });

  it('keeps the text features that TaskRes changes', async () => {
    const rows = (value: number) => tf.fill([names.length, 8], value);
    const tensors = new Map([
      ['text_feature_residuals', rows(0.5)],
      ['base_text_features', rows(0.25)],
    ]);
    const method = await importPublished(await checkpoint('taskres', tensors), 'taskres', tinyClip(), names);
    expect(values(method)['state.base']).toEqual(Array(names.length * 8).fill(0.25));
  });

  it.each([
    ['mmrl', ['text_prompt'], /has "text_prompt", which mmrl does not learn: it looks like a checkpoint of rpo\.$/],
    ['coop', ['ctx', 'meta_net.linear1.weight'], /it looks like a checkpoint of cocoop or tcp\.$/],
    ['rpo', ['text_prompt'], /lacks vision, which rpo with pairs 2/],
    ['rpo:pairs=3', ['text_prompt'], /"text_prompt" is \[2,8\], and rpo:pairs=3 on this CLIP learns \[3,8\]/],
    ['rpo:pair=3', ['text_prompt'], /rpo.*pair/],
  ])('%s throws one sentence', async (id, parameters, sentence) => {
    const file = await checkpoint('wrong', new Map(parameters.map(name => [name, tf.ones([2, 8])])));
    await expect(importPublished(file, id, tinyClip(), names)).rejects.toThrow(sentence);
  });
});
