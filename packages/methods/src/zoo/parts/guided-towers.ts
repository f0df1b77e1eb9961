import type { Clip, TextPrompts, VisionPrompts } from '@dgprompt/clip';
import type { Guidance } from '@dgprompt/guidance';
import * as tf from '@tensorflow/tfjs-core';
import type { Controls, PromptLearner } from '../../learner/types.js';

/** The prompts of both towers with their guidance; an omitted direction adds nothing. */
export interface GuidedPrompts {
  text: TextPrompts;
  visual: VisionPrompts;
  /** Image → text: reads class-token states. */
  toText?: Guidance;
  /** Text → image: reads end-token states. */
  toVision?: Guidance;
}

/**
 * Both towers with guided prompts.
 *
 * @param image what guides the text: `image`, each image's own states, so that text features are per image and both
 *   towers advance layer by layer together; or a prototype's states [J, 1, d_v]; or nothing. Without the image, text
 *   features are per class set, and the text tower runs first, separately.
 */
export function guidedTowers(clip: Clip, prompts: GuidedPrompts, image: 'image' | tf.Variable | undefined) {
  const { toText, toVision } = prompts;
  const controls: Controls = {
    ...(toText && image && { 'no image → text': towers(clip, { ...prompts, toText: undefined }, image) }),
    ...(toVision && { 'no text → image': towers(clip, { ...prompts, toVision: undefined }, image) }),
  };
  return { ...towers(clip, prompts, image), controls };
}

const towers = (clip: Clip, prompts: GuidedPrompts, image: 'image' | tf.Variable | undefined) =>
  image === 'image' ? jointTowers(clip, prompts) : classSetTowers(clip, prompts, image);

function jointTowers(clip: Clip, prompts: GuidedPrompts): Pick<PromptLearner, 'features'> {
  const { tokens, position, words } = prompts.text;
  return {
    features(images, classNames, pick) {
      const { states, ...features } = clip.forwardJoint(images, classNames, {
        tokens,
        position,
        words,
        text: (layer, { vision }) => textPrompts(prompts, layer, vision.map(asSet)),
        vision: (layer, { text }) =>
          visualPrompts(
            prompts,
            layer,
            text.map(states => pick(states, states.rank - 2)),
          ),
      });
      return { ...features, states: states.vision };
    },
  };
}

function classSetTowers(
  clip: Clip,
  prompts: GuidedPrompts,
  prototype?: tf.Variable,
): Pick<PromptLearner, 'textFeatures' | 'imageFeatures'> {
  return {
    textFeatures(classNames) {
      const states = prototype ? tf.unstack(prototype) : [];
      const layer = (l: number) => textPrompts(prompts, l, states);
      return clip.textStates(classNames, { prompts: { ...prompts.text, layer } });
    },
    imageFeatures(images, text) {
      const layer = (l: number) => visualPrompts(prompts, l, text.states!);
      return clip.visionStates(images, { prompts: { layer } });
    },
  };
}

/** P_text^l + G^l(v^1 … v^l): [M, d_t] of states [1, d_v], or [B, 1, M, d_t] of each image's own states [B, 1, d_v]. */
function textPrompts({ text, toText }: GuidedPrompts, layer: number, states: tf.Tensor[]): tf.Tensor | undefined {
  const prompts = sum(text.layer(layer), toText?.at(layer, states));
  return prompts?.rank === 3 ? tf.expandDims(prompts, 1) : prompts;
}

/** P_vision^l + G^l(t^1 … t^l): [M, d_v] of states [C, d_t], or [B, M, d_v] of states [B, C, d_t]. */
function visualPrompts({ visual, toVision }: GuidedPrompts, layer: number, states: tf.Tensor[]): tf.Tensor | undefined {
  return sum(visual.layer(layer), toVision?.at(layer, states));
}

const sum = (prompts?: tf.Tensor, added?: tf.Tensor) => (prompts && added ? tf.add(prompts, added) : prompts);

/** The class token of each image, [B, d_v], as a set of one member each, [B, 1, d_v]. */
const asSet = (state: tf.Tensor) => tf.expandDims(state, 1);
