import type { Activation } from '../config.js';
import { checkSettings, type Json, present, section } from './settings.js';
import type { PartialConfig } from './shapes.js';
import { timmTower } from './timm-towers.js';

export const isOpenClip = (config: Json): boolean => 'model_cfg' in config || 'vision_cfg' in config;

/** Settings of both towers that are read here. */
const BOTH = ['layers', 'width', 'mlp_ratio', 'act_kwargs', 'norm_kwargs', 'pool_type', 'output_tokens'];

/** Settings that would change the block, with OpenCLIP's defaults. */
const PLAIN = {
  block_type: 'default',
  scale_heads: false,
  ls_init_value: null,
  attentional_pool: false,
  embed_cls: false,
};

/** The settings of an OpenCLIP config, from a checkpoint or from its list of models. */
export function openClipConfig(path: string, config: Json): PartialConfig {
  const model = 'model_cfg' in config ? section(config, 'model_cfg') : config;
  const [vision, text] = [section(model, 'vision_cfg'), section(model, 'text_cfg')];
  const known = ['embed_dim', 'vision_cfg', 'text_cfg', 'quick_gelu', 'custom_text', 'init_logit_scale'];
  if (model.multimodal_cfg) throw new Error(`${path}: multimodal_cfg makes it a CoCa, which cannot be loaded.`);
  if ('model_cfg' in config || !('preprocess_cfg' in model))
    checkSettings(path, '', model, [...known, 'init_logit_bias', 'nonscalar_logit_scale', 'cast_dtype', 'description']);
  const usual: Activation = model.quick_gelu ? 'quick_gelu' : 'gelu';
  return present({
    embedDim: model.embed_dim,
    activation: activationOf(path, 'text_cfg', text, usual),
    vision: visionOf(path, vision, usual, activationOf(path, 'text_cfg', text, usual)),
    text: textOf(path, text),
  });
}

function visionOf(path: string, vision: Json, usual: Activation, ofText: Activation): Json {
  checkSettings(
    path,
    'vision_cfg.',
    vision,
    [
      ...[...BOTH, 'head_width', 'patch_size', 'image_size', 'no_ln_pre', 'pos_embed_type', 'final_ln_after_pool'],
      ...['patch_dropout', 'attn_pooler_queries', 'attn_pooler_heads', 'timm_model_name', 'timm_model_pretrained'],
      ...['timm_pool', 'timm_proj', 'timm_proj_bias', 'timm_drop', 'timm_drop_path', 'timm_use_rope'],
    ],
    PLAIN,
  );
  const { timm_model_name: timm, layers, width, image_size: imageSize } = vision;
  if (timm !== undefined && timm !== null) return { imageSize, ...timmTower(path, String(timm), vision) };
  const headWidth = vision.head_width ?? 64;
  if (typeof headWidth !== 'number' || !Number.isInteger(headWidth) || headWidth < 1)
    throw new Error(
      `${path}: vision_cfg.head_width is ${JSON.stringify(headWidth)}; it must be a positive whole number.`,
    );
  if (Array.isArray(layers)) return present({ imageSize, width, headWidth });
  if (typeof width === 'number' && width % headWidth !== 0)
    throw new Error(`${path}: vision_cfg.width ${width} is not a multiple of its head_width ${headWidth}.`);
  const own = activationOf(path, 'vision_cfg', vision, usual);
  const mean = one(path, 'vision_cfg.pool_type', vision.pool_type ?? 'tok', { tok: false, avg: true });
  one(path, 'vision_cfg.pos_embed_type', vision.pos_embed_type ?? 'learnable', { learnable: true, sin_cos_2d: true });
  return present({
    imageSize,
    width,
    patchSize: vision.patch_size,
    layers,
    headWidth,
    mlpWidth: hidden(vision),
    activation: own === ofText ? undefined : own,
    epsilon: section(vision, 'norm_kwargs').eps,
    lnPre: vision.no_ln_pre ? false : undefined,
    pooling: mean ? 'mean' : undefined,
    lnPost: mean && vision.final_ln_after_pool ? 'after' : undefined,
  });
}

function textOf(path: string, text: Json): Json {
  if (text.hf_model_name)
    throw new Error(
      `${path}: text_cfg.hf_model_name is "${text.hf_model_name}", a text tower of transformers that is none of a CLIP, which cannot be loaded.`,
    );
  checkSettings(
    path,
    'text_cfg.',
    text,
    [
      ...[...BOTH, 'context_length', 'vocab_size', 'heads', 'hf_tokenizer_name', 'tokenizer_kwargs'],
      ...[
        'pad_id',
        'eos_id',
        'bos_id',
        'no_causal_mask',
        'proj_bias',
        'proj_type',
        'final_ln_after_pool',
        'hf_model_pretrained',
      ],
      ...['hf_proj_type', 'hf_pooler_type'],
    ],
    { ...PLAIN, tokenizer_mode: null }, // CLIPS pools a class token behind the padding
  );
  one(path, 'text_cfg.proj_type', text.proj_type ?? 'linear', { linear: true, none: true });
  const pool = one(path, 'text_cfg.pool_type', text.pool_type ?? 'argmax', { argmax: 'end', eos: 'end', last: 'last' });
  const end = text.pool_type === 'eos' && typeof text.eos_id === 'number' ? text.eos_id : undefined;
  const last = typeof text.vocab_size === 'number' ? text.vocab_size - 1 : undefined;
  return present({
    contextLength: text.context_length,
    vocabSize: text.vocab_size,
    width: text.width,
    layers: text.layers,
    heads: text.heads ?? 8,
    mlpWidth: hidden(text),
    epsilon: section(text, 'norm_kwargs').eps,
    causal: text.no_causal_mask ? false : undefined,
    pooling: pool === 'last' ? 'last' : undefined,
    endToken: end === last ? undefined : end,
    padToken: text.pad_id ? text.pad_id : undefined,
  });
}

/** Width of the MLP's hidden layer, as OpenCLIP rounds it. */
function hidden({ width, mlp_ratio: ratio }: Json): number | undefined {
  return typeof width === 'number' && typeof ratio === 'number' ? Math.trunc(width * ratio) : undefined;
}

/** OpenCLIP's GELU takes `approximate`; its QuickGELU takes nothing. */
function activationOf(path: string, where: string, { act_kwargs: given }: Json, usual: Activation): Activation {
  const options = section({ given }, 'given');
  checkSettings(path, `${where}.act_kwargs.`, options, ['approximate']);
  if (options.approximate === undefined || options.approximate === 'none' || usual === 'quick_gelu') return usual;
  return one(path, `${where}.act_kwargs.approximate`, options.approximate, { tanh: 'gelu_tanh' as const });
}

/** The meaning of a word. @throws a sentence naming the setting and the words that it may have */
function one<T>(path: string, where: string, word: unknown, words: Record<string, T>): T {
  if (typeof word === 'string' && Object.hasOwn(words, word)) return words[word]!;
  throw new Error(
    `${path}: ${where} is ${JSON.stringify(word)}, which makes a network that cannot be loaded; it must be ${Object.keys(words).join(' or ')}.`,
  );
}
