import { describe, expect, test } from 'vitest';
import { configOf } from './config.js';
import type { Json } from './settings.js';

const openClip = (vision: Json = {}, text: Json = {}, model: Json = {}) =>
  configOf('x.json', {
    model_cfg: {
      embed_dim: 512,
      vision_cfg: { layers: 12, width: 768, patch_size: 16, image_size: 224, ...vision },
      text_cfg: { context_length: 77, vocab_size: 49408, width: 512, heads: 8, layers: 12, ...text },
      ...model,
    },
  });

const huggingFace = (vision: Json = {}, text: Json = {}, model: Json = {}) =>
  configOf('x.json', { model_type: 'clip', vision_config: vision, text_config: text, ...model });

describe("OpenCLIP's settings", () => {
  test('of CLIPA: the mean of patches without ln_pre, texts without a causal mask', () => {
    const { vision, text } = openClip(
      { no_ln_pre: true, pool_type: 'avg', final_ln_after_pool: true, pos_embed_type: 'sin_cos_2d', head_width: 64 },
      { pool_type: 'last', no_causal_mask: true, hf_tokenizer_name: 'bert-base-uncased' },
    );
    expect(vision).toMatchObject({ lnPre: false, pooling: 'mean', lnPost: 'after' });
    expect(text).toMatchObject({ causal: false, pooling: 'last' });
  });

  test('of widths that are not four times: ViT-bigG/14', () => {
    const { vision } = openClip({ width: 1664, head_width: 104, mlp_ratio: 4.9231 });
    expect(vision).toMatchObject({ headWidth: 104, mlpWidth: 8192 });
  });

  test('a tower may have its own activation and epsilon', () => {
    const { activation, vision, text } = openClip(
      { norm_kwargs: { eps: 1e-6 } },
      { act_kwargs: { approximate: 'tanh' }, norm_kwargs: { eps: 1e-4 } },
    );
    expect([activation, vision?.activation, vision?.epsilon, text?.epsilon]).toEqual(['gelu_tanh', 'gelu', 1e-6, 1e-4]);
  });

  test('settings at their defaults, or read only in training, have no effect', () => {
    const plain = openClip();
    expect(openClip({ ls_init_value: null, patch_dropout: 0.5, attentional_pool: false, qk_norm: false })).toEqual(
      plain,
    );
    expect(openClip({}, { embed_cls: false, proj_type: 'linear', pool_type: 'argmax' })).toEqual(plain);
  });

  test.each<[string, Json, Json, Json, string]>([
    ['no width of heads', { head_width: true }, {}, {}, 'vision_cfg.head_width is true'],
    ['layer scale', { ls_init_value: 1e-4 }, {}, {}, 'vision_cfg.ls_init_value is 0.0001'],
    ['attention pool', { attentional_pool: true }, {}, {}, 'vision_cfg.attentional_pool is true'],
    ['another pool', { pool_type: 'avg_all' }, {}, {}, 'vision_cfg.pool_type is "avg_all"'],
    ['texts of CLIPS', {}, { tokenizer_mode: 'clips' }, {}, 'text_cfg.tokenizer_mode is "clips"'],
    ['scaled heads', { scale_heads: true }, {}, {}, 'vision_cfg.scale_heads is true'],
    [
      'an unknown setting',
      { rope: true },
      {},
      {},
      'vision_cfg.rope is true, a setting that this version does not know',
    ],
    ['norms of queries', {}, { qk_norm: true }, {}, 'text_cfg.qk_norm is true'],
    ['the first token', {}, { pool_type: 'first' }, {}, 'text_cfg.pool_type is "first"'],
    [
      'a text tower of transformers',
      {},
      { hf_model_name: 'roberta-base' },
      {},
      'text_cfg.hf_model_name is "roberta-base"',
    ],
    ['CoCa', {}, {}, { multimodal_cfg: { width: 512 } }, 'multimodal_cfg makes it a CoCa'],
    ['MobileCLIP', { timm_model_name: 'fastvit_mci2' }, {}, {}, 'vision_cfg.timm_model_name is "fastvit_mci2"'],
    ['another head', { timm_model_name: 'convnext_base', timm_proj: 'none' }, {}, {}, 'vision_cfg.timm_proj is "none"'],
    ['other options of an activation', { act_kwargs: { slope: 2 } }, {}, {}, 'vision_cfg.act_kwargs.slope is 2'],
  ])('%s throws, naming the setting', (_, vision, text, model, message) => {
    expect(() => openClip(vision, text, model)).toThrow(`x.json: ${message}`);
  });
});

describe("transformers' settings", () => {
  test('older files have them twice, and those of _config_dict take precedence', () => {
    const given = { vision_config_dict: { hidden_act: 'gelu', num_attention_heads: 4 }, text_config_dict: null };
    const { vision, activation } = huggingFace({ hidden_act: 'quick_gelu', num_attention_heads: 12 }, {}, given);
    expect([vision?.heads, vision?.activation, activation]).toEqual([4, 'gelu', 'quick_gelu']);
  });

  test('the end token is the largest id in the first configs, which name 2, but not in those of MetaCLIP 2', () => {
    const end = (model_type: string, eos_token_id?: number) =>
      huggingFace({}, { eos_token_id, vocab_size: 101 }, { model_type }).text?.endToken;
    expect([end('clip', 2), end('clip', 100), end('clip', 7), end('metaclip_2', 2)]).toEqual([
      undefined,
      undefined,
      7,
      2,
    ]);
  });

  test('SigLIP has its own defaults', () => {
    const { activation, vision, text } = huggingFace({}, { pad_token_id: 5 }, { model_type: 'siglip' });
    expect([activation, vision?.epsilon]).toEqual(['gelu_tanh', 1e-6]);
    expect(text).toMatchObject({ causal: false, pooling: 'last', padToken: 5, heads: 12 });
  });

  test.each<[string, Json, Json, Json, string]>([
    ['another model', {}, {}, { model_type: 'blip' }, 'is for a model of the type "blip"'],
    ['NaFlex', {}, {}, { model_type: 'siglip2' }, 'NaFlex'],
    ['another activation', { hidden_act: 'relu' }, {}, {}, 'vision_config.hidden_act is "relu"'],
    ['grey images', { num_channels: 1 }, {}, {}, 'vision_config.num_channels is 1'],
    ['no head', { vision_use_head: false }, {}, { model_type: 'siglip' }, 'vision_use_head is false'],
    ['several end tokens', {}, { eos_token_id: [1, 2] }, {}, 'text_config.eos_token_id is [1,2]'],
    ['an unknown setting', {}, { rope_theta: 10000 }, {}, 'text_config.rope_theta is 10000'],
  ])('%s throws, naming the setting', (_, vision, text, model, message) => {
    expect(() => huggingFace(vision, text, model)).toThrow(message);
  });
});

test('an unknown setting in our own form throws', () => {
  expect(() => configOf('x.json', { vision: { head: 3 } })).toThrow('x.json has a setting "vision.head"');
  expect(() => configOf('x.json', { widths: 3 })).toThrow('x.json has a setting "widths"');
});
