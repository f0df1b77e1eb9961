import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom } from '@dgprompt/engine';
import { fileHashes, type NamedArray, writeSafetensors } from '@dgprompt/io';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import type { ClipConfig } from '../config.js';
import { distance, tiny, wordTokenizer } from '../testing/tiny.js';
import { clipVocabulary } from '../text/vocabulary.js';
import { clipWeightsToNames, initClipWeights } from '../weights/weights.js';
import { loadClip } from './load.js';

const folder = mkdtempSync(join(tmpdir(), 'load-clip-'));
let named: Map<string, NamedArray>;

/** A tokenizer.json of a few words. */
const vocabulary = {
  a: 1,
  photo: 2,
  of: 3,
  cat: 4,
  dog: 5,
  '.': 6,
  unknown: 0,
  '<|startoftext|>': 38,
  '<|endoftext|>': 39,
};
const tokenizerJson = {
  added_tokens: [38, 39].map(id => ({ id, content: id === 38 ? '<|startoftext|>' : '<|endoftext|>', special: true })),
  normalizer: { type: 'Lowercase' },
  pre_tokenizer: { type: 'Whitespace' },
  post_processor: null,
  decoder: null,
  model: { type: 'WordLevel', vocab: vocabulary, unk_token: 'unknown' },
};

function model(name: string, files: Record<string, unknown> = {}): string {
  const path = join(folder, name);
  mkdirSync(path);
  for (const [file, content] of Object.entries(files)) writeFileSync(join(path, file), JSON.stringify(content));
  return path;
}

beforeAll(async () => {
  await tf.setBackend('cpu');
  named = clipWeightsToNames(tiny, initClipWeights(tiny, seededRandom(1)));
});

test('a folder with weights, config and tokenizer gives the CLIP that was written', async () => {
  const path = model('whole', { 'config.json': tiny, 'tokenizer.json': tokenizerJson });
  await writeSafetensors(join(path, 'model.safetensors'), named);
  const clip = await loadClip(path);
  expect(clip.config).toEqual(tiny);
  expect(clip.id).toMatch(/^[0-9a-f]{64}$/);
  expect(clip.logitScale).toBeCloseTo(1 / 0.07, 4);
  expect(clip.tokenizer).toMatchObject({ start: 38, end: 39 });
  expect(clip.tokenizer.encode('a photo of a Cat.')).toEqual([1, 2, 3, 1, 4, 6]);
  const back = clipWeightsToNames(tiny, clip.weights);
  expect([...back.keys()]).toEqual([...named.keys()]);
  for (const [name, { shape, data }] of named) expect(back.get(name), name).toEqual({ shape, data });
  expect(distance(clip.text(['cat']), clip.text(['cat']))).toBe(0);

  const again = await loadClip(join(path, 'model.safetensors'));
  expect(again.id).toBe(clip.id);
  const before = tf.memory().numTensors;
  again.dispose();
  expect(tf.memory().numTensors).toBe(before - named.size);
});

const wide = {
  ...tiny,
  text: { ...tiny.text, width: 128, heads: 2, layers: 1 },
  vision: { ...tiny.vision, width: 64, heads: 1 },
};
const written = async (name: string, config: ClipConfig, files: Record<string, unknown> = {}) => {
  const path = model(name, files);
  const tensors = clipWeightsToNames(config, initClipWeights(config, seededRandom(1)));
  await writeSafetensors(join(path, 'model.safetensors'), tensors);
  return path;
};

test('heads are width / 64 and the activation QuickGELU unless a config says otherwise, and a note reports it', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  const path = await written('wide', wide, { 'tokenizer.json': tokenizerJson });
  const bare = await loadClip(path);
  expect(bare.config).toEqual(wide);
  expect(bare.notes).toEqual([
    expect.stringMatching(/no config next to it .* so 1 and 2 heads in its towers .*, the activation quick_gelu/),
  ]);
  expect(warn.mock.calls.flat()).toEqual(bare.notes);
  writeFileSync(join(path, 'config.json'), JSON.stringify({ activation: 'gelu', text: { heads: 4 } }));
  const half = await loadClip(path);
  expect(half.config).toMatchObject({ activation: 'gelu', text: { heads: 4 } });
  expect(half.notes[0]).not.toMatch('activation');
  writeFileSync(join(path, 'config.json'), JSON.stringify(wide));
  expect((await loadClip(path)).notes).toEqual([]);
});

