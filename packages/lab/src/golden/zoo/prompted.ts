import { softmaxCrossEntropy } from '@dgprompt/engine';
import { cosineLogits } from '@dgprompt/methods';
import { clipLora, dept, mma, mmrl, mmrlpp, plot, plotpp, rpo, tcp } from '@dgprompt/methods/zoo';
import * as tf from '@tensorflow/tfjs-core';
import type { ZooCase } from './steps.js';

const withoutLearner = (name: string) => name.replace('prompt_learner.', '');

/** 1 − mean cosine of unit rows. */
const apart = (a: tf.Tensor, b: tf.Tensor) => tf.sub(1, tf.mean(tf.sum(tf.mul(a, b), -1)));

const inDept: Readonly<Record<string, string>> = {
  'prompt_learner.ctx': 'context',
  'film_lp_img.scale': 'channels.image.scale',
  'film_lp_img.bias': 'channels.image.shift',
  'film_lp_text.scale': 'channels.text.scale',
  'film_lp_text.bias': 'channels.text.shift',
  'linear_probe_proj.weight': 'probe.weight',
  'linear_probe_proj.bias': 'probe.bias',
};

const inTcp: Readonly<Record<string, string>> = { linear1: 'metaNet.down', linear2: 'metaNet.up' };

/** The loss terms of MMRL, whose second logits come from its tokens. */
const ofTokens: ZooCase['terms'] = ({ image, text, states, frozen, labels, mask }) => {
  const [logits, second] = [image, states![0]!].map(one => cosineLogits({ image: one, text }, 100));
  return {
    logits: logits!,
    logits_rep: second!,
    ce: softmaxCrossEntropy(logits!, labels, mask),
    ce_rep: softmaxCrossEntropy(second!, labels, mask),
    cos_image: apart(image, frozen!.image),
    cos_text: apart(text, frozen!.text),
  };
};

