import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NamedArray } from '@dgprompt/io';
import { float32ToBfloat16, float32ToFloat16, writeSafetensors } from '@dgprompt/io';
import type { ClipConfig } from '../config.js';
import { mapParameters } from '../weights/parameters.js';
import { transpose } from '../weights/weights.js';
import { type StoredArray, writeTorch } from './torch.js';

/** Random checkpoints in the forms that users have, for tests and measurements. Not part of the package. */

/** ViT-B/16 as OpenAI published it. */
export const vitB16: ClipConfig = {
  embedDim: 512,
  activation: 'quick_gelu',
  vision: { imageSize: 224, patchSize: 16, width: 768, layers: 12, heads: 12 },
  text: { contextLength: 77, vocabSize: 49408, width: 512, layers: 12, heads: 8 },
};

export const forms = [
  'openai-f32',
  'openai-f16',
  'openai-bf16',
  'hf-f32',
  'hf-f16',
  'hf-sharded-bf16',
  'hf-sharded-bin-f16',
  'openclip-f32',
  'openclip-sharded-f32',
  'pt-state-f32',
  'pt-state-f16',
  'pt-script-f16',
  'pt-old-f32',
  'pt-old-f16',
  'pt-training-f32',
] as const;

/** Random parameters by their OpenAI names, with values that 16-bit types hold exactly. */
export function randomParameters(config: ClipConfig, seed = 1): Map<string, NamedArray> {
  const named = new Map<string, NamedArray>();
  let state = seed;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state >>> 16) & 255;
  };
  mapParameters(config, ({ name, stored }) => {
    const size = stored.reduce((product, n) => product * n, 1);
    const one = /ln_\w+\.weight$/.test(name);
    const data = Float32Array.from({ length: size }, () =>
      one ? 1 + ((next() & 15) - 8) / 64 : (next() - 128) / 128 / (stored.length < 2 ? 8 : 16),
    );
    named.set(name, { shape: stored, data: name === 'logit_scale' ? Float32Array.of(2.65625) : data });
  });
  return named;
}

/**
 * Writes a checkpoint of one form into its own folder.
 * @returns the folder
 */
export async function writeCheckpoint(
  folder: string,
  form: (typeof forms)[number],
  config: ClipConfig,
  named: ReadonlyMap<string, NamedArray>,
): Promise<string> {
  const path = join(folder, form);
  mkdirSync(path, { recursive: true });
  const json = (name: string, content: object) => writeFileSync(join(path, name), JSON.stringify(content));
  const [library] = form.split('-');
  const dtype = ({ f32: 'F32', f16: 'F16', bf16: 'BF16' } as const)[form.split('-').at(-1)!]!;
  const sharded = form.includes('sharded');
  if (library === 'pt') {
    const stored = narrowed(named, dtype);
    const layout = { script: form.includes('script'), old: form.includes('old') };
    if (form.includes('training')) writeTorch(join(path, 'epoch_2.pt'), inTraining(stored));
    else writeTorch(join(path, 'model.pt'), stored, layout);
  } else if (library === 'hf') {
    json('config.json', huggingFaceConfig(config));
    const all = huggingFaceNames(named);
    if (form.includes('bin')) await writeShards(path, 'pytorch_model.bin', all, dtype);
    else if (sharded) await writeShards(path, 'model.safetensors', all, dtype);
    else await writeSafetensors(join(path, 'model.safetensors'), all, { dtype });
  } else if (library === 'openclip') {
    json('open_clip_config.json', openClipConfig(config));
    if (sharded) await writeShards(path, 'open_clip_model.safetensors', named, dtype);
    else await writeSafetensors(join(path, 'open_clip_model.safetensors'), named, { dtype });
  } else {
    json('config.json', config);
    await writeSafetensors(join(path, 'model.safetensors'), named, { dtype });
  }
  return path;
}

type Type = 'F32' | 'F16' | 'BF16';

/** Three files and their index, named after the file that would hold everything. */
async function writeShards(path: string, whole: string, all: ReadonlyMap<string, NamedArray>, dtype: Type) {
  const names = [...all.keys()].sort();
  const map: Record<string, string> = {};
  for (let shard = 0; shard < 3; shard++) {
    const file = whole.replace('.', `-0000${shard + 1}-of-00003.`);
    const here = names.filter((_, i) => i % 3 === shard);
    for (const name of here) map[name] = file;
    const part = new Map(here.map(name => [name, all.get(name)!]));
    if (whole.endsWith('.bin')) writeTorch(join(path, file), narrowed(part, dtype));
    else await writeSafetensors(join(path, file), part, { dtype });
  }
  writeFileSync(join(path, `${whole}.index.json`), JSON.stringify({ metadata: {}, weight_map: map }));
}

