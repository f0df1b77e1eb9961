import { softmaxCrossEntropy } from '@dgprompt/engine';
import { cosineLogits } from '@dgprompt/methods';
import { clipLora, dept, mma, mmrl, mmrlpp, plot, plotpp, rpo, tcp } from '@dgprompt/methods/zoo';
import * as tf from '@tensorflow/tfjs-core';
import type { ZooCase } from './steps.js';

/** 1 − mean cosine of unit rows. */
const apart = (a: tf.Tensor, b: tf.Tensor) => tf.sub(1, tf.mean(tf.sum(tf.mul(a, b), -1)));

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
  },
  tcp: {
    make: ({ clip, classNames, templates, metadata, setting, spelled }) =>
      tcp(clip, classNames, {
        ...{ templates, layer: Number(metadata.layer), tokens: Number(setting('N_CTX')) },
        words: spelled('tokens', 0) ?? 'a photo of a {}.', // placeholders for the context, and words after the name
      }),
    terms: ({ text, frozen }) => ({ cos: apart(text, frozen!.text) }),
  },
  rpo: {
    make: ({ clip, classNames, templates, setting }) =>
      rpo(clip, classNames, { templates, pairs: Number(setting('K')) }),
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
  },
  dept: {
    make({ clip, classNames, templates, metadata, setting }) {
      const [lr, ofProbe] = JSON.parse(metadata.lr!) as [number, number];
      return dept(clip, classNames, {
        ...{ templates, tokens: Number(setting('N_CTX')), weight: Number(setting('WEIGHT')) },
        lrScale: ofProbe / lr,
      });
    },
    terms({ image, text, labels, mask }, { clip }) {
      const logits = cosineLogits({ image, text }, clip.logitScale);
      return { logits, ce: softmaxCrossEntropy(logits, labels, mask) };
    },
  },
};
