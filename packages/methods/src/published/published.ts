import { type RetentionWeights, retention } from '@dgprompt/retention';
import type * as tf from '@tensorflow/tfjs-core';
import type { LossTerms, Method } from '../learner/types.js';
import type { MethodFactory } from '../method/define.js';
import { cocoop } from '../zoo/cocoop.js';
import { coop } from '../zoo/coop.js';
import { ivlp } from '../zoo/ivlp.js';
import { maple } from '../zoo/maple.js';
import { promptsrc } from '../zoo/promptsrc.js';
import { vpt } from '../zoo/vpt.js';

/** Shapes of the parameters in a file, by their published names. */
export type PublishedShapes = ReadonlyMap<string, readonly number[]>;

/** A published implementation: the corresponding method here, and the names of its parameters and settings. */
export interface Published {
  method: MethodFactory;
  /**
   * Options of the method.
   * @param settings by their published names, as text; missing ones have their defaults
   * @param shapes of the learned parameters; they take precedence for tokens, depths and class-specific contexts
   */
  options(settings: Readonly<Record<string, string>>, shapes: PublishedShapes): Record<string, unknown>;
  /** A parameter's name here, such as `text.1`; undefined if the method has no such parameter. */
  parameter(name: string): string | undefined;
  /** Parts of the loss, by their published names. */
  terms?(terms: LossTerms, method: Method): Record<string, tf.Tensor>;
}

type Settings = Readonly<Record<string, string>>;

const ours = (method: unknown) => method as MethodFactory;

/** The shape of the parameter whose name ends like this: checkpoints of one part of the model omit that part's name. */
function shapeOf(shapes: PublishedShapes, ending: RegExp): readonly number[] | undefined {
  for (const [name, shape] of shapes) if (ending.test(name)) return shape;
  return undefined;
}

const contextShape = (shapes: PublishedShapes) => shapeOf(shapes, /^(prompt_learner\.)?ctx$/);

/** Underscores are spaces, as in the published configuration files. */
const initOf = ({ ctx_init }: Settings) => ({ init: ctx_init?.replaceAll('_', ' ') });

const tokensOf = (settings: Settings, shapes: PublishedShapes) =>
  contextShape(shapes)?.at(-2) ?? Number(settings.n_ctx_text ?? settings.n_ctx);

/** One layer for the first prompts, and one per set of deeper ones. */
const layersLike = (shapes: PublishedShapes, deeper: RegExp) =>
  1 + [...shapes.keys()].filter(name => deeper.test(name)).length;

const deeperIn = (tower: 'image' | 'text') =>
  new RegExp(`^${tower}_encoder\\.transformer\\.resblocks\\.\\d+\\.VPT_shallow$`);

function inVision(settings: Settings, shapes: PublishedShapes): { tokens: number; depth: number } {
  const tokens = shapes.get('image_encoder.VPT')?.[0] ?? Number(settings.n_ctx_vision ?? settings.n_ctx);
  return { tokens, depth: layersLike(shapes, deeperIn('image')) };
}

const towers = (settings: Settings, shapes: PublishedShapes) => {
  const vision = inVision(settings, shapes);
  return {
    textTokens: tokensOf(settings, shapes),
    visionTokens: vision.tokens,
    textDepth: layersLike(shapes, deeperIn('text')),
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

function inMaple(name: string): string | undefined {
  const short = name.replace(/^prompt_learner\./, '');
  if (short === 'ctx') return 'text.0';
  if (/^proj\.(weight|bias)$/.test(short)) return short.replace('proj', 'visual.0');
  const deeper = (index: string) => Number(index) + 1;
  const text = /^compound_prompts_text\.(\d+)$/.exec(short);
  if (text) return `text.${deeper(text[1]!)}`;
  const visual = /^compound_prompt_projections\.(\d+)\.(weight|bias)$/.exec(short);
  return visual ? `visual.${deeper(visual[1]!)}.${visual[2]}` : undefined;
}

function inCocoop(name: string): string | undefined {
  const short = name.replace(/^prompt_learner\./, '');
  if (short === 'ctx') return 'context';
  const layer = /^meta_net\.linear([12])\.(weight|bias)$/.exec(short);
  return layer ? `metaNet.${layer[1] === '1' ? 'down' : 'up'}.${layer[2]}` : undefined;
}

/** The published implementations that methods can be compared with, by the method's id. */
export const published: Readonly<Record<string, Published>> = {
  coop: {
    method: ours(coop),
    options: (settings, shapes) => ({
      tokens: tokensOf(settings, shapes),
      ...initOf(settings),
      csc: (contextShape(shapes)?.length ?? (settings.csc === 'true' ? 3 : 2)) === 3,
      position: settings.class_token_position ?? 'end',
    }),
    parameter: name => (/^(prompt_learner\.)?ctx$/.test(name) ? 'context' : undefined),
  },
  cocoop: {
    method: ours(cocoop),
    options(settings, shapes) {
      const [hidden, width] = shapeOf(shapes, /meta_net\.linear1\.weight$/) ?? [];
      return {
        tokens: tokensOf(settings, shapes),
        ...initOf(settings),
        ...(hidden && width && { reduction: Math.floor(width / hidden) }),
      };
    },
    parameter: inCocoop,
  },
  vpt: { method: ours(vpt), options: inVision, parameter: inTowers },
  ivlp: { method: ours(ivlp), options: towers, parameter: inTowers },
  maple: {
    method: ours(maple),
    options: (settings, shapes) => ({
      tokens: tokensOf(settings, shapes),
      depth: layersLike(shapes, /(^|\.)compound_prompts_text\.\d+$/),
      ...initOf(settings),
    }),
    parameter: inMaple,
  },
  promptsrc: {
    method: ours(promptsrc),
    options: (settings, shapes) => ({
      ...towers(settings, shapes),
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

/**
 * Whether PyTorch stores this parameter as [out, in] and our tree as [in, out].
 *
 * @example
 * ```ts
 * import { isTransposed } from '@dgprompt/methods/published';
 *
 * console.log(isTransposed('visual.0.weight'), isTransposed('text.0')); // true false
 * ```
 */
export const isTransposed = (parameter: string): boolean => /\.weight$/.test(parameter);