/** Adds the wrappers and other tensors of a training program. */
function inTraining(stored: ReadonlyMap<string, StoredArray>): Map<string, StoredArray> {
  const all = new Map<string, StoredArray>();
  for (const [name, array] of stored) {
    all.set(`state_dict.module._orig_mod.${name}`, array);
    all.set(`optimizer.state.${all.size}.exp_avg`, { ...array, bytes: new Uint8Array(array.bytes.length) });
  }
  return all;
}

const narrowed = (named: ReadonlyMap<string, NamedArray>, dtype: Type): Map<string, StoredArray> =>
  new Map([...named].map(([name, { shape, data }]) => [name, narrow(dtype, shape, data)]));

function narrow(dtype: Type, shape: number[], data: Float32Array): StoredArray {
  const values = dtype === 'F32' ? data : dtype === 'F16' ? float32ToFloat16(data) : float32ToBfloat16(data);
  return { dtype, shape, bytes: new Uint8Array(values.buffer, values.byteOffset, values.byteLength) };
}

/** The same parameters, named, split and transposed as in transformers. */
function huggingFaceNames(named: ReadonlyMap<string, NamedArray>): Map<string, NamedArray> {
  const out = new Map<string, NamedArray>();
  for (const [name, { shape, data }] of named) {
    const tower = name.startsWith('visual.') ? 'vision_model' : 'text_model';
    const block = /resblocks\.(\d+)\.(.+)$/.exec(name);
    if (block) {
      const prefix = `${tower}.encoder.layers.${block[1]}`;
      const inner = block[2]!;
      const projection = /^attn\.in_proj_(weight|bias)$/.exec(inner);
      if (projection) {
        const third = data.length / 3;
        ['q', 'k', 'v'].forEach((letter, i) => {
          const part = { shape: [shape[0]! / 3, ...shape.slice(1)], data: data.slice(i * third, (i + 1) * third) };
          out.set(`${prefix}.self_attn.${letter}_proj.${projection[1]}`, part);
        });
        continue;
      }
      const renamed = inner
        .replace('ln_', 'layer_norm')
        .replace('mlp.c_fc', 'mlp.fc1')
        .replace('mlp.c_proj', 'mlp.fc2')
        .replace('attn.out_proj', 'self_attn.out_proj');
      out.set(`${prefix}.${renamed}`, { shape, data });
    } else if (name === 'visual.proj' || name === 'text_projection') {
      const turned = { shape: [...shape].reverse(), data: transpose(data, shape[0]!) };
      out.set(name === 'visual.proj' ? 'visual_projection.weight' : 'text_projection.weight', turned);
    } else out.set(OUTSIDE[name] ?? name, { shape, data });
  }
  return out;
}

const OUTSIDE: Record<string, string> = {
  'visual.class_embedding': 'vision_model.embeddings.class_embedding',
  'visual.conv1.weight': 'vision_model.embeddings.patch_embedding.weight',
  'visual.positional_embedding': 'vision_model.embeddings.position_embedding.weight',
  'visual.ln_pre.weight': 'vision_model.pre_layrnorm.weight',
  'visual.ln_pre.bias': 'vision_model.pre_layrnorm.bias',
  'visual.ln_post.weight': 'vision_model.post_layernorm.weight',
  'visual.ln_post.bias': 'vision_model.post_layernorm.bias',
  'token_embedding.weight': 'text_model.embeddings.token_embedding.weight',
  positional_embedding: 'text_model.embeddings.position_embedding.weight',
  'ln_final.weight': 'text_model.final_layer_norm.weight',
  'ln_final.bias': 'text_model.final_layer_norm.bias',
};

function huggingFaceConfig({ embedDim, activation, vision, text }: ClipConfig): object {
  return {
    model_type: 'clip',
    projection_dim: embedDim,
    text_config: {
      eos_token_id: 2, // as older versions of transformers wrote it
      hidden_act: activation,
      hidden_size: text.width,
      num_attention_heads: text.heads,
      num_hidden_layers: text.layers,
    },
    vision_config: {
      hidden_act: activation,
      hidden_size: vision.width,
      image_size: vision.imageSize,
      num_attention_heads: vision.heads,
      num_hidden_layers: vision.layers,
      patch_size: vision.patchSize,
    },
  };
}

function openClipConfig({ embedDim, activation, vision, text }: ClipConfig): object {
  return {
    model_cfg: {
      embed_dim: embedDim,
      quick_gelu: activation === 'quick_gelu',
      vision_cfg: {
        image_size: vision.imageSize,
        layers: vision.layers,
        width: vision.width,
        head_width: vision.width / vision.heads,
        patch_size: vision.patchSize,
      },
      text_cfg: {
        context_length: text.contextLength,
        vocab_size: text.vocabSize,
        width: text.width,
        heads: text.heads,
        layers: text.layers,
      },
    },
  };
}
