import { fileURLToPath } from 'node:url';
import { compile, seededRandom, useDevice, valueAndGrads } from '@dgprompt/engine';
import { recordPortable } from '@dgprompt/engine/portable';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadClip } from '../checkpoint/load.js';
import type { Clip } from '../clip.js';
import { expectSameCompiled } from '../testing/gradients.js';
import { plainText, plainVision } from '../testing/plain-towers.js';
import { distance, tiny, tinyClip } from '../testing/tiny.js';
import type { Adapters, TowerChanges, WeightChanges } from './changes.js';

const names = ['cat', 'fire_engine', 'dog of war'];
const M = 2;
const B = 2;

/** Everything that a test changes in one tower, from tensors whose gradients are compared. */
type Kind = keyof Adapters | keyof WeightChanges | 'between' | 'pairs';
const kinds: Kind[] = ['between', 'attention', 'mlp', 'block', 'q', 'k', 'v', 'out', 'up', 'down', 'pairs'];

function sizesOf(kind: Kind, width: number): [number, number] {
  if (kind === 'up') return [width, 4 * width];
  return kind === 'down' ? [4 * width, width] : [width, width];
}

/** A change of one kind in two layers of a tower, the last among them, by matrices [in, 2] and [2, out]. */
function changesFrom(kind: Kind, layers: number, [down, up]: tf.Tensor[]): TowerChanges {
  const low = (rows: tf.Tensor) => {
    const flat = tf.reshape(rows, [-1, rows.shape[rows.rank - 1]!]) as tf.Tensor2D;
    return tf.tanh(tf.matMul(tf.matMul(flat, down as tf.Tensor2D), up as tf.Tensor2D));
  };
  const here = (layer: number) => layer === 1 || layer === layers - 1;
  if (kind === 'between')
    return {
      between: (l, tokens) =>
        here(l) || l % layers === 0 ? tf.add(tokens, tf.reshape(low(tokens), tokens.shape)) : undefined,
    };
  if (kind === 'attention' || kind === 'mlp' || kind === 'block') {
    const adapter = (normed: tf.Tensor2D, rows: tf.Tensor2D) =>
      tf.add(low(normed), tf.mul(rows, low(rows))) as tf.Tensor2D;
    return { beside: l => (here(l) ? { [kind]: adapter } : undefined) };
  }
  if (kind === 'pairs') {
    const pair = { down: down!, up: up!, scale: 0.7 };
    return { weights: l => (here(l) ? { q: pair, v: pair, out: pair } : undefined) };
  }
  return { weights: l => (here(l) ? { [kind]: low } : undefined) };
}

async function check(clip: Clip, kind: Kind, withPrompts: boolean, classNames = names, within = 1e-5): Promise<void> {
  const random = seededRandom(7);
  const matrix = (rows: number, columns: number, std: number) => random.normal([rows, columns], std) as tf.Tensor;
  const { vision, text } = clip.config;
  const R = clip.imageSize;
  const images = random.normal([B, 3, R, R], 1);
  for (const tower of ['text', 'vision'] as const) {
    const { width, layers } = clip.config[tower];
    const [from, to] = sizesOf(kind, width);
    const pair = [matrix(from, 2, from ** -0.5), matrix(2, to, 0.5)];
    const prompts = withPrompts ? [matrix(M, width, 0.5), matrix(M, width, 0.5)] : [];
    const given = {
      prompts: (all: tf.Tensor[]) => all.slice(2),
      changes: (all: tf.Tensor[]) => changesFrom(kind, layers, all),
    };
    const layersOf = (all: tf.Tensor[]) => ({ layer: (l: number) => given.prompts(all)[l] });
    const fast =
      tower === 'vision'
        ? (...all: tf.Tensor[]) => clip.vision(images, { prompts: layersOf(all), ...given.changes(all) })
        : (...all: tf.Tensor[]) =>
            clip.text(classNames, {
              ...(withPrompts && { prompts: { tokens: M, ...layersOf(all) } }),
              ...given.changes(all),
            });
    const slow =
      tower === 'vision'
        ? (...all: tf.Tensor[]) =>
            plainVision(clip, images, { prompts: given.prompts(all), ...given.changes(all) }).features
        : (...all: tf.Tensor[]) =>
            plainText(clip, classNames, withPrompts ? { tokens: M } : 'a photo of a {}.', {
              prompts: given.prompts(all),
              ...given.changes(all),
            }).features;
    const inputs = [...pair, ...prompts];
    const made = await expectSameCompiled(fast, slow, inputs, { within });
    const without = await compile(fast)(tf.zerosLike(pair[0]!), ...inputs.slice(1));
    expect(distance(made, without)).toBeGreaterThan(1e-3);
  }
  expect([vision.layers, text.layers].every(count => count > 1)).toBe(true);
}

