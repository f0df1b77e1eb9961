import type { Clip, TextPrompts, VisionPrompts } from '@dgprompt/clip';
import type { Guidance } from '@dgprompt/guidance';
import * as tf from '@tensorflow/tfjs-core';
import { next } from '../../learner/controls.js';
import type { PromptLearner } from '../../learner/types.js';
import type { ClassEvidence } from './class-evidence.js';

/** The prompts of both towers with their guidance; an omitted direction adds nothing. */
export interface ClassGuidedPrompts {
  text: TextPrompts;
  visual: VisionPrompts;
  /** Image → text: reads the evidence of each class's shots. */
  toText?: Guidance;
  evidence?: ClassEvidence;
  /** Text → image: reads the end-token states of all classes. */
  toVision?: Guidance;
}

type Towers = Required<Pick<PromptLearner, 'textFeatures' | 'imageFeatures' | 'controls'>>;

/** Both towers, the text tower first: its prompts are guided class by class, the visual ones by the whole class set. */
export function classGuidedTowers(clip: Clip, prompts: ClassGuidedPrompts): Towers {
  const { toText, toVision, evidence } = prompts;
  const without = (part: keyof ClassGuidedPrompts) => towers(clip, { ...prompts, [part]: undefined });
  return {
    ...towers(clip, prompts),
    controls: {
      ...(toText && {
        'no tokens of shots': without('toText'),
        "tokens of another class's shots": towers(clip, { ...prompts, evidence: evidence && ofNextClass(evidence) }),
      }),
      ...(toVision && { 'no text → image': without('toVision') }),
    },
  };
}

function towers(clip: Clip, prompts: ClassGuidedPrompts): Pick<Towers, 'textFeatures' | 'imageFeatures'> {
  const { text, visual, toText, toVision, evidence } = prompts;
  return {
    textFeatures(classNames) {
      const { states, seen } = evidence?.of(classNames) ?? {};
      const ofClass = (l: number) => {
        const added = states && toText?.at(l, states); // [C, M, d_t]
        return added && tf.mul(added, seen!);
      };
      return clip.textStates(classNames, { prompts: { ...text, layer: l => plus(text.layer(l), ofClass(l)) } });
    },
    imageFeatures(images, { states }) {
      const layer = (l: number) => plus(visual.layer(l), toVision?.at(l, states!)); // [M, d_v]
      return clip.visionStates(images, { prompts: { layer } });
    },
  };
}

/** Every class reads the evidence of the next one. */
const ofNextClass = ({ of, ...rest }: ClassEvidence): ClassEvidence => ({
  ...rest,
  of(names) {
    const order = tf.tensor1d(next(names.length), 'int32');
    const { states, seen } = of(names);
    return { states: states.map(state => tf.gather(state, order)), seen };
  },
});

const plus = (prompts?: tf.Tensor, added?: tf.Tensor) => (prompts && added ? tf.add(prompts, added) : prompts);
