import { seededRandom } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Clip } from '../clip.js';
import { expectSameGradients } from '../testing/gradients.js';
import { distance, tiny, tinyClip } from '../testing/tiny.js';
import { contextIndex } from '../text/layout.js';
import { normalised } from './normalised.js';
import { embeddedTextTower } from './text.js';
import { promptRows, type TextPrompts } from './text-features.js';

const { contextLength, width } = tiny.text;
const names = ['cat', 'fire_engine', 'dog of war', 'cow'];
const M = 3;
const B = 2;
let clip: Clip;

beforeAll(async () => {
  await tf.setBackend('cpu');
  clip = tinyClip();
});

/**
 * The text tower as published: every class's whole row of 77 tokens, each layer's context inserted by slicing and
 * concatenating. Per-image contexts go through it one image at a time.
 */
function plain(place: Omit<TextPrompts, 'layer'>, layers: (tf.Tensor | undefined)[]): tf.Tensor {
  if (layers.some(context => context?.rank === 4)) {
    const images = Math.max(...layers.map(context => (context?.rank === 4 ? context.shape[0]! : 0)));
    const each = Array.from({ length: images }, (_, i) =>
      plain(
        place,
        layers.map(context => (context?.rank === 4 ? tf.squeeze(tf.gather(context, [i], 0), [0, 1]) : context)),
      ),
    );
    return tf.stack(each);
  }
  const rows = promptRows(clip, names, place);
  const putIn = (tokens: tf.Tensor3D, context: tf.Tensor): tf.Tensor3D =>
    tf.stack(
      rows.map((row, c) => {
        const own = context.rank === 3 ? tf.squeeze(tf.slice(context, [c, 0, 0], [1, -1, -1]), [0]) : context;
        const pieces: tf.Tensor2D[] = [];
        for (let n = 0; n < row.length; n++) {
          const m = contextIndex(row[n]!);
          const piece =
            m === undefined
              ? tf.reshape(tf.slice(tokens, [c, n, 0], [1, 1, width]), [1, width])
              : tf.slice(own, [m, 0], [1, width]);
          pieces.push(piece as tf.Tensor2D);
        }
        const rest = contextLength - row.length;
        pieces.push(tf.reshape(tf.slice(tokens, [c, row.length, 0], [1, rest, width]), [rest, width]));
        return tf.concat(pieces, 0);
      }),
    ) as tf.Tensor3D;
  const ids = rows.flatMap(row => Array.from({ length: contextLength }, (_, n) => Math.max(row[n] ?? 0, 0)));
  const words = tf.gather(clip.weights.text.tokenEmbedding, tf.tensor1d(ids, 'int32')); // [C·T, d]
  const embeddings = tf.reshape(words, [rows.length, contextLength, width]) as tf.Tensor3D;
  const features = embeddedTextTower(
    clip.weights.text,
    clip.config,
    layers[0] ? putIn(embeddings, layers[0]) : embeddings,
    tf.tensor1d(
      rows.map(row => row.length - 1),
      'int32',
    ),
    (layer, tokens) => (layer > 0 && layers[layer] ? putIn(tokens, layers[layer]) : tokens),
  );
  return normalised(features);
}

const random = () => seededRandom(5);
const shared = () => [M, width];
const perClass = () => [names.length, M, width];
const perImage = () => [B, 1, M, width];