describe('a change inside a tower matches the plain tower, in values and gradients', () => {
  let clip: Clip;
  beforeAll(async () => {
    await tf.setBackend('cpu');
    clip = tinyClip();
  });
  describe.each([false, true])('with prompts: %s', withPrompts => {
    test.each(kinds.map(kind => [kind]))('%s', async kind => {
      await check(clip, kind, withPrompts);
    });
  });

  test('in a CLIP with exact GELU, and for one class', async () => {
    await check(tinyClip({ ...tiny, activation: 'gelu' }), 'mlp', true);
    await check(clip, 'between', true, ['cat']);
  });
});

describe('in the mini-CLIP', () => {
  let clip: Clip;
  beforeAll(async () => {
    await useDevice({ device: 'cpu' });
    clip = await loadClip(fileURLToPath(new URL('../../../pictograms/model', import.meta.url)));
    return () => clip.dispose();
  });
  test.each<[Kind, boolean]>([
    ['between', true],
    ['block', false],
    ['pairs', true],
  ])('%s, with prompts: %s', async (kind, withPrompts) => {
    await check(clip, kind, withPrompts, names, 1e-4);
  });
});

describe('a low-rank change', () => {
  const layer = 1;
  const pairs = (width: number) => {
    const random = seededRandom(8);
    const pair = (from: number, to: number) => ({
      down: random.normal([from, 3], 0.4) as tf.Tensor,
      up: random.normal([3, to], 0.4) as tf.Tensor,
      scale: 0.5,
    });
    const square = () => pair(width, width);
    return {
      q: square(),
      k: square(),
      v: square(),
      out: square(),
      up: pair(width, 4 * width),
      down: pair(4 * width, width),
    };
  };

  test('matches a CLIP with the changed weights, in either tower and in the joint walk', async () => {
    await tf.setBackend('cpu');
    const clip = tinyClip();
    const changed = tinyClip();
    const towers = { text: pairs(tiny.text.width), vision: pairs(tiny.vision.width) };
    for (const tower of ['text', 'vision'] as const) {
      const product = ({ down, up, scale }: { down: tf.Tensor; up: tf.Tensor; scale: number }) =>
        tf.mul(tf.matMul(down as tf.Tensor2D, up as tf.Tensor2D), scale);
      const { q, k, v, out, up, down } = towers[tower];
      const { attention, mlp } = (changed.weights[tower] as Clip['weights']['text']).blocks[layer]!;
      attention.qkvWeight = tf.add(attention.qkvWeight, tf.concat([q, k, v].map(product), 1));
      attention.outWeight = tf.add(attention.outWeight, product(out));
      mlp.upWeight = tf.add(mlp.upWeight, product(up));
      mlp.downWeight = tf.add(mlp.downWeight, product(down));
    }
    const weights = (tower: 'text' | 'vision') => ({
      weights: (l: number) => (l === layer ? towers[tower] : undefined),
    });
    const images = seededRandom(2).normal([B, 3, tiny.vision.imageSize, tiny.vision.imageSize], 1);
    expect(distance(clip.text(names, weights('text')), changed.text(names))).toBeLessThan(1e-5);
    expect(distance(clip.vision(images, weights('vision')), changed.vision(images))).toBeLessThan(1e-5);
    const joint = clip.forwardJoint(images, names, { changes: { text: weights('text'), vision: weights('vision') } });
    expect(distance(joint.text, changed.text(names))).toBeLessThan(1e-5);
    expect(distance(joint.image, changed.vision(images))).toBeLessThan(1e-5);
  });
});

test('states are those that enter the layers, after `between`', async () => {
  await tf.setBackend('cpu');
  const clip = tinyClip();
  const images = seededRandom(2).normal([B, 3, tiny.vision.imageSize, tiny.vision.imageSize], 1);
  const between = (layer: number, tokens: tf.Tensor) => (layer === 1 ? tf.tanh(tokens) : undefined) as tf.Tensor;
  const vision = plainVision(clip, images, { between });
  clip.visionStates(images, { between }).states.forEach((state, l) => {
    const wanted = tf.squeeze(tf.slice(vision.states[l]!, [0, 0, 0], [-1, 1, -1]), [1]);
    expect(distance(state, wanted)).toBeLessThan(1e-5);
  });
  const text = plainText(clip, names, 'a photo of a {}.', { between });
  clip.textStates(names, { between }).states.forEach((state, l) => {
    expect(distance(state, text.states[l]!)).toBeLessThan(1e-5);
  });
  const joint = clip.forwardJoint(images, names, { changes: { text: { between }, vision: { between } } });
  expect(distance(joint.text, text.features)).toBeLessThan(1e-5);
  expect(distance(joint.image, vision.features)).toBeLessThan(1e-5);
  joint.states.text.forEach((state, l) => {
    expect(distance(state, text.states[l]!)).toBeLessThan(1e-5);
  });
});

