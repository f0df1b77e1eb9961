import { type Clip, normalised } from '@dgprompt/clip';
import { softmaxCrossEntropy } from '@dgprompt/engine';
import { classMemory, jointByMass, jointByOffset, memoryShift } from '@dgprompt/guidance';
import * as tf from '@tensorflow/tfjs-core';
import { controlsOf, next, templateTitles } from './controls.js';
import { asFeatures } from './forward.js';
import { checkEveryClass } from './items.js';
import { cosineLogits } from './logits.js';
import type { Controls, FeaturePair, Features, LossTerms, PromptLearner, Shots } from './types.js';

/** A class memory's settings: see `classMemory` of `@dgprompt/guidance`. */
export interface MemorySettings {
  /** λ, weight of the visual evidence of seen classes. */
  strength: number;
  /** ρ, how much classes with similar names share it. */
  ridge: number;
  /** a: images are centred by this share of the shots' mean, for classes without shots. */
  centring: number;
  /**
   * With both seen and unseen classes, the group is decided separately: by the frozen CLIP's probability of each group
   * (`mass`), or by a margin found by leaving classes out (`offset`).
   */
  joint: 'mass' | 'offset';
  /** Share of the cross-entropy that treats the classes as unseen: 1 trains prompts without the memory. Default: 0 */
  hidden?: number;
}

/** Found on validation images of the pictogram tasks; strength 1 to 1.5 and ridge 0.3 to 1 score about the same. */
export const memoryDefaults: MemorySettings = { strength: 1.5, ridge: 1, centring: 0.75, joint: 'mass' };

/** Settings of a memory without effect, with the reason. */
export function idleMemory({ strength, centring }: MemorySettings): Record<string, string | false> {
  const isOff = strength === 0 && centring === 0 && 'there is no memory while its strength and centring are 0';
  return {
    'memory.ridge': strength === 0 && 'nothing is shifted while memory.strength is 0',
    'memory.joint': isOff,
    'memory.hidden': isOff,
  };
}

/** Allowed ranges and words. */
export const memoryRanges = { strength: [0, 100], ridge: [1e-6, 1e6], centring: [0, 10] } as const;
export const memoryChoices = { joint: ['mass', 'offset'] } as const;

/**
 * A method whose classes are guided by their shots. The memory shifts the text features of seen classes; unseen classes
 * keep theirs and are compared with images centred by the shots' mean. A loss that compares with the frozen CLIP, and
 * a method's own gradients, see features and logits without the memory.
 *
 * @throws one sentence for a method with its own logits, which a memory of texts does not affect
 */