const forms: [string, Omit<TextPrompts, 'layer' | 'tokens'>, number[][]][] = [
  ['shared context', {}, [shared()]],
  ['shared, around words that stay', { words: 'a bright photo of a {}.' }, [shared()]],
  ['shared, longer than the words it replaces', { words: 'a {}.' }, [shared()]],
  ['middle', { position: 'middle' }, [shared()]],
  ['front', { position: 'front' }, [shared()]],
  ['class-specific', {}, [perClass()]],
  ['class-specific, middle', { position: 'middle' }, [perClass()]],
  ['class-specific, front, deep', { position: 'front' }, [perClass(), perClass()]],
  ['deep', {}, [shared(), shared(), shared()]],
  ['deep, in every layer', { words: 'a bright photo of a {}.' }, [shared(), shared(), shared(), shared()]],
  ['deep, front', { position: 'front' }, [shared(), shared()]],
  ['deep, class-specific above a shared context', {}, [shared(), perClass()]],
  ['per image', {}, [perImage()]],
  ['per image, middle', { position: 'middle' }, [perImage()]],
  ['per image from the second layer on', { words: 'a bright photo of a {}.' }, [shared(), perImage(), perImage()]],
];

describe('the shared-prefix text tower equals the plain 77-token tower, in values and gradients of the context', () => {
  test.each(forms)('%s', (_, place, shapes) => {
    const draw = random();
    const layers = shapes.map(shape => draw.normal(shape as [number, number], 0.5) as tf.Tensor);
    const fast = (...given: tf.Tensor[]) =>
      clip.text(names, { prompts: { tokens: M, ...place, layer: l => given[l] } });
    const slow = (...given: tf.Tensor[]) => plain({ tokens: M, ...place }, given);
    const made = fast(...layers);
    expect(distance(made, slow(...layers))).toBeLessThan(1e-5);

    const weights = draw.normal(made.shape as [number, number], 1);
    expectSameGradients(fast, slow, layers, weights);
  });
});

test('hand-written prompts equal the plain tower, also for one class and for names of one prefix', () => {
  for (const classNames of [names, ['cat'], ['cat', 'cat'], ['dog', 'dog of war']]) {
    const rows = promptRows(clip, classNames, 'a photo of a {}.');
    const tokens = tf.tensor2d(
      rows.map(row => [...row, ...new Array<number>(contextLength - row.length).fill(0)]),
      undefined,
      'int32',
    );
    const words = tf.gather(clip.weights.text.tokenEmbedding, tf.reshape(tokens, [-1]));
    const embeddings = tf.reshape(words, [rows.length, contextLength, width]) as tf.Tensor3D;
    const ends = tf.tensor1d(
      rows.map(row => row.length - 1),
      'int32',
    );
    const wanted = normalised(embeddedTextTower(clip.weights.text, clip.config, embeddings, ends));
    expect(distance(clip.text(classNames), wanted)).toBeLessThan(1e-5);
  }
});

test('a context for one image keeps its axis', () => {
  const context = random().normal([1, 1, M, width], 0.5);
  const one = clip.text(names, { prompts: { tokens: M, layer: l => (l === 0 ? context : undefined) } });
  expect(one.shape).toEqual([1, names.length, clip.config.embedDim]);
});

describe('throws one sentence for', () => {
  const context = (...shape: number[]): TextPrompts => ({
    tokens: M,
    layer: l => (l === 0 ? tf.zeros(shape) : undefined),
  });
  test.each([
    [
      'a text that is too long',
      () => clip.text([`${'very '.repeat(80)}long`]),
      /very long\." is \d+ tokens long; this CLIP takes at most 77/,
    ],
    [
      'a context that is too long',
      () => clip.text(names, { prompts: { ...context(90, width), tokens: 90 } }),
      /with 90 context tokens/,
    ],
    ['a template without a place', () => clip.text(names, { template: 'a photo' }), /"a photo" has no \{\}/],
    ['no names', () => clip.text([]), /no class names/],
    [
      'a context of another length',
      () => clip.text(names, { prompts: context(M + 1, width) }),
      /M = 3 and d = 12; these are \[4,12\]/,
    ],
    ['a context for other classes', () => clip.text(names, { prompts: context(9, M, width) }), /for 4 classes/],
    [
      'no context',
      () => clip.text(names, { prompts: { tokens: M, layer: () => undefined } }),
      /no context for layer 0/,
    ],
  ])('%s', (_, run, message) => {
    expect(run).toThrow(message);
  });
});