test("heads of a width that is not a multiple of OpenAI's are not guessed", async () => {
  const path = await written('narrow', tiny, { 'tokenizer.json': tokenizerJson });
  await expect(loadClip(path)).rejects.toThrow(
    'no config gives the heads of its vision tower, and its width 16 is not a multiple of 64',
  );
});

test('a config is recognised by its content, under either name and next to either form of weights', async () => {
  const openClip = {
    model_cfg: {
      ...{ embed_dim: 8, quick_gelu: false },
      vision_cfg: { width: 64, head_width: 32, layers: 3, patch_size: 4, image_size: 8 },
      text_cfg: { width: 128, heads: 4 },
    },
  };
  const expected = { activation: 'gelu', vision: { heads: 2 }, text: { heads: 4 } };
  const path = await written('contents', wide, { 'tokenizer.json': tokenizerJson, 'config.json': openClip });
  expect((await loadClip(path)).config).toMatchObject(expected);
  writeFileSync(join(path, 'config.json'), JSON.stringify(openClip.model_cfg));
  expect((await loadClip(path)).config).toMatchObject(expected);
  const huggingFace = {
    model_type: 'clip',
    vision_config: { num_attention_heads: 2, hidden_act: 'gelu' },
    text_config: { num_attention_heads: 4, hidden_act: 'gelu' },
  };
  writeFileSync(join(path, 'config.json'), JSON.stringify(huggingFace));
  expect((await loadClip(path)).config).toMatchObject(expected);
});

test('the id is the hash of the weights if all else is as in the published models, otherwise it includes all else', async () => {
  const published = { ...wide, text: { ...wide.text, vocabSize: 49408 } };
  const path = await written('identity', published, { 'config.json': published });
  const id = async () => (await loadClip(path)).id;
  const { sha256 } = await fileHashes(join(path, 'model.safetensors'), ['sha256']);
  expect(await id()).toBe(sha256);
  const config = (change: object) => writeFileSync(join(path, 'config.json'), JSON.stringify(change));
  const ids = new Set([sha256]);
  for (const change of [{ activation: 'gelu' }, { vision: { heads: 2 } }, { text: { heads: 4 } }]) {
    config({ ...published, ...change });
    ids.add(await id());
  }
  config(published);
  writeFileSync(join(path, 'tokenizer.json'), JSON.stringify(tokenizerJson));
  ids.add(await id());
  writeFileSync(join(path, 'tokenizer.json'), JSON.stringify({ ...tokenizerJson, normalizer: null }));
  ids.add(await id());
  ids.add((await loadClip(path, { tokenizer: wordTokenizer(49408) })).id);
  expect(ids.size).toBe(7);
});

test('a tensor of the towers that no part of the network reads throws, others are skipped', async () => {
  const extra = async (name: string) => {
    const path = model(name, { 'config.json': tiny, 'tokenizer.json': tokenizerJson });
    const more = new Map(named).set(name, { shape: [2], data: new Float32Array(2) });
    await writeSafetensors(join(path, 'model.safetensors'), more);
    return loadClip(path);
  };
  await expect(extra('visual.transformer.resblocks.0.ls_1.gamma')).rejects.toThrow(
    'model.safetensors has a tensor "visual.transformer.resblocks.0.ls_1.gamma", for which the CLIP that its config and other tensors describe has no place',
  );
  await expect(extra('text_decoder.cross_attn.weight')).resolves.toMatchObject({ imageSize: 8 });
});

