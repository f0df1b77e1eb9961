import { compile, seededRandom, useDevice, valueAndGrads } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, expect, test } from 'vitest';
import type { Clip } from '../clip.js';
import { distance, tiny, tinyClip } from '../testing/tiny.js';
import type { JointOptions, TowerStates } from './joint.js';

const names = ['cat', 'fire engine', 'cow'];
const M = 2;
const B = 3;
const words = 'a photo of a {}.';
const d = { text: tiny.text.width, vision: tiny.vision.width };
let clip: Clip;
let images: tf.Tensor4D;

beforeEach(async () => {
  await tf.setBackend('cpu');
  clip = tinyClip();
  images = seededRandom(2).normal([B, 3, tiny.vision.imageSize, tiny.vision.imageSize], 1);
});

function learned(seed = 3) {
  const random = seededRandom(seed);
  const matrix = (rows: number, columns: number) => tf.variable(random.normal([rows, columns], 0.5));
  return {
    text: [matrix(M, d.text), matrix(M, d.text), matrix(M, d.text)],
    vision: [matrix(M, d.vision), matrix(M, d.vision), matrix(M, d.vision)],
    toText: matrix(d.vision, d.text),
    toVision: matrix(d.text, d.vision),
  };
}

/** A small mutual guidance: each prompt is shifted by a function of the other tower's latest state. */
function guided({ text, vision, toText, toVision }: ReturnType<typeof learned>): JointOptions {
  const say = (state: tf.Tensor, matrix: tf.Tensor) =>
    tf.tanh(tf.matMul(state as tf.Tensor2D, matrix as tf.Tensor2D)) as tf.Tensor;
  return {
    tokens: M,
    words,
    text(l, { vision: states }) {
      if (l === 0) return text[0];
      return tf.add(text[l]!, tf.reshape(say(states[l]!, toText), [-1, 1, 1, d.text])); // [B, 1, M, d_t]
    },
    vision(l, { text: states }) {
      if (l === 0) return vision[0];
      const pooled = tf.mean(states[l]!, -2); // [d_t] or [B, d_t]
      return tf.add(vision[l]!, tf.reshape(say(tf.reshape(pooled, [-1, d.text]), toVision), [-1, 1, d.vision]));
    },
  };
}

test('prompts that ignore the other tower give what each tower gives alone', () => {
  const { text, vision } = learned();
  const { image, text: features } = clip.forwardJoint(images, names, {
    tokens: M,
    words,
    text: l => text[l],
    vision: l => vision[l],
  });
  expect(distance(image, clip.vision(images, { prompts: { layer: l => vision[l] } }))).toBeLessThan(1e-6);
  const alone = clip.text(names, { prompts: { tokens: M, words, layer: l => text[l] } });
  expect(features.shape).toEqual([names.length, tiny.embedDim]);
  expect(distance(features, alone)).toBeLessThan(1e-6);
});

test('without prompts it is the frozen CLIP', () => {
  const { image, text } = clip.forwardJoint(images, names, {});
  expect(distance(image, clip.vision(images))).toBeLessThan(1e-6);
  expect(distance(text, clip.text(names))).toBeLessThan(1e-6);
});

test('prompts are requested in the layers both towers have; states are per image only from the first per-image prompt on', () => {
  const asked: string[] = [];
  const shapes: string[] = [];
  const note = (kind: string, layer: number, seen: TowerStates) => {
    asked.push(`${kind}${layer}`);
    expect(seen.vision).toHaveLength(layer + 1);
    expect(seen.text).toHaveLength(layer + 1);
    if (kind === 'text') shapes.push(seen.text[layer]!.shape.join());
  };
  const { text, vision } = guided(learned());
  const { states, text: features } = clip.forwardJoint(images, names, {
    tokens: M,
    words,
    text(l, seen) {
      note('text', l, seen);
      return text!(l, seen);
    },
    vision(l, seen) {
      note('vision', l, seen);
      return vision!(l, seen);
    },
  });
  expect(asked).toEqual(['vision0', 'text0', 'vision1', 'text1', 'vision2', 'text2']);
  expect(shapes).toEqual(['3,12', '3,12', '3,3,12']);
  expect(features.shape).toEqual([B, names.length, tiny.embedDim]);
  expect(states.vision.map(state => state.shape.join())).toEqual(['3,16', '3,16', '3,16']);
  expect(states.text).toHaveLength(tiny.text.layers);
});

