import { type RetentionWeights, retention } from '@dgprompt/retention';
import { cocoop } from '../zoo/cocoop.js';
import { coop } from '../zoo/coop.js';
import { ivlp } from '../zoo/ivlp.js';
import { kgcoop } from '../zoo/kgcoop.js';
import { maple } from '../zoo/maple.js';
import { prograd } from '../zoo/prograd.js';
import { promptsrc } from '../zoo/promptsrc.js';
import { vpt } from '../zoo/vpt.js';
import {
  anyMethod,
  contextShape,
  inLearner,
  linear,
  named,
  type Place,
  type Published,
  type PublishedFile,
  reductionOf,
  shapeOf,
} from './types.js';

type Settings = Readonly<Record<string, string>>;

/** Underscores are spaces, as in the published configuration files. */
export const initOf = ({ ctx_init }: Settings) => ({ init: ctx_init?.replaceAll('_', ' ') });

const tokensOf = (file: PublishedFile, settings: Settings) =>
  contextShape(file).at(-2) ?? Number(settings.n_ctx_text ?? settings.n_ctx);

/** One layer for the first prompts, and one per set of deeper ones. */
const layersLike = ({ shapes }: PublishedFile, deeper: RegExp) =>
  1 + [...shapes.keys()].filter(name => deeper.test(name)).length;

const deeperIn = (tower: 'image' | 'text') =>
  new RegExp(`^${tower}_encoder\\.transformer\\.resblocks\\.\\d+\\.VPT_shallow$`);

function inVision(file: PublishedFile, settings: Settings): { tokens: number; depth: number } {
  const tokens = file.shapes.get('image_encoder.VPT')?.[0] ?? Number(settings.n_ctx_vision ?? settings.n_ctx);
  return { tokens, depth: layersLike(file, deeperIn('image')) };
}

const towers = (file: PublishedFile, settings: Settings) => {
  const vision = inVision(file, settings);
  return {
    textTokens: tokensOf(file, settings),
    visionTokens: vision.tokens,
    textDepth: layersLike(file, deeperIn('text')),
    visionDepth: vision.depth,
    ...initOf(settings),
  };
};

/** Parameters of prompts inside the towers (VPT, IVLP, PromptSRC). */
function inTowers(name: string): string | undefined {
  if (name === 'prompt_learner.ctx') return 'text.0';
  if (name === 'image_encoder.VPT') return 'visual.0';
  const deeper = /^(image|text)_encoder\.transformer\.resblocks\.(\d+)\.VPT_shallow$/.exec(name);
  return deeper ? `${deeper[1] === 'image' ? 'visual' : 'text'}.${deeper[2]}` : undefined;
}

/** Prompts of MaPLe, and of CoPrompt, which builds on it. */
export function inMaple(name: string): Place | undefined {
  const short = inLearner(name);
  if (short === 'ctx') return 'text.0';
  const [, first] = /^proj\.(weight|bias)$/.exec(short) ?? [];
  if (first) return linear('visual.0', first);
  const deeper = (index: string) => Number(index) + 1;
  const [, text] = /^compound_prompts_text\.(\d+)$/.exec(short) ?? [];
  if (text) return `text.${deeper(text)}`;
  const [, visual, part] = /^compound_prompt_projections\.(\d+)\.(weight|bias)$/.exec(short) ?? [];
  return visual ? linear(`visual.${deeper(visual)}`, part!) : undefined;
}

/** A context and the network that changes it or replaces it (CoCoOp, TCP). */
export function inMetaNet(name: string): Place | undefined {
  const short = inLearner(name);
  if (short === 'ctx') return 'context';
  const [, layer, part] = /^meta_net\.linear([12])\.(weight|bias)$/.exec(short) ?? [];
  return layer ? linear(`metaNet.${layer === '1' ? 'down' : 'up'}`, part!) : undefined;
}

const onlyContext = named({ ctx: 'context' });

/** A context for all classes. */
const contextOptions = (file: PublishedFile, settings: Settings) => ({
  tokens: tokensOf(file, settings),
  ...initOf(settings),
});

/** Published implementations of methods before 2024, which recordings are compared with by these settings. */
export const publishedPrompts: Readonly<Record<string, Published>> = {
  coop: {
    method: anyMethod(coop),
    options: (file, settings) => ({
      ...contextOptions(file, settings),
      csc: (contextShape(file).length || (settings.csc === 'true' ? 3 : 2)) === 3,
      position: settings.class_token_position ?? 'end',
    }),
    parameter: onlyContext,
  },
  cocoop: {
    method: anyMethod(cocoop),
    options: (file, settings) => ({
      ...contextOptions(file, settings),
      ...reductionOf(shapeOf(file, /meta_net\.linear1\.weight$/)),
    }),
    parameter: inMetaNet,
  },
  kgcoop: { method: anyMethod(kgcoop), options: contextOptions, parameter: onlyContext },
  prograd: { method: anyMethod(prograd), options: contextOptions, parameter: onlyContext },
  vpt: { method: anyMethod(vpt), options: inVision, parameter: inTowers },
  ivlp: { method: anyMethod(ivlp), options: towers, parameter: inTowers },
  maple: {
    method: anyMethod(maple),
    options: (file, settings) => ({
      ...contextOptions(file, settings),
      depth: layersLike(file, /(^|\.)compound_prompts_text\.\d+$/),
    }),
    parameter: inMaple,
  },
  promptsrc: {
    method: anyMethod(promptsrc),
    options: (file, settings) => ({
      ...towers(file, settings),
      retention: {
        templates: settings.templates && (JSON.parse(settings.templates) as string[]),
        text: settings.text_weight && Number(settings.text_weight),
        image: settings.image_weight && Number(settings.image_weight),
        logits: settings.logits_weight && Number(settings.logits_weight),
      },
    }),
    parameter: inTowers,
    terms({ crossEntropy, mask, frozen, ...tuned }, { options, classNames }) {
      const weights = options.retention as RetentionWeights;
      const one = (weight: Partial<RetentionWeights>) =>
        retention(tuned, frozen!, { text: 0, image: 0, logits: 0, states: 0, ...weight }, mask);
      return {
        ce: crossEntropy,
        fixed_text_features: frozen!.text, // [C, e]
        zero_shot_logits: frozen!.logits, // [B, C]
        loss_text: one({ text: weights.text }),
        loss_image: one({ image: weights.image }),
        loss_logits: one({ logits: weights.logits / classNames.length }),
      };
    },
  },
};
