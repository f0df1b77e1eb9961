import { transformerWeights } from '@dgprompt/clip/towers';
import type { SeededRandom } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs-core';
import type { TaskInfo, Variables } from '../learner/types.js';
import { defineMethod } from '../method/define.js';
import { carriedTokens } from './parts/carried-tokens.js';
import { layersBetween, sharedLayers } from './parts/depth.js';
import { drawn, normalDrawn, zeros } from './parts/linear.js';
import { readOut, twoFeatures, twoFeatureTraining } from './parts/two-features.js';

/**
 * MMRL++ (Guo & Gu, 2025): MMRL, whose linear functions share a matrix over the layers and differ by low-rank parts,
 * whose second feature is projected by CLIP's projection plus a low-rank part, and whose tokens carry over a share of
 * the previous layer's output.
 *
 * Published cross-dataset tests use a different share of carried tokens for each tested dataset. Here it is that of
 * training.
 *
 * @example
 * ```ts
 * import { loadClip } from '@dgprompt/clip';
 * import { mmrlpp } from '@dgprompt/methods/zoo';
 * import { miniClip } from '@dgprompt/pictograms';
 *
 * const method = mmrlpp(await loadClip(miniClip), ['sun', 'moon'], { first: 2, fresh: 0.5 });
 * console.log(method.options.rank, method.options.fresh); // { layer: 4, projection: 64 } 0.5
 * ```
 */
export const mmrlpp = defineMethod({
  name: 'mmrlpp',
  title: 'MMRL++',
  summary: 'MMRL with low-rank parts, whose tokens carry on from layer to layer',
  options: {
    /** M, tokens of the shared space. */
    tokens: 5,
    /** Its width. */
    width: 512,
    /** The first and the last layer that get tokens of their own, counted from 1. */
    first: 6,
    last: 12,
    /** Ranks of each layer's own part, and of the second feature's own part of the projection. */
    rank: { layer: 4, projection: 64 },
    /** β, share of a layer's own tokens; the rest is the previous layer's output. */
    fresh: 0.9,
    /** α, share of the class token's logits, and of their loss; the rest is the tokens'. */
    share: 0.7,
    /** λ, weight of the distances of text and image features to the frozen CLIP's. */
    knowledge: 1,
  },
  ranges: {
    tokens: [1, 1024, 'whole'],
    width: [1, 65536, 'whole'],
    first: [2, 100, 'whole'],
    last: [2, 100, 'whole'],
    rank: { layer: [1, 4096, 'whole'], projection: [1, 4096, 'whole'] },
    fresh: [0, 1],
    share: [0, 1],
    knowledge: [0, 1e6],
  },
  variants: { 'no-knowledge': { knowledge: 0 }, 'no-carrying': { fresh: 1 } },
  ablations: ['no-knowledge', 'no-carrying'],
  searchStages: [['knowledge=0.2', 'knowledge=4'], ['fresh=0.5']],
  limits: clip => ({ first: sharedLayers(clip), last: sharedLayers(clip) }),
  recipe,
  build(clip, { tokens, width, first, last, rank, fresh, ...shares }, random, { classNames }) {
    const { embedDim, text, vision } = clip.config;
    const from = first - 1;
    const layers = layersBetween('mmrlpp', first, last);
    const { shareOf, ...both } = twoFeatures(classNames, shares);
    const space = normalDrawn(random, [tokens, width], 0.02); // [M, w]
    const toText = residual(random, { from: width, to: text.width, layers, rank: rank.layer });
    const toVision = residual(random, { from: width, to: vision.width, layers, rank: rank.layer });
    const r = rank.projection;
    const projection = { down: drawn(random, [vision.width, r], r ** -0.5), up: zeros([r, embedDim]) };
    const tokensOf = ({ weight, layers }: Residual) =>
      layers.map(({ down, up, bias }) => tf.add(tf.matMul(space, tf.add(weight, tf.matMul(down, up))), bias)); // [M, d]
    return {
      variables: { space, toText, toVision, projection } as unknown as Variables,
      frozen: {},
      textFeatures(names, { templates: [template] }) {
        const entering = carriedTokens(clip, tokensOf(toText), from, fresh);
        const prompts = { tokens, from, layer: (l: number) => entering[l - from] };
        return { features: clip.text(names, { template, prompts }), perClass: shareOf(names) }; // [C, e]
      },
      imageFeatures(images) {
        const own = tokensOf(toVision);
        const { features, states } = clip.visionTokens(images, {
          prompts: { layer: l => (l === from ? own[0] : undefined) },
          between(l, all) {
            const here = l > from ? own[l - from] : undefined;
            return here && withCarried(all as tf.Tensor3D, here, fresh);
          },
        });
        const changed = tf.add(
          transformerWeights(clip.weights.vision).projection ?? tf.eye(vision.width),
          tf.matMul(projection.down as tf.Tensor2D, projection.up as tf.Tensor2D),
        ); // [d_v, e]
        return { features, states: [readOut(clip, states.at(-1)!, tokens, changed)] };
      },
      ...both,
    };
  },
});

/** Linear functions of all layers: a shared matrix [w, d], and for each layer a low-rank part and a bias. */
type Residual = {
  weight: tf.Variable; // [w, d]
  layers: { down: tf.Variable; up: tf.Variable; bias: tf.Variable }[]; // [w, r], [r, d], [d]
};

/** As published: PyTorch's linear layer, the same bias for all layers, and low-rank parts that are zero. */
function residual(
  random: SeededRandom,
  { from, to, layers, rank }: Record<'from' | 'to' | 'layers' | 'rank', number>,
): Residual {
  const bias = drawn(random, [to], from ** -0.5);
  const own = Array.from({ length: layers }, (_, l) => ({
    down: zeros([from, rank]),
    up: drawn(random, [rank, to], rank ** -0.5),
    bias: l === 0 ? bias : tf.tidy(() => tf.variable(bias.clone())),
  }));
  return { weight: drawn(random, [from, to], from ** -0.5), layers: own };
}

/** All tokens [B, N, d_v] of a layer, the last M of them mixed with its own [M, d_v]. */
function withCarried(all: tf.Tensor3D, own: tf.Tensor, fresh: number): tf.Tensor3D {
  const count = own.shape[0]!;
  const [rest, last] = tf.split(all, [all.shape[1] - count, count], 1);
  return tf.concat([rest!, tf.add(tf.mul(last!, 1 - fresh), tf.mul(own, fresh))], 1) as tf.Tensor3D;
}

/** Published by dataset: [β, λ]; the defaults for other datasets. */
const settings: Readonly<Record<string, readonly [number, number]>> = {
  imagenet: [0.9, 0.2],
  fgvc_aircraft: [0.9, 2],
  ucf101: [0.9, 3],
  dtd: [0.9, 7],
  oxford_pets: [0.7, 0.01],
  stanford_cars: [0.7, 6],
  'caltech-101': [0.6, 3],
  sun397: [0.5, 3],
  oxford_flowers: [0.4, 7],
  eurosat: [0.2, 0.01],
  'food-101': [0.1, 1],
};

function recipe(task: TaskInfo) {
  const { protocol, dataset } = task;
  const training = twoFeatureTraining(task);
  if (protocol === 'cross-dataset' || protocol === 'domain-generalization') return { ...training, knowledge: 0.1 };
  const [fresh, knowledge] = settings[dataset] ?? [];
  return {
    ...training,
    ...(fresh === undefined ? {} : { fresh, knowledge }),
    ...(dataset === 'eurosat' ? { width: 2048 } : {}),
  };
}
