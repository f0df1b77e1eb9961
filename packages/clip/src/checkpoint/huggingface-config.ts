import type { Activation } from '../config.js';
import { checkSettings, type Json, present, section } from './settings.js';
import type { PartialConfig } from './shapes.js';

export function isHuggingFace(config: Json): boolean {
  return 'model_type' in config || 'architectures' in config || 'vision_config' in config || 'text_config' in config;
}

/** The models of transformers that are CLIPs, with their defaults: files may have only the fields that differ. */
const MODELS: Record<string, { heads: { vision: number; text: number }; activation: string; epsilon: number }> = {
  clip: { heads: { vision: 12, text: 8 }, activation: 'quick_gelu', epsilon: 1e-5 },
  metaclip_2: { heads: { vision: 12, text: 8 }, activation: 'quick_gelu', epsilon: 1e-5 },
  siglip: { heads: { vision: 12, text: 12 }, activation: 'gelu_pytorch_tanh', epsilon: 1e-6 },
};

const ACTIVATIONS: Record<string, Activation> = {
  quick_gelu: 'quick_gelu',
  gelu: 'gelu',
  gelu_python: 'gelu',
  gelu_pytorch_tanh: 'gelu_tanh',
  gelu_new: 'gelu_tanh',
  gelu_fast: 'gelu_tanh',
  silu: 'silu',
  swish: 'silu',
};

/** Fields that transformers writes into every config, or uses only in training. */
const IDLE = [
  ...['architectures', 'model_type', 'dtype', 'torch_dtype', 'transformers_version', '_name_or_path', 'return_dict'],
  ...['initializer_factor', 'initializer_range', 'logit_scale_init_value', 'attention_dropout', 'dropout', 'use_cache'],
  ...['id2label', 'label2id', 'problem_type', 'finetuning_task', 'prefix', 'task_specific_params', 'tokenizer_class'],
  ...['tie_word_embeddings', 'tie_encoder_decoder', 'torchscript', 'use_bfloat16', 'pruned_heads', 'auto_map'],
  ...['max_length', 'min_length', 'num_beams', 'num_beam_groups', 'diversity_penalty', 'temperature', 'top_k', 'top_p'],
  ...['typical_p', 'repetition_penalty', 'length_penalty', 'encoder_no_repeat_ngram_size', 'num_return_sequences'],
  ...['chunk_size_feed_forward', 'output_scores', 'output_attentions', 'output_hidden_states', 'do_sample'],
  ...['return_dict_in_generate', 'early_stopping', 'no_repeat_ngram_size', 'remove_invalid_values'],
  ...[
    '_attn_implementation',
    '_attn_implementation_autoset',
    'attn_implementation',
    'exponential_decay_length_penalty',
  ],
];

/** The settings of a transformers config. */
export function huggingFaceConfig(path: string, config: Json): PartialConfig {
  const type = config.model_type ?? 'clip';
  if (type === 'siglip2')
    throw new Error(
      `${path} is for a model of the type "siglip2", SigLIP 2 NaFlex, whose images have any aspect ratio; load a SigLIP 2 of fixed size instead, such as google/siglip2-base-patch16-224.`,
    );
  const model = MODELS[String(type)];
  if (!model)
    throw new Error(
      `${path} is for a model of the type ${JSON.stringify(type)}; those of the types ${Object.keys(MODELS).join(', ')} can be loaded.`,
    );
  const siglip = type === 'siglip';
  const [vision, text] = [ofTower(config, 'vision'), ofTower(config, 'text')];
  checkSettings(path, '', config, [
    ...IDLE,
    ...['vision_config', 'text_config', 'vision_config_dict', 'text_config_dict', 'projection_dim'],
  ]);
  checkSettings(path, 'vision_config.', vision, [...TOWER, 'image_size', 'patch_size'], {
    num_channels: 3,
    vision_use_head: true,
  });
  if (vision.vision_use_head === false)
    throw new Error(`${path}: vision_config.vision_use_head is false, so the images have no features.`);
  checkSettings(path, 'text_config.', text, [
    ...TOWER,
    ...['max_position_embeddings', 'vocab_size', 'projection_size', 'bos_token_id', 'eos_token_id', 'pad_token_id'],
  ]);
  const activations = [vision, text].map(({ hidden_act: name = model.activation }, i) =>
    activation(path, `${i === 0 ? 'vision' : 'text'}_config.hidden_act`, name),
  ) as [Activation, Activation];
  const end = endToken(path, text.eos_token_id);
  const vocabulary = typeof text.vocab_size === 'number' ? text.vocab_size : undefined;
  return present({
    embedDim: siglip ? text.projection_size : config.projection_dim,
    activation: activations[1],
    vision: present({
      imageSize: vision.image_size,
      patchSize: vision.patch_size,
      width: vision.hidden_size,
      layers: vision.num_hidden_layers,
      heads: vision.num_attention_heads ?? model.heads.vision,
      mlpWidth: vision.intermediate_size,
      activation: activations[0] === activations[1] ? undefined : activations[0],
      epsilon: epsilonOf(vision, model.epsilon),
    }),
    text: present({
      contextLength: text.max_position_embeddings,
      vocabSize: text.vocab_size,
      width: text.hidden_size,
      layers: text.num_hidden_layers,
      heads: text.num_attention_heads ?? model.heads.text,
      mlpWidth: text.intermediate_size,
      epsilon: epsilonOf(text, model.epsilon),
      ...(siglip && { causal: false, pooling: 'last', padToken: text.pad_token_id ?? 1 }),
      // 2 in OpenAI's first configs, whose largest id ends a text; but not in those of MetaCLIP 2
      ...(!siglip && (end !== 2 || type !== 'clip') && end + 1 !== vocabulary && { endToken: end }),
    }),
  });
}

/** 49,407 is the default of CLIP and MetaCLIP 2. */
function endToken(path: string, given: unknown): number {
  const end = given ?? 49407;
  if (typeof end === 'number') return end;
  throw new Error(`${path}: text_config.eos_token_id is ${JSON.stringify(given)}; it must be one number.`);
}

const TOWER = [
  ...IDLE,
  ...['hidden_size', 'num_hidden_layers', 'num_attention_heads', 'intermediate_size', 'hidden_act', 'layer_norm_eps'],
  ...['projection_dim', 'sep_token_id', 'bos_token_id', 'eos_token_id', 'pad_token_id', 'decoder_start_token_id'],
];

/** The settings of a tower: old files have them twice, and transformers uses those of `…_config_dict` if present. */
function ofTower(config: Json, tower: string): Json {
  const older = `${tower}_config_dict`;
  return section(config, config[older] ? older : `${tower}_config`);
}

/** ε, unless it is that of OpenAI's models. */
function epsilonOf({ layer_norm_eps: given }: Json, usual: number): unknown {
  const epsilon = given ?? usual;
  return epsilon === 1e-5 ? undefined : epsilon;
}

function activation(path: string, where: string, name: unknown): Activation {
  const found = ACTIVATIONS[String(name)];
  if (found) return found;
  throw new Error(
    `${path}: ${where} is ${JSON.stringify(name)}; it must be one of ${Object.keys(ACTIVATIONS).join(', ')}.`,
  );
}