test("a checkpoint's own preparation of images is read, and is part of its identity", async () => {
  const path = await written('prepared', tiny, { 'config.json': tiny, 'tokenizer.json': tokenizerJson });
  const processor = join(path, 'preprocessor_config.json');
  const openAi = { image_mean: [0.48145466, 0.4578275, 0.40821073], image_std: [0.26862954, 0.26130258, 0.27577711] };
  const of = async (settings: object) => {
    writeFileSync(processor, JSON.stringify(settings));
    const { id, preparation } = await loadClip(path);
    return { id, preparation };
  };
  const { id, preparation } = await of({ ...openAi, resample: 3 });
  expect(preparation).toEqual({ size: 8, interpolation: 'bicubic' });
  rmSync(processor);
  expect((await loadClip(path)).id).toBe(id);
  const size = { height: 8, width: 8 };
  const siglip = await of({ image_mean: [0.5, 0.5, 0.5], image_std: [0.5, 0.5, 0.5], size, resample: 2 });
  expect(siglip.preparation).toEqual({
    size: 8,
    mean: [0.5, 0.5, 0.5],
    std: [0.5, 0.5, 0.5],
    resize: 'squash',
    interpolation: 'bilinear',
  });
  const larger = await of({ ...openAi, size: { shortest_edge: 10 }, do_center_crop: true, crop_size: 8 });
  expect(larger.preparation).toEqual({ size: 8, interpolation: 'bicubic', shortSide: 10 });
  expect(new Set([id, siglip.id, larger.id]).size).toBe(3);
  const asClip = { ...openAi, size: { shortest_edge: 10 }, crop_size: 8 };
  expect((await of({ ...asClip, image_processor_type: 'CLIPImageProcessor' })).preparation).toEqual(larger.preparation);
  expect((await of({ ...asClip, image_processor_type: 'SiglipImageProcessor' })).preparation.shortSide).toBeUndefined();
  const nested = { image_processor: { image_mean: [0.5, 0.5, 0.5], image_std: [0.5, 0.5, 0.5], size, resample: 2 } };
  writeFileSync(join(path, 'processor_config.json'), JSON.stringify(nested)); // of transformers 5
  expect((await loadClip(path)).preparation).toEqual(siglip.preparation);
  writeFileSync(join(path, 'processor_config.json'), '{"processor_class":"CLIPProcessor"}'); // of older versions
  expect((await loadClip(path)).preparation.shortSide).toBeUndefined();
  const model_cfg = { vision_cfg: { width: 16, head_width: 8 }, text_cfg: { heads: 2 } };
  const preprocess_cfg = { resize_mode: 'longest', fill_color: 7 };
  const given = await loadClip(path, { config: { model_cfg, preprocess_cfg } });
  expect(given.preparation).toEqual({ size: 8, resize: 'longest', fill: 7 });
});

test('the preparation of images is not reported as assumed if a file next to the weights has it', async () => {
  const path = await written('guessed', tiny, { 'tokenizer.json': tokenizerJson });
  const config = { vision: { heads: tiny.vision.heads }, text: { heads: tiny.text.heads } };
  const notes = async () => (await loadClip(path, { config })).notes;
  expect(await notes()).toEqual([
    expect.stringContaining("the activation quick_gelu and OpenAI's preparation of images are assumed"),
  ]);
  writeFileSync(join(path, 'preprocessor_config.json'), '{"image_mean":[0,0,0],"image_std":[1,1,1]}');
  expect(await notes()).toEqual([expect.stringContaining('so the activation quick_gelu is assumed')]);
});