describe('on the backend onnxruntime', () => {
  let clip: Clip;
  let images: tf.Tensor4D;
  beforeAll(async () => {
    await useDevice({ device: 'cpu' });
    clip = tinyClip();
    images = seededRandom(2).normal([B, 3, tiny.vision.imageSize, tiny.vision.imageSize], 1);
  });

  test('hooks that change nothing leave the graph unchanged', () => {
    const random = seededRandom(3);
    const text = [0, 1].map(() => random.normal([M, tiny.text.width], 0.5));
    const vision = [0, 1].map(() => random.normal([M, tiny.vision.width], 0.5));
    const nothing: TowerChanges = {
      between: () => undefined,
      beside: () => ({}),
      weights: l => (l === 0 ? undefined : { q: undefined }),
    };
    const graph = (changes: TowerChanges) => {
      const recorded = recordPortable(
        (pixels: tf.Tensor) => {
          const prompts = {
            text: { tokens: M, layer: (l: number) => text[l] },
            vision: { layer: (l: number) => vision[l] },
          };
          const joint = clip.forwardJoint(pixels, names, {
            tokens: M,
            text: l => text[l],
            vision: l => vision[l],
            changes: { text: changes, vision: changes },
          });
          const features = clip.text(names, { prompts: prompts.text, ...changes });
          return [features, clip.vision(pixels, { prompts: prompts.vision, ...changes }), joint.text, joint.image];
        },
        [images],
      );
      return JSON.stringify([recorded.nodes, [...recorded.constants].map(([name, { bytes }]) => [name, [...bytes]])]);
    };
    expect(graph(nothing) === graph({})).toBe(true);
    expect(graph({ beside: () => ({ mlp: normed => normed }) }) === graph({})).toBe(false);
  });

  test('a compiled training step has the values and gradients of the plain towers', async () => {
    const random = seededRandom(4);
    const variables = Object.fromEntries(
      (['text', 'vision'] as const).map(tower => {
        const { width } = tiny[tower];
        return [tower, [random.normal([width, 2], 0.3), random.normal([2, width], 0.3)].map(x => tf.variable(x))];
      }),
    ) as Record<'text' | 'vision', tf.Variable[]>;
    const lossOf = (image: tf.Tensor, text: tf.Tensor) =>
      tf.neg(
        tf.mean(tf.slice(tf.logSoftmax(tf.mul(tf.matMul(image, text, false, true), 5)), [0, 1], [-1, 1])),
      ) as tf.Scalar;
    const changes = (tower: 'text' | 'vision') => changesFrom('pairs', tiny[tower].layers, variables[tower]);
    const step = compile((pixels: tf.Tensor) =>
      valueAndGrads(variables, () => lossOf(clip.vision(pixels, changes('vision')), clip.text(names, changes('text')))),
    );
    const [loss, gradients] = await step(images);
    const [wanted, wantedGradients] = valueAndGrads(variables, () =>
      lossOf(
        plainVision(clip, images, changes('vision')).features,
        plainText(clip, names, 'a photo of a {}.', changes('text')).features,
      ),
    );
    expect(loss.dataSync()[0]).toBeCloseTo(wanted.dataSync()[0]!, 5);
    for (const tower of ['text', 'vision'] as const)
      gradients[tower].forEach((gradient, i) => {
        const expected = wantedGradients[tower][i]!;
        const scale = Math.max(...tf.abs(expected).dataSync());
        expect(scale).toBeGreaterThan(1e-4);
        expect(distance(gradient, expected) / scale).toBeLessThan(1e-4);
      });
    await step.dispose();
  });
});

test('a change that returns another shape throws a sentence that names the layer', async () => {
  await tf.setBackend('cpu');
  const clip = tinyClip();
  const images = tf.zeros([1, 3, tiny.vision.imageSize, tiny.vision.imageSize]);
  const halved = (rows: tf.Tensor2D) => tf.slice(rows, [0, 0], [1, -1]);
  expect(() => clip.vision(images, { between: () => tf.zeros([1, 2]) })).toThrow(
    '`between` at layer 0 of the vision tower must return the shape [1,5,16]; it returned [1,2].',
  );
  expect(() => clip.text(names, { weights: l => (l === 2 ? { k: halved } : undefined) })).toThrow(
    'The change of `k` in layer 2 of the text tower must return',
  );
  expect(() => clip.text(names, { beside: () => ({ block: halved }) })).toThrow(
    'The adapter beside the block of layer 0 of the text tower must return',
  );
});