export function withMemory(
  name: string,
  learner: PromptLearner,
  clip: Clip,
  classNames: readonly string[],
  settings: MemorySettings,
): PromptLearner {
  if (learner.logits || learner.classSpecific)
    throw new Error(`${name} has no text features that other classes share, so a class memory cannot guide it.`);
  const [C, e] = [classNames.length, clip.config.embedDim];
  const [texts, evidence, mean, margin] = tf.tidy(() =>
    [[C, e], [C, e], [e], []].map(shape => tf.variable(tf.zeros(shape), false)),
  ) as [tf.Variable<tf.Rank.R2>, tf.Variable<tf.Rank.R2>, tf.Variable, tf.Variable];
  const seen = new Set(classNames);
  const { strength, ridge, joint, hidden = 0 } = settings;
  const trained: PromptLearner = { ...learner, ...learner.inTraining };

  /** Text features with the memory, and what else the logits need. */
  function guided(names: string[], own: Features, frozen: tf.Tensor, shifted: ChangeShift): Features {
    const { features: plain, states } = own;
    const made = memoryShift(texts, evidence, frozen as tf.Tensor2D, strength); // [C, e]
    const rows = names.flatMap((one, row) => (seen.has(one) ? [row] : [])); // with shots
    const shift = rows.length > 0 ? shifted(made, rows) : made;
    const whole = normalised(tf.add(plain, shift)); // [C, e] or [B, C, e]
    const isUnseen = names.map(one => (seen.has(one) ? 0 : 1));
    const unseen = tf.tensor2d(isUnseen, [names.length, 1]);
    const mixed = isUnseen.includes(0) && isUnseen.includes(1);
    const features = mixed
      ? tf.where(tf.cast(tf.add(unseen, tf.zerosLike(whole)), 'bool'), plain, whole)
      : isUnseen[0]
        ? plain
        : whole;
    const perClass: Record<string, tf.Tensor> = { plain: classesFirst(plain) };
    if (isUnseen.includes(1)) perClass.unseen = tf.reshape(unseen, [-1]);
    if (mixed) perClass.whole = classesFirst(whole);
    return { features, ...(states ? { states } : {}), perClass };
  }

  /** A learner's features with the memory. */
  function withShift(inner: PromptLearner, shifted: ChangeShift = shift => shift): Partial<PromptLearner> {
    if (inner.features)
      return {
        features(images, classes, pick, given) {
          const both = inner.features!(images, classes, pick, given);
          const { features, perClass } = guided(classes, { features: both.text }, given.text!, shifted);
          return { ...both, text: features, perClass };
        },
      };
    return {
      textFeatures(classes, given) {
        const own = inner.textFeatures?.(classes, given) ?? tf.mul(given.text!, 1);
        return guided(classes, asFeatures(own), given.text!, shifted);
      },
    };
  }

  const logits = ({ image, text, perClass }: FeaturePair, centring = settings.centring): tf.Tensor2D => {
    const scale = clip.logitScale;
    const cosines = cosineLogits({ image, text }, scale); // [B, C]
    const { unseen, whole, plain } = perClass!;
    if (!unseen) return cosines;
    const centred = tf.mul(
      tf.squeeze(tf.matMul(text, tf.reshape(mean, centreShape(text) as [number, number])), [-1]),
      centring * scale,
    );
    const own = tf.sub(cosines, tf.mul(centred, unseen)) as tf.Tensor2D; // [B, C]
    if (!whole) return own;
    const clipLogits = cosineLogits({ image, text: classesLast(plain!) }, scale);
    if (joint === 'mass') return jointByMass(own, clipLogits, unseen);
    const wholeLogits = cosineLogits({ image, text: classesLast(whole) }, scale);
    return jointByOffset(own, wholeLogits, clipLogits, unseen, tf.mul(margin, scale));
  };

  /** Input of a loss that compares with the frozen CLIP: the prompts without the memory. */
  const unguided = ({ perClass, ...terms }: LossTerms): LossTerms => {
    const text = classesLast(perClass!.plain!);
    const plain = { ...terms, text, logits: cosineLogits({ image: terms.image, text }, clip.logitScale) };
    if (hidden === 0) return plain;
    const asUnseen = softmaxCrossEntropy(plain.logits, terms.labels, terms.mask);
    const crossEntropy = tf.add(tf.mul(terms.crossEntropy, 1 - hidden), tf.mul(asUnseen, hidden)) as tf.Scalar;
    return { ...plain, crossEntropy };
  };

  /** Those of a method's own gradients; with `hidden: 1`, training sees no memory. */
  const ownTerms = (terms: LossTerms) => (hidden === 1 ? terms : unguided(terms));

  /** How training differs from a test. */
  function inTraining(): Pick<PromptLearner, 'loss' | 'inTraining'> {
    const { textFeatures, imageFeatures, loss } = trained;
    const ownLoss: PromptLearner['loss'] =
      loss || hidden > 0
        ? terms => {
            const plain = unguided(terms);
            return loss?.(plain) ?? plain.crossEntropy;
          }
        : undefined;
    if (hidden === 1) return { loss, inTraining: { textFeatures, imageFeatures, logits: undefined, loss } };
    if (!learner.inTraining) return { loss: ownLoss };
    return {
      loss: ownLoss,
      inTraining: { ...withShift(trained), imageFeatures, logits: both => logits(both), loss: ownLoss },
    };
  }

  return {
    ...learner,
    state: { ...learner.state, memory: { texts, evidence, mean, margin } },
    conditionedOn: [...new Set([...(learner.conditionedOn ?? []), 'templates' as const])],
    ...withShift(learner),
    controls: {
      ...removed(templateTitles), // the frozen text features of a class decide its shift
      ...withMemoryToo(learner, inner => withShift(inner)),
      "another class's shift": withShift(learner, ofNextSeen),
      'mean shift alone': withShift(learner, meanOfSeen),
      'no shift': withShift(learner, shift => tf.zerosLike(shift)),
      'no centring': { logits: both => logits(both, 0) },
    },
    logits: both => logits(both),
    gradients: learner.gradients && ((terms, variables) => learner.gradients!(() => ownTerms(terms()), variables)),
    ...inTraining(),
    async fit(shots: Shots) {
      checkEveryClass(name, 'a class memory', classNames, shots.labels);
      const fit = await learner.fit?.(shots);
      const memory = classMemory(
        { features: await shots.features.data(), labels: shots.labels, texts: await shots.text!.data(), width: e },
        { strength, ridge },
      );
      tf.tidy(() => {
        texts.assign(tf.tensor2d(memory.texts, [C, e]));
        evidence.assign(tf.tensor2d(memory.evidence, [C, e]));
        mean.assign(tf.tensor1d(memory.mean));
        if (joint === 'offset') margin.assign(tf.scalar(memory.margin)); // it takes longer than all the rest
      });
      return fit;
    },
  };
}

/** Changes the shifts [C, e]. @param seen rows of classes with shots */
type ChangeShift = (shift: tf.Tensor2D, seen: readonly number[]) => tf.Tensor2D;

/** Every class with shots gets the shift of the next one. */
function ofNextSeen(shift: tf.Tensor2D, seen: readonly number[]): tf.Tensor2D {
  const from = Array.from({ length: shift.shape[0] }, (_, row) => row);
  for (const [i, after] of next(seen.length).entries()) from[seen[i]!] = seen[after]!;
  return tf.gather(shift, tf.tensor1d(from, 'int32'));
}

/** Every class gets the mean shift of the classes with shots. */
function meanOfSeen(shift: tf.Tensor2D, seen: readonly number[]): tf.Tensor2D {
  const mean = tf.mean(tf.gather(shift, tf.tensor1d([...seen], 'int32')), 0, true); // [1, e]
  return tf.tile(mean, [shift.shape[0], 1]) as tf.Tensor2D;
}

const removed = (titles: readonly string[]): Controls => Object.fromEntries(titles.map(title => [title, undefined]));

/** The controls of a learner, each with the memory. */
const withMemoryToo = (learner: PromptLearner, add: (inner: PromptLearner) => Partial<PromptLearner>): Controls =>
  Object.fromEntries(
    Object.entries(controlsOf(learner)).map(([title, change]) => [
      title,
      change && { ...change, ...add({ ...learner, ...change }) },
    ]),
  );

/** A tensor of classes, [C, e] or [B, C, e], with the classes first, so that episodes can pick them. */
const classesFirst = (x: tf.Tensor): tf.Tensor => (x.rank === 3 ? tf.transpose(x, [1, 0, 2]) : tf.mul(x, 1));
const classesLast = (x: tf.Tensor): tf.Tensor => (x.rank === 3 ? tf.transpose(x, [1, 0, 2]) : x);

const centreShape = (text: tf.Tensor): number[] => (text.rank === 3 ? [1, text.shape[2]!, 1] : [text.shape[1]!, 1]);