test.each([
  ['preprocessor_config.json', { do_normalize: false }, 'do_normalize is false'],
  ['preprocessor_config.json', { resample: 1 }, 'resample is 1'],
  ['preprocessor_config.json', { rescale_factor: 1 }, 'rescale_factor is 1'],
  ['preprocessor_config.json', { image_mean: [0.5] }, 'mean is [0.5]'],
  ['preprocessor_config.json', { size: { height: 8, width: 16 } }, 'size is 8 × 16 pixels'],
  [
    'preprocessor_config.json',
    { do_center_crop: true, crop_size: { height: 8, width: 4 } },
    'crop_size is 8 × 4 pixels',
  ],
  ['preprocessor_config.json', { size: { longest_edge: 8 } }, 'size is {"longest_edge":8}'],
  [
    'preprocessor_config.json',
    { size: { height: 10, width: 10 }, do_center_crop: true, crop_size: 8 },
    'images are resized to 10 × 10 pixels and then cut to 8',
  ],
  ['open_clip_config.json', { preprocess_cfg: { resize_mode: 'stretch' } }, 'resize is "stretch"'],
  ['open_clip_config.json', { preprocess_cfg: { jitter: 0.5 } }, 'preprocess_cfg.jitter is 0.5'],
])('a preparation that is not supported throws, naming the setting: %s %o', async (name, settings, message) => {
  const path = await written(message.replace(/\W+/g, '-'), tiny, {
    'config.json': tiny,
    'tokenizer.json': tokenizerJson,
  });
  const openClip = {
    model_cfg: { embed_dim: 8, quick_gelu: true, vision_cfg: { head_width: 8 }, text_cfg: { heads: 2 } },
  };
  writeFileSync(join(path, name), JSON.stringify(name.startsWith('open') ? { ...openClip, ...settings } : settings));
  await expect(loadClip(path)).rejects.toThrow(message);
});

test("a vocabulary of 49,408 tokens is CLIP's own", async () => {
  const config = { ...tiny, text: { ...tiny.text, vocabSize: 49408 } };
  const clip = await loadClip(await written('published', config, { 'config.json': config }));
  expect(clip.tokenizer).toBe(await clipVocabulary());
  expect(clip.tokenizer).toMatchObject({ start: 49406, end: 49407 });
});

describe('anything that cannot be loaded throws one line that names it', () => {
  const write = async (
    name: string,
    change: (all: Map<string, NamedArray>) => void,
    files: Record<string, unknown> = {},
  ) => {
    const path = model(name, { 'config.json': tiny, 'tokenizer.json': tokenizerJson, ...files });
    const all = new Map(named);
    change(all);
    await writeSafetensors(join(path, 'model.safetensors'), all);
    return path;
  };
  const flat = (shape: number[]) => ({ shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)) });
  test.each<[string, () => Promise<string> | string, RegExp]>([
    ['a path that is not there', () => join(folder, 'nowhere'), /no file or folder ".*nowhere"/],
    ['an empty folder', () => model('empty'), /has no file with weights, such as model\.safetensors; give/],
    [
      'several files',
      () => model('several', { 'a.pt': 1, 'b.safetensors': 1 }),
      /has a\.pt, b\.safetensors; give the path/,
    ],
    ['a file of something else', () => model('other', { 'model.pt': 1 }), /model\.pt is not a safetensors file/],
    ['a missing tensor', () => write('missing', all => all.delete('visual.proj')), /no tensor "visual\.proj"/],
    [
      'a missing bias',
      () => write('bias', all => all.delete('ln_final.bias')),
      /bias.model\.safetensors has no tensor "ln_final\.bias"/,
    ],
    [
      'a wrong shape',
      () => write('shape', all => all.set('text_projection', flat([3, 8]))),
      /"text_projection" has the shape \[3,8\]/,
    ],
    [
      'a wrong rank',
      () => write('rank', all => all.set('visual.proj', flat([8]))),
      /"visual\.proj" has the shape \[8\]; this CLIP needs \[16,8\]/,
    ],
    [
      "transformers' names",
      () => write('hf', all => [all.delete('visual.conv1.weight'), all.set('vision_model.x', flat([1]))]),
      /no tensor "visual\.conv1\.weight"/,
    ],
    [
      'a ResNet without its other parts',
      () => write('rn', all => [all.delete('visual.conv1.weight'), all.set('visual.layer1.0.conv1.weight', flat([1]))]),
      /"visual\.layer1\.0\.conv1\.weight" has the shape \[1\], not 4 dimensions/,
    ],
    [
      'a config of another model',
      () => write('config', () => {}, { 'config.json': { text: { layers: 12 } } }),
      /config next to it says text\.layers is 12, but its weights make it 4/,
    ],
    [
      'a tokenizer without an end token',
      () =>
        write('tokenizer', () => {}, {
          'tokenizer.json': {
            ...tokenizerJson,
            added_tokens: [],
            model: { ...tokenizerJson.model, vocab: { a: 1, unknown: 0 } },
          },
        }),
      /tokenizer\.json has no end token/,
    ],
    [
      'a tokenizer of another model',
      () =>
        write('tokens', all => all.set('token_embedding.weight', flat([39, tiny.text.width])), {
          'config.json': { vision: { heads: 2 }, text: { heads: 2 } },
        }),
      /embeddings for 39 tokens, but its tokenizer's end token is 39/,
    ],
    [
      'a file cut short',
      async () => {
        const path = await write('cut', () => {});
        truncateSync(join(path, 'model.safetensors'), readFileSync(join(path, 'model.safetensors')).length - 5);
        return path;
      },
      /cut short: tensor ".+" ends at byte/,
    ],
  ])('%s', async (_, path, message) => {
    const error: Error = await loadClip(await path()).then(
      () => new Error('it was loaded'),
      (cause: Error) => cause,
    );
    expect(error.message).toMatch(message);
    expect(error.message).not.toContain('\n');
  });
});

