import { normalised } from '@dgprompt/clip';
import { coprompt, hicropl } from '@dgprompt/methods/zoo';
import * as tf from '@tensorflow/tfjs-core';
import { near } from './comparisons.js';
import type { Recording } from './recording.js';
import type { ZooCase } from './steps.js';

/** 1 − mean cosine of unit rows. */
const apart = (a: tf.Tensor, b: tf.Tensor) => tf.sub(1, tf.mean(tf.sum(tf.mul(a, b), -1)));

/** The recorded features of one sentence per class, [C, e], unit rows. */
const picked = ({ tensor, metadata }: Recording, step: number) => {
  const [row] = (JSON.parse(metadata.sentence_picked!) as number[]).slice(step);
  return normalised(tf.unstack(tensor('sentence_features'))[row!]!);
};

/** CoPrompt, with the recorded draws of sentences and of the frozen CLIP's views. */
const copromptCase: ZooCase = {
  make: ({ clip, classNames, templates, shape, setting }) =>
    coprompt(clip, classNames, {
      ...{ templates, tokens: shape('init.prompt_learner.ctx')[0]! },
      ...{ depth: Number(setting('PROMPT_DEPTH')), consistency: Number(setting('W')) },
    }),
  prepare(_, recording) {
    const { clip, tensor, metadata, classNames } = recording;
    const all = JSON.parse(metadata.sentences!) as Record<string, string[]>;
    const firsts = classNames.map(name => all[name.replaceAll('_', ' ')]![0]!);
    const made = clip.text(firsts, { template: '{}' });
    return [near('features of sentences', made, normalised(tf.unstack(tensor('sentence_features'))[0]!))];
  },
  batch: (recording, step) => ({
    frozenView: tf.unstack(recording.tensor('images2'))[step] as tf.Tensor4D,
    frozenText: picked(recording, step),
  }),
  terms: ({ text, image, frozen }) => ({
    cos_text: apart(text, frozen!.text),
    cos_image: apart(image, frozen!.image),
  }),
};

/** HiCroPL; the outputs of its mappers persist in the steps and in the evaluation after them. */
const hicroplCase: ZooCase = {
  make: ({ clip, classNames, templates, metadata, setting }) =>
    hicropl(clip, classNames, {
      ...{ templates, descriptions: JSON.parse(metadata.sentences!) as Record<string, string[]> },
      ...{ tokens: Number(setting('N_CTX')), depth: Number(setting('PROMPT_DEPTH')) },
      ...{ cross: Number(setting('CROSS_LAYER')), knowledge: Number(setting('LAMBD')) },
    }),
  terms: ({ text, image, frozen }) => ({
    cos_text: apart(text, frozen!.text),
    cos_image: apart(image, frozen!.image),
  }),
};

/** Methods that compare with sentences about each class. */
export const describedCases: Readonly<Record<string, ZooCase>> = {
  coprompt: copromptCase,
  hicropl: hicroplCase,
};
