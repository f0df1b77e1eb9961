import type * as tf from '@tensorflow/tfjs-core';
import type { ClipConfig } from '../config.js';
import { type ContextPlace, contextRows, type PromptText, type Slot, wordRows } from '../text/layout.js';
import { type ClipTokenizer, startTokens } from '../text/tokenizer.js';
import type { TextWeights } from '../weights/weights.js';
import type { TowerChanges } from './changes.js';
import { planText } from './text-plan.js';
import {
  type Embed,
  endState,
  enterText,
  finishWalk,
  runText,
  startText,
  type TextState,
  type TextWalk,
} from './text-prefix.js';

/** Learned context of the text tower, requested layer by layer. */
export interface TextPrompts extends ContextPlace {
  /**
   * The context entering layer l: [M, d_t], [C, M, d_t] per class, [B, 1, M, d_t] per image, or [B, C, M, d_t] per
   * image and class. That of layer 0 replaces words; that of a later layer replaces the previous layer's outputs at its
   * positions.
   */
  layer(l: number): tf.Tensor | undefined;
  /**
   * The first layer with a context. Above 0, the prompts below it are those of `template`, and the context enters as
   * new tokens after the start token, if there is one (MMRL, Guo et al., CVPR 2025). Default: 0, where it replaces
   * words.
   */
  from?: number;
}

/** A text tower, with tokenizer and embeddings. */
export interface TextTower {
  weights: TextWeights;
  config: ClipConfig;
  tokenizer: ClipTokenizer;
  embed: Embed;
}

/** The prompt of the published zero-shot experiments for datasets without another (Radford et al., ICML 2021). */
export const DEFAULT_TEMPLATE = 'a photo of a {}.';

/** Text features of class names, [C, e] or [B, C, e], before L2 normalisation. */
export function textFeatures(tower: TextTower, classNames: readonly string[], options: TextOptions = {}): tf.Tensor {
  return textStates(tower, classNames, options).features;
}

/** A hand-written prompt, or learned context in place of words; and changes inside the tower. */
export interface TextOptions extends TowerChanges, PromptText {
  prompts?: TextPrompts;
  /** With `{}` for the name; default "a photo of a {}." */
  template?: string;
  /** Do not L2-normalise the features; default false. */
  raw?: boolean;
}

/** The layers of a text tower for the prompts of class names, ready to be walked. */
export function textWalk(
  { embed, ...tower }: TextTower,
  classNames: readonly string[],
  { prompts, template = DEFAULT_TEMPLATE, truncate, keepUnderscores, raw: _, ...changes }: TextOptions = {},
): { walk: TextWalk; start: TextState; context: (tf.Tensor | undefined)[] } {
  const context = Array.from({ length: tower.config.text.layers }, (_, l) => prompts?.layer(l));
  const from = prompts?.from ?? 0;
  checkContext(prompts, context);
  const rows = promptRows(tower, classNames, prompts && from === 0 ? prompts : template, {
    truncate,
    keepUnderscores,
  });
  const plan = planText(rows, context.some(isPerClass), tower.config.text);
  const inserted =
    prompts && from > 0 ? { layer: from, tokens: prompts.tokens, after: startTokens(tower.tokenizer) } : undefined;
  const walk = { ...tower, plan, inserted, changes };
  return { walk, start: startText(walk, embed), context };
}

/**
 * Text features before L2 normalisation, and the end tokens entering layers 0, 1, … of the tower, [C, d_t] or [B, C,
 * d_t].
 */
export function textStates(
  tower: TextTower,
  classNames: readonly string[],
  options: TextOptions = {},
): { features: tf.Tensor; states: () => tf.Tensor[] } {
  const { walk, start, context } = textWalk(tower, classNames, options);
  const entered: TextState[] = [];
  let state = start;
  while (state.layer < context.length) {
    const { entering, seen } = enterText(walk, state, context[state.layer]);
    entered.push(seen);
    state = runText(walk, entering);
  }
  return { features: finishWalk(walk, state), states: () => entered.map(endState) };
}

/** The prompts of class names: with a learned context, or in a hand-written template. */
export function promptRows(
  { tokenizer, config }: Pick<TextTower, 'tokenizer' | 'config'>,
  classNames: readonly string[],
  around: ContextPlace | string,
  text: PromptText = {},
): Slot[][] {
  const { contextLength } = config.text;
  return typeof around === 'string'
    ? wordRows(tokenizer, classNames, around, contextLength, text)
    : contextRows(tokenizer, classNames, around, contextLength);
}

function checkContext(prompts: TextPrompts | undefined, context: readonly (tf.Tensor | undefined)[]): void {
  if (!prompts || prompts.tokens === 0) return;
  const { tokens, from = 0 } = prompts;
  if (!context[from]) throw new Error(`Text prompts with ${tokens} tokens have no context for layer ${from}.`);
  const below = context.slice(0, from).findIndex(one => one !== undefined);
  if (below >= 0)
    throw new Error(
      `Text prompts that enter from layer ${from} have a context for layer ${below}; leave it undefined.`,
    );
}

/** A context with an axis for classes. */
function isPerClass(context: tf.Tensor | undefined): boolean {
  return context !== undefined && (context.rank === 3 || (context.rank === 4 && context.shape[1] !== 1));
}