test('a custom vocabulary needs a tokenizer.json for words', async () => {
  const path = model('words', { 'config.json': tiny });
  await writeSafetensors(join(path, 'model.safetensors'), named);
  const clip = await loadClip(path);
  expect(clip.tokenizer).toMatchObject({ start: 38, end: 39 });
  expect(() => clip.text(['cat'])).toThrow('has no tokenizer.json; add one');
  expect((await loadClip(path, { tokenizer: wordTokenizer(40) })).text(['cat']).shape).toEqual([1, 8]);
});

test('position embeddings are interpolated on request, and never silently', async () => {
  const path = model('bigger', { 'config.json': tiny, 'tokenizer.json': tokenizerJson });
  await writeSafetensors(join(path, 'model.safetensors'), named);
  const clip = await loadClip(path, { imageSize: 16 });
  expect(clip.imageSize).toBe(16);
  expect(clip.vision(tf.zeros([1, 3, 16, 16])).shape).toEqual([1, 8]);
  const own = await loadClip(path);
  expect(clip.id).not.toBe(own.id);
  expect((await loadClip(path, { imageSize: 8 })).id).toBe(own.id);
  expect(() => own.vision(tf.zeros([1, 3, 16, 16]))).toThrow('Images for this CLIP are [B, 3, 8, 8]');
  await expect(loadClip(path, { imageSize: 15 })).rejects.toThrow('multiple of 4');
});

test('weights that are not numbers, and an impossible logit scale, throw and are named', async () => {
  const path = model('nan', { 'config.json': tiny, 'tokenizer.json': tokenizerJson });
  const refused = async (name: string, change: (values: Float32Array) => Float32Array) => {
    const { shape, data } = named.get(name)!;
    const broken = new Map(named).set(name, { shape, data: change(data as Float32Array) });
    await writeSafetensors(join(path, 'model.safetensors'), broken);
    return loadClip(path).catch((error: Error) => error.message);
  };
  const nan = await refused('ln_final.weight', data => data.map((x, i) => (i === 3 ? Number.NaN : x)));
  expect(nan).toMatch('tensor "ln_final.weight" has values that are infinite, too large or not a number');
  expect(await refused('logit_scale', () => Float32Array.of(100))).toMatch('model.safetensors: "logit_scale" is 100');
});
