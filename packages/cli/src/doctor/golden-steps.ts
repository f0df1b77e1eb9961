import { type Clip, type ClipTokenizer, createClip } from '@dgprompt/clip';
import { initClipWeights } from '@dgprompt/clip/weights';
import { compile, seededRandom } from '@dgprompt/engine';
import { type MethodFactory, maple } from '@dgprompt/methods';
import { type Batch, classTargets, lossTerms, trainingStep } from '@dgprompt/methods/training';
import { dgpromptFirst } from '@dgprompt/methods/zoo';
import * as tf from '@tensorflow/tfjs-core';

/** The numbers that identify training steps. */
export type GoldenSteps = Record<'logits' | 'losses' | 'logits after training', number[]>;

/** Methods whose steps are recorded. */
export const goldenMethods = {
  MaPLe: maple,
  'dgprompt-first': dgpromptFirst,
} as unknown as Record<string, MethodFactory>;

const classNames = ['owl', 'snow plough', 'gate'];
const imageSize = 8;

/** Two steps of a method on four noise images and a tiny random CLIP, on the active device and backend. */
export async function goldenSteps(factory: MethodFactory): Promise<GoldenSteps> {
  const clip = tinyClip();
  const method = factory(clip, classNames, { seed: 1 });
  const targets = await classTargets(method);
  const batch: Batch = {
    images: seededRandom(2).normal([4, 3, imageSize, imageSize], 1),
    labels: tf.tensor1d([0, 1, 2, 0], 'int32'),
    mask: tf.tensor1d([1, 1, 1, 0]), // the last one is padding
  };
  const logits = compile((images: Batch) => lossTerms(method, images, targets).logits);
  const step = trainingStep(method);
  const read = async () => {
    const tensor = await logits(batch);
    const values = [...tensor.dataSync<'float32'>()];
    tensor.dispose();
    return values;
  };
  try {
    const before = await read();
    const first = await step.run(batch, targets, learningRate);
    // parameters initialised to zero affect the others only from here
    const second = await step.run(batch, targets, learningRate);
    return { logits: before, losses: [first, second], 'logits after training': await read() };
  } finally {
    tf.dispose([Object.values(batch), Object.values(targets)] as never);
    await logits.dispose();
    await step.dispose();
    method.dispose();
    clip.dispose();
  }
}

/** Large enough that a step changes every logit far more than rounding does. */
const learningRate = 0.1;

/** Towers of different width and depth, with larger initial weights than usual so that every layer matters. */
function tinyClip(): Clip {
  const config = {
    embedDim: 16,
    activation: 'quick_gelu' as const,
    vision: { imageSize, patchSize: 4, width: 24, layers: 3, heads: 2 },
    text: { contextLength: 40, vocabSize: letters.length + 3, width: 16, layers: 4, heads: 2 },
  };
  const random = seededRandom(1);
  const normal = (shape: number[]) =>
    tf.tidy(() => tf.add(random.normal(shape as [number], 0.2), shape.length === 1 ? 0.1 : 0));
  const weights = initClipWeights(config, { normal, uniform: normal });
  return createClip({ config, weights, tokenizer: spelling });
}

const letters = 'abcdefghijklmnopqrstuvwxyz.';

/** One token per letter; spaces have no token. */
const spelling: ClipTokenizer = {
  start: letters.length + 1,
  end: letters.length + 2,
  encode: text => [...text.toLowerCase()].map(letter => letters.indexOf(letter) + 1).filter(id => id > 0),
};