test('an image is guided only by its own states', () => {
  const variables = learned();
  const together = clip.forwardJoint(images, names, guided(variables));
  for (let i = 0; i < B; i++) {
    const one = clip.forwardJoint(tf.slice(images, [i, 0, 0, 0], [1, -1, -1, -1]), names, guided(variables));
    expect(distance(tf.slice(together.image, [i, 0], [1, -1]), one.image)).toBeLessThan(1e-5);
    expect(distance(tf.slice(together.text, [i, 0, 0], [1, -1, -1]), one.text)).toBeLessThan(1e-5);
  }
});

test('the class token seen is the one the vision tower has there', () => {
  const { vision } = learned();
  const { states } = clip.forwardJoint(images, names, { vision: l => vision[l] });
  const alone = clip.visionStates(images, { prompts: { layer: l => vision[l] } });
  states.vision.forEach((state, l) => {
    expect(distance(state, alone.states[l]!)).toBeLessThan(1e-6);
  });
});

test('the vision tower may be the deeper one', () => {
  const deep = tinyClip({
    ...tiny,
    vision: { ...tiny.vision, layers: 4 },
    text: { ...tiny.text, layers: 2 },
  });
  const { vision, text } = learned();
  const walked = deep.forwardJoint(images, names, { tokens: M, words, text: l => text[l], vision: l => vision[l] });
  const prompts = { layer: (l: number) => (l < 2 ? vision[l] : undefined) };
  expect(distance(walked.image, deep.vision(images, { prompts }))).toBeLessThan(1e-6);
});

test('a compiled training step has the values and gradients of the eager one', async () => {
  const loss = (variables: ReturnType<typeof learned>, input: tf.Tensor) => {
    const { image, text } = clip.forwardJoint(input, names, guided(variables)); // [B, e], [B, C, e]
    const cosines = tf.squeeze(tf.matMul(text as tf.Tensor3D, tf.expandDims(image, 2) as tf.Tensor3D), [2]); // [B, C]
    return tf.neg(tf.mean(tf.slice(tf.logSoftmax(tf.mul(cosines, 10)), [0, 1], [-1, 1]))) as tf.Scalar;
  };
  const step = (variables: ReturnType<typeof learned>) => (input: tf.Tensor) =>
    valueAndGrads(variables, () => loss(variables, input)) as [tf.Scalar, ReturnType<typeof learned>];
  const [wanted, wantedGrads] = step(learned())(images);
  const numbers = {
    loss: wanted.dataSync()[0]!,
    toText: wantedGrads.toText.arraySync() as number[][],
    context: wantedGrads.text[0]!.arraySync() as number[][],
    prompt: wantedGrads.vision[1]!.arraySync() as number[][],
  };
  const pixels = images.arraySync();

  await useDevice({ device: 'cpu' });
  clip = tinyClip();
  const compiled = compile(step(learned()));
  const [value, gradients] = await compiled(tf.tensor4d(pixels));
  expect(value.dataSync()[0]).toBeCloseTo(numbers.loss, 5);
  for (const [made, expected] of [
    [gradients.toText, numbers.toText],
    [gradients.text[0]!, numbers.context],
    [gradients.vision[1]!, numbers.prompt],
  ] as const) {
    const scale = Math.max(...expected.flat().map(Math.abs));
    expect(scale).toBeGreaterThan(1e-4);
    expect(distance(made, tf.tensor2d(expected)) / scale).toBeLessThan(1e-4);
  }
  await compiled.dispose();
});
