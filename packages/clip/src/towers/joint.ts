import type * as tf from '@tensorflow/tfjs-core';
import type { ContextPlace } from '../text/layout.js';
import type { VisionTowerWeights, VisionWeights } from '../weights/weights.js';
import type { TowerChanges } from './changes.js';
import { normalised } from './normalised.js';
import { DEFAULT_TEMPLATE, promptRows, type TextTower } from './text-features.js';
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
import { transformerWeights } from './vision.js';
import { enterVision, runVision, startVision } from './vision-layers.js';
import { finishVision } from './vision-output.js';
import { classState, type VisionState } from './vision-state.js';

/**
 * States of both towers: class and end tokens that entered the layers so far, from layer 0. Computed when they are
 * read.
 */
export interface TowerStates {
  /** v_cls^0 … v_cls^l, [B, d_v] each. */
  readonly vision: tf.Tensor[];
  /** t_end^0 … t_end^l, [C, d_t] each, or [B, C, d_t] once prompts are per image. */
  readonly text: tf.Tensor[];
}

/** The prompts that enter layer l, from the states of both towers up to that layer. */
export type PromptsFromStates = (layer: number, seen: TowerStates) => tf.Tensor | undefined;

/** Prompts for both towers, and the place of the text prompts. */
export interface JointOptions extends Partial<ContextPlace> {
  /**
   * Text prompts: [M, d_t], [C, M, d_t] per class, [B, 1, M, d_t] per image, or [B, C, M, d_t] per image and class.
   * `tokens` must then be M.
   */
  text?: PromptsFromStates;
  /** Visual prompts: [M, d_v], or [B, M, d_v] per image. */
  vision?: PromptsFromStates;
  /** The hand-written prompt if there are no text prompts (`tokens` 0); default "a photo of a {}." */
  template?: string;
  /**
   * Changes inside the towers. States that prompts see have passed through `between` of the layers below; returned
   * states, also through that of their own layer.
   */
  changes?: { text?: TowerChanges; vision?: TowerChanges };
}

export type JointResult = {
  /** Image features [B, e], L2-normalised. */
  image: tf.Tensor2D;
  /** Text features, L2-normalised: [C, e], or [B, C, e] if text prompts were per image. */
  text: tf.Tensor;
  /** The states that entered every layer. */
  states: { vision: tf.Tensor[]; text: tf.Tensor[] };
};

/** Both towers of a CLIP layer by layer, `Clip.forwardJoint`. */
export function forwardJoint(
  { embed, ...tower }: TextTower,
  visionWeights: VisionTowerWeights,
  images: tf.Tensor,
  classNames: readonly string[],
  { tokens = 0, position, words, template = DEFAULT_TEMPLATE, changes = {}, ...prompts }: JointOptions,
): JointResult {
  const rows = promptRows(tower, classNames, tokens > 0 ? { tokens, position, words } : template);
  const { image, text, seen } = walkTogether(
    { weights: transformerWeights(visionWeights), images, prompts: prompts.vision, changes: changes.vision },
    { ...tower, plan: planText(rows, false, tower.config.text), embed, prompts: prompts.text, changes: changes.text },
  );
  return { image: normalised(image), text: normalised(text), states: { vision: seen.vision, text: seen.text } };
}

/**
 * Runs both towers side by side, one layer at a time. Layers that only the deeper tower has run without prompts.
 *
 * @returns image features [B, e] and text features [C, e] or [B, C, e], before L2 normalisation, and the states seen
 */
function walkTogether(
  vision: { weights: VisionWeights; images: tf.Tensor; prompts?: PromptsFromStates; changes?: TowerChanges },
  text: TextWalk & { embed: Embed; prompts?: PromptsFromStates },
): { image: tf.Tensor2D; text: tf.Tensor; seen: TowerStates } {
  const { config } = text;
  const shared = Math.min(config.vision.layers, config.text.layers);
  let visionState = startVision(vision.weights, config, vision.images);
  let textState = startText(text, text.embed);
  const visionStates: VisionState[] = [];
  const textStates: TextState[] = [];
  const classTokens = once((state: VisionState) => classState(config, state));
  const endTokens = once(endState);
  const statesUpTo = (upTo: number): TowerStates => ({
    get vision() {
      return visionStates.slice(0, upTo).map(classTokens);
    },
    get text() {
      return textStates.slice(0, upTo).map(endTokens);
    },
  });
  for (let layer = 0; layer < Math.max(config.vision.layers, config.text.layers); layer++) {
    if (layer < config.vision.layers) visionStates.push(visionState);
    if (layer < config.text.layers) textStates.push(textState);
    const visionPrompts = layer < shared ? vision.prompts?.(layer, statesUpTo(layer + 1)) : undefined;
    const textPrompts = layer < shared ? text.prompts?.(layer, statesUpTo(layer + 1)) : undefined;
    if (layer < config.vision.layers) {
      const { weights, changes = {} } = vision;
      const { entering, seen } = enterVision(weights, config, visionState, visionPrompts, changes);
      visionStates[layer] = seen;
      visionState = runVision(weights, config, entering, changes);
    }
    if (layer < config.text.layers) {
      const { entering, seen } = enterText(text, textState, textPrompts);
      textStates[layer] = seen;
      textState = runText(text, entering);
    }
  }
  return {
    image: finishVision(vision.weights, config, visionState),
    text: finishWalk(text, textState),
    seen: statesUpTo(Infinity),
  };
}

/** A function that computes each result once. */
function once<S extends object, T>(f: (state: S) => T): (state: S) => T {
  const results = new Map<S, T>();
  return state => {
    if (!results.has(state)) results.set(state, f(state));
    return results.get(state)!;
  };
}