/** Methods that change the towers or their inputs. */
export const promptedCases: Readonly<Record<string, ZooCase>> = {
  'clip-lora': {
    make: ({ clip, classNames, templates, setting }) =>
      clipLora(clip, classNames, {
        ...{ templates, rank: Number(setting('r')), alpha: Number(setting('alpha')) },
        dropout: Number(setting('dropout')),
        towers: setting('encoder') as 'both',
        parts: (setting('params') as string[]).join(''),
      }),
    parameter(name) {
      const [, visual, layer, part = 'o', matrix] =
        /^(visual\.)?transformer\.resblocks\.(\d+)\.attn\.(?:(.)_)?proj\.w_lora_(.)$/.exec(name)!;
      return [`${visual ? 'vision' : 'text'}.${layer}.${part}.${matrix === 'A' ? 'down' : 'up'}`, 'transposed'];
    },
  },
  mma: {
    make: ({ clip, classNames, templates, setting }) =>
      mma(clip, classNames, {
        templates,
        width: Number(setting('ADAPTER_DIM')),
        first: Number(setting('ADAPTER_START')),
        last: Number(setting('ADAPTER_END')),
        scale: Number(setting('ADAPTER_SCALE')),
      }),
    parameter(name, { setting }) {
      const [, tower, block, part, what] =
        /^adapter_learner\.(\w+)_adapter\.(\d+)\.(?:(down|up)\.)?(?:0\.)?(weight|bias)$/.exec(name)!;
      const adapter = Number(block) - Number(setting('ADAPTER_START')); // blocks are numbered from 1
      const place = [tower === 'visual' ? 'vision' : tower, adapter, ...(part ? [part] : []), what].join('.');
      return what === 'weight' ? [place, 'transposed'] : place;
    },
  },
  tcp: {
    make: ({ clip, classNames, templates, metadata, setting, spelled }) =>
      tcp(clip, classNames, {
        ...{ templates, layer: Number(metadata.layer), tokens: Number(setting('N_CTX')) },
        words: spelled('tokens', 0) ?? 'a photo of a {}.', // placeholders for the context, and words after the name
      }),
    parameter(name) {
      const [, layer, what] = /^meta_net\.(linear\d)\.(.*)$/.exec(withoutLearner(name)) ?? [];
      if (layer === undefined) return 'context';
      return what === 'weight' ? [`${inTcp[layer]}.weight`, 'transposed'] : `${inTcp[layer]}.bias`;
    },
    terms: ({ text, frozen }) => ({ cos: apart(text, frozen!.text) }),
  },
  rpo: {
    make: ({ clip, classNames, templates, setting }) =>
      rpo(clip, classNames, { templates, pairs: Number(setting('K')) }),
    parameter: name => (withoutLearner(name) === 'text_prompt' ? 'text' : 'vision'),
  },
  mmrl: {
    make: ({ clip, classNames, templates, setting }) =>
      mmrl(clip, classNames, {
        templates,
        tokens: Number(setting('N_REP_TOKENS')),
        width: Number(setting('REP_DIM')),
        first: (setting('REP_LAYERS') as number[])[0]!,
        last: (setting('REP_LAYERS') as number[]).at(-1)!,
        share: Number(setting('ALPHA')),
        knowledge: Number(setting('REG_WEIGHT')),
      }),
    parameter(name) {
      if (name === 'image_encoder.proj_rep') return 'projection';
      const [, to, layer, part] = /compound_rep_tokens(?:_r2(.)proj\.(\d+)\.(.*))?$/.exec(name)!;
      if (!to) return 'space';
      const place = `${to === 'v' ? 'toVision' : 'toText'}.${layer}.${part}`;
      return part === 'weight' ? [place, 'transposed'] : place;
    },
    terms: ofTokens,
  },
  mmrlpp: {
    make: ({ clip, classNames, templates, setting }) =>
      mmrlpp(clip, classNames, {
        templates,
        tokens: Number(setting('N_REP_TOKENS')),
        width: Number(setting('REP_DIM')),
        first: (setting('REP_LAYERS') as number[])[0]!,
        last: (setting('REP_LAYERS') as number[]).at(-1)!,
        rank: { layer: Number(setting('RES_LORA_DIM')), projection: Number(setting('PROJ_LORA_DIM')) },
        share: Number(setting('ALPHA')),
        fresh: Number(setting('BETA')),
        knowledge: Number(setting('REG_WEIGHT')),
      }),
    parameter(name) {
      if (name === 'image_encoder.A') return 'projection.down';
      if (name === 'image_encoder.B') return 'projection.up';
      const [, to, layer, part] = /srra_r2(.)proj\.(?:srra\.(\d+)\.)?(\w+)$/.exec(name) ?? [];
      if (!to) return 'space';
      const place = to === 'v' ? 'toVision' : 'toText';
      if (part === 'weight') return [`${place}.weight`, 'transposed'];
      if (part === 'bias') return `${place}.layers.${layer}.bias`;
      return [`${place}.layers.${layer}.${part === 'A' ? 'up' : 'down'}`, 'transposed'];
    },
    terms: ofTokens,
  },
  plot: {
    make: ({ clip, classNames, templates, shape }) => {
      const [prompts, tokens] = shape('init.prompt_learner.ctx') as [number, number];
      return plot(clip, classNames, { templates, prompts, tokens, stop: 'batch' });
    },
  },
  plotpp: {
    make: ({ clip, classNames, templates, shape, has, setting, spelled }) => {
      const [prompts, tokens] = shape('init.prompt_learner.ctx_vision') as [number, number];
      const rows = Array.from({ length: shape('tokens')[0]! / classNames.length }, (_, n) => n * classNames.length);
      const words = rows.map(row => (spelled('tokens', row) ?? '').split(' {}')[0]!);
      const stage = has('grad0.prompt_learner.ctx') ? 'both' : 'vision';
      const pooled = stage === 'both' && setting('TRADE_OFF') === true;
      const given = { templates, prompts, tokens, words, stage, ...(pooled && { pooled }) } as const;
      return plotpp(clip, classNames, { ...given, stop: 'batch' });
    },
    parameter: name => (name.endsWith('ctx_vision') ? 'vision' : 'text'),
  },
  dept: {
    make({ clip, classNames, templates, metadata, setting }) {
      const [lr, ofProbe] = JSON.parse(metadata.lr!) as [number, number];
      return dept(clip, classNames, {
        ...{ templates, tokens: Number(setting('N_CTX')), weight: Number(setting('WEIGHT')) },
        lrScale: ofProbe / lr,
      });
    },
    parameter: name => inDept[name]!,
    terms({ image, text, labels, mask }, { clip }) {
      const logits = cosineLogits({ image, text }, clip.logitScale);
      return { logits, ce: softmaxCrossEntropy(logits, labels, mask) };
    },
  },
};
