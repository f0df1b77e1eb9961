import { compile, useDevice, valueAndGrads } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Clip } from './clip.js';
import { distance, goldenClip, goldenFile, goldenZoo, hasGoldenZoo } from './testing/tiny.js';
import { norm } from './towers/block.js';
import type { TowerChanges } from './towers/changes.js';
import { normalised } from './towers/normalised.js';
import { transformerWeights } from './towers/vision.js';

type Learned = Record<string, tf.Tensor>;

describe.skipIf(!hasGoldenZoo)('changes inside the towers equal published code (needs ../shared/golden-zoo)', () => {
  let clip: Clip;
  beforeAll(async () => {
    await useDevice();
    clip = await goldenClip(goldenZoo);
  });
  afterAll(() => clip.dispose());

  /** Logits of the first step, and the gradients of its cross-entropy. */
  async function check(
    name: string,
    keys: string[],
    logitsOf: (learned: Learned, images: tf.Tensor, names: string[]) => tf.Tensor2D,
  ): Promise<void> {
    const golden = goldenFile(name, goldenZoo);
    const all = golden.tensor('images');
    const [images] = tf.unstack(all) as [tf.Tensor4D];
    const names: string[] = JSON.parse(golden.metadata.classnames!);
    const learned = Object.fromEntries(keys.map(key => [key, golden.tensor(`init.${key}`)]));
    const [labels] = tf.unstack(golden.tensor('labels', 'int32'));
    const truth = tf.cast(tf.oneHot(labels as tf.Tensor1D, names.length), 'float32');
    const step = compile((variables: Learned, pixels: tf.Tensor) => {
      const made = logitsOf(variables, pixels, names);
      const loss = () =>
        tf.neg(tf.mean(tf.sum(tf.mul(tf.logSoftmax(logitsOf(variables, pixels, names)), truth), 1))) as tf.Scalar;
      return [made, valueAndGrads(variables, loss)[1]] as const;
    });
    const [made, gradients] = await step(learned, images);
    expect(distance(made, golden.tensor('step0.logits'))).toBeLessThan(1e-3); // of logits up to 50
    for (const [key, gradient] of Object.entries(gradients)) {
      const wanted = golden.tensor(`grad0.${key}`);
      const scale = Math.max(...tf.abs(wanted).dataSync());
      expect(distance(gradient, wanted) / scale, key).toBeLessThan(1e-4);
    }
    await step.dispose();
    golden.close();
  }

  const rows = (x: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor): tf.Tensor2D =>
    tf.add(tf.matMul(x as tf.Tensor2D, weight as tf.Tensor2D, false, true), bias);
  const cosines = (image: tf.Tensor, text: tf.Tensor, scale: number): tf.Tensor2D =>
    tf.mul(tf.matMul(image as tf.Tensor2D, text as tf.Tensor2D, false, true), scale);

  test('MMA: adapters parallel to blocks', async () => {
    const places = ['2', '3'].flatMap(i =>
      ['text', 'visual'].flatMap(tower => [
        ...[`${tower}_adapter.${i}.down.0`, `${tower}_adapter.${i}.up`],
        ...(tower === 'text' ? [`shared_adapter.${i}.0`] : []),
      ]),
    );
    const keys = places.flatMap(place => [`${place}.weight`, `${place}.bias`]).map(key => `adapter_learner.${key}`);
    const scale = 0.5;
    await check('mma', keys, (learned, images, names) => {
      const layer = (x: tf.Tensor, place: string) =>
        rows(x, learned[`adapter_learner.${place}.weight`]!, learned[`adapter_learner.${place}.bias`]!);
      const changes = (tower: string): TowerChanges => ({
        beside: l =>
          l === 0
            ? undefined
            : {
                block: normed => {
                  const down = tf.relu(layer(gradientTimes(normed, scale), `${tower}_adapter.${l + 1}.down.0`));
                  const shared = tf.relu(layer(down, `shared_adapter.${l + 1}.0`));
                  const up = layer(shared, `${tower}_adapter.${l + 1}.up`);
                  return gradientTimes(tf.mul(up, scale), 1 / scale);
                },
              },
      });
      return cosines(clip.vision(images, changes('visual')), clip.text(names, changes('text')), clip.logitScale);
    });
  });

  test('CLIP-LoRA: low-rank changes of queries, keys and values', async () => {
    const keys = ['visual.transformer', 'transformer'].flatMap(tower =>
      [0, 1, 2].flatMap(l =>
        ['q', 'k', 'v'].flatMap(part =>
          ['A', 'B'].map(matrix => `${tower}.resblocks.${l}.attn.${part}_proj.w_lora_${matrix}`),
        ),
      ),
    );
    await check('clip-lora', keys, (learned, images, names) => {
      const changes = (tower: string): TowerChanges => ({
        weights: l => {
          const pair = (part: string) => {
            const at = `${tower}.resblocks.${l}.attn.${part}_proj.w_lora_`;
            return {
              down: tf.transpose(learned[`${at}A`]!),
              up: tf.transpose(learned[`${at}B`]!),
              scale: 0.5 ** 0.5,
            };
          };
          return { q: pair('q'), k: pair('k'), v: pair('v') };
        },
      });
      const text = clip.text(names, changes('transformer'));
      return cosines(clip.vision(images, changes('visual.transformer')), text, 100);
    });
  });

  test('MMRL: tokens that enter above the first layer, and are read at the end', async () => {
    const at = 'representation_learner.compound_rep_tokens';
    const keys = [
      at,
      ...[0, 1].flatMap(i =>
        [`r2v`, `r2t`].flatMap(to => [`${at}_${to}proj.${i}.weight`, `${at}_${to}proj.${i}.bias`]),
      ),
    ];
    const proj = goldenFile('mmrl', goldenZoo).tensor('init.image_encoder.proj_rep') as tf.Tensor2D;
    const tokens = 2;
    const made = (learned: Learned, images: tf.Tensor, names: string[]) => {
      const layer = (to: string) => (l: number) =>
        l === 0
          ? undefined
          : rows(learned[at]!, learned[`${at}_${to}proj.${l - 1}.weight`]!, learned[`${at}_${to}proj.${l - 1}.bias`]!);
      const text = clip.text(names, { prompts: { tokens, from: 1, layer: layer('r2t') } });
      const seen = clip.visionTokens(images, { prompts: { layer: layer('r2v') } });
      const last = seen.states.at(-1)!;
      const read = tf.slice(last, [0, last.shape[1] - tokens, 0], [-1, -1, -1]); // [B, M, d_v]
      const feature = tf.matMul(
        tf.mean(norm(read, transformerWeights(clip.weights.vision).lnPost), 1) as tf.Tensor2D,
        proj,
      );
      return { text, image: seen.features, feature: normalised(feature) };
    };
    const golden = goldenFile('mmrl', goldenZoo);
    const learned = Object.fromEntries(keys.map(key => [key, golden.tensor(`init.${key}`)]));
    const [images] = tf.unstack(golden.tensor('images'));
    const names: string[] = JSON.parse(golden.metadata.classnames!);
    const { text, image, feature } = await compile((pixels: tf.Tensor) => made(learned, pixels, names))(images!);
    expect(distance(cosines(image, text, 100), golden.tensor('step0.logits'))).toBeLessThan(1e-3);
    expect(distance(cosines(feature, text, 100), golden.tensor('step0.logits_rep'))).toBeLessThan(1e-3);
    golden.close();
  });

  test('RPO: tokens that read the towers, and are not read', async () => {
    const keys = ['prompt_learner.text_prompt', 'prompt_learner.img_prompt'];
    await check('rpo', keys, (learned, images, names) => {
      // its names keep their underscores
      const each = names.map(name =>
        clip.textReaders([''], learned['prompt_learner.text_prompt']!, { template: `a photo of a ${name}.{}` }),
      );
      const text = tf.concat(each, 0); // [C, K, e]
      const image = clip.visionReaders(images, learned['prompt_learner.img_prompt']!); // [B, K, e]
      const [byReader, ofImages] = [text, image].map(x => tf.transpose(x, [1, 0, 2])); // [K, C or B, e]
      const logits = tf.mean(tf.matMul(ofImages!, byReader!, false, true), 0);
      return tf.mul(logits, clip.logitScale) as tf.Tensor2D;
    });
  });
});

/** The same values; gradients are multiplied by a factor. */
function gradientTimes(x: tf.Tensor2D, factor: number): tf.Tensor2D {
  const run = tf.customGrad(input => ({
    value: tf.mul(input as tf.Tensor, 1),
    gradFunc: dy => tf.mul(dy as tf.Tensor, factor),
  }));
  return run(x) as tf.Tensor2D;
}
