import { joinPath } from '@dgprompt/io';
import { exists } from '../runtime/files.js';
import { readJson } from '../runtime/json.js';
import type { Naming } from './names.js';
import type { PartialConfig } from './shapes.js';

type Json = Record<string, unknown>;

/**
 * The settings of the config beside a checkpoint: heads and activation, which shapes do not show, and sizes to compare
 * with the weights. A config is known by its content: Hugging Face's, OpenCLIP's or ours, under either usual name.
 *
 * @returns nothing if there is no config
 * @throws one sentence naming the file and the setting if it is not JSON, or describes another network than CLIP
 */
export function checkpointConfig(folder: string, naming: Naming): PartialConfig {
  const names = ['open_clip_config.json', 'config.json'];
  const paths = (naming === 'OpenAI' ? names : names.reverse()).map(name => joinPath(folder, name));
  const path = paths.find(exists);
  if (path === undefined) return {};
  const config = readJson(path);
  if (isHuggingFace(config)) return huggingFaceConfig(path, config);
  return 'model_cfg' in config || 'vision_cfg' in config ? openClipConfig(path, config) : (config as PartialConfig);
}

function isHuggingFace(config: Json): boolean {
  return 'model_type' in config || 'architectures' in config || 'vision_config' in config || 'text_config' in config;
}

/** Older versions of transformers write only fields that differ from these. */
const DEFAULT_HEADS = { vision: 12, text: 8 };
const DEFAULT_EPSILON = 1e-5;

function huggingFaceConfig(path: string, config: Json): PartialConfig {
  if (config.model_type !== undefined && config.model_type !== 'clip')
    throw new Error(`${path} is for a model of the type "${config.model_type}"; only "clip" can be loaded.`);
  const vision = section(config, 'vision_config', 'vision_config_dict');
  const text = section(config, 'text_config', 'text_config_dict');
  const activations = [vision, text].map(({ hidden_act: name = 'quick_gelu' }) => name);
  if (activations[0] !== activations[1])
    throw new Error(`${path}: its towers have different activations, "${activations.join('" and "')}".`);
  for (const [name, { layer_norm_eps: epsilon = DEFAULT_EPSILON }] of Object.entries({ vision, text }))
    if (epsilon !== DEFAULT_EPSILON) throw new Error(`${path}: ${name}_config.layer_norm_eps is ${epsilon}, not 1e-5.`);
  return present({
    embedDim: config.projection_dim,
    activation: activation(path, activations[0]),
    vision: present({
      imageSize: vision.image_size,
      patchSize: vision.patch_size,
      width: vision.hidden_size,
      layers: vision.num_hidden_layers,
      heads: vision.num_attention_heads ?? DEFAULT_HEADS.vision,
    }),
    text: present({
      contextLength: text.max_position_embeddings,
      vocabSize: text.vocab_size,
      width: text.hidden_size,
      layers: text.num_hidden_layers,
      heads: text.num_attention_heads ?? DEFAULT_HEADS.text,
    }),
  });
}

/** OpenCLIP settings that make another network. */
const OTHER_NETWORKS = {
  vision_cfg: ['timm_model_name', 'ls_init_value', 'attentional_pool', 'no_ln_pre', 'final_ln_after_pool', 'qk_norm'],
  text_cfg: ['hf_model_name', 'ls_init_value', 'embed_cls', 'no_causal_mask', 'mlp_ratio_text', 'qk_norm'],
};

function openClipConfig(path: string, config: Json): PartialConfig {
  const model = 'model_cfg' in config ? section(config, 'model_cfg') : config; // or as OpenCLIP's own list has it
  const vision = section(model, 'vision_cfg');
  const text = section(model, 'text_cfg');
  for (const [part, names] of Object.entries(OTHER_NETWORKS))
    for (const name of names)
      if (section(model, part)[name])
        throw new Error(`${path}: ${part}.${name} makes it another network than CLIP, which cannot be loaded.`);
  const { layers, width, image_size: imageSize, patch_size: patchSize, head_width: headWidth = 64 } = vision;
  const resNet = Array.isArray(layers);
  if (!resNet && typeof width === 'number' && width % Number(headWidth) !== 0)
    throw new Error(`${path}: vision_cfg.width ${width} is not a multiple of its head_width ${headWidth}.`);
  return present({
    embedDim: model.embed_dim,
    activation: model.quick_gelu ? 'quick_gelu' : 'gelu',
    vision: present({
      imageSize,
      width,
      ...(!resNet && {
        patchSize,
        layers,
        heads: typeof width === 'number' ? width / Number(headWidth) : undefined,
      }),
    }),
    text: present({
      contextLength: text.context_length,
      vocabSize: text.vocab_size,
      width: text.width,
      layers: text.layers,
      heads: text.heads ?? DEFAULT_HEADS.text,
    }),
  });
}

function activation(path: string, name: unknown): 'quick_gelu' | 'gelu' {
  if (name === 'quick_gelu' || name === 'gelu') return name;
  throw new Error(`${path}: hidden_act is ${JSON.stringify(name)}; a CLIP's is "quick_gelu" or "gelu".`);
}

function section(config: Json, ...names: string[]): Json {
  for (const name of names) {
    const found = config[name];
    if (typeof found === 'object' && found !== null && !Array.isArray(found)) return found as Json;
  }
  return {};
}

/** Without undefined and null fields. */
function present(fields: Json): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== null));
}
