import type { TaskInfo, Variables } from '../learner/types.js';
import { defineMethod } from '../method/define.js';
import { layersBetween, sharedLayers } from './parts/depth.js';
import { alike, normalDrawn, through } from './parts/linear.js';
import { readOut, twoFeatures, twoFeatureTraining } from './parts/two-features.js';

/**
 * MMRL (Guo & Gu, CVPR 2025): tokens in a separate space, which linear functions map to tokens for the upper layers of
 * both towers. Those of the vision tower give a second feature, whose logits count for the training classes; new
 * classes use the class token alone.
 *
 * @example
 * ```ts
 * import { loadClip } from '@dgprompt/clip';
 * import { mmrl } from '@dgprompt/methods/zoo';
 * import { miniClip } from '@dgprompt/pictograms';
 *
 * const method = mmrl(await loadClip(miniClip), ['sun', 'moon'], { first: 2, width: 64 });
 * console.log(method.options); // { tokens: 5, width: 64, first: 2, last: 4, share: 0.7, knowledge: 1 }
 * ```
 */
export const mmrl = defineMethod({
  name: 'mmrl',
  title: 'MMRL',
  summary: 'tokens of a shared space in the upper layers, with a feature of their own',
  options: {
    /** M, tokens of the shared space. */
    tokens: 5,
    /** Its width. */
    width: 512,
    /** The first and the last layer that get tokens of their own, counted from 1. */
    first: 6,
    last: 12,
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
    share: [0, 1],
    knowledge: [0, 1e6],
  },
  variants: { 'no-knowledge': { knowledge: 0 } },
  ablations: ['no-knowledge'],
  searchStages: [['knowledge=0.2', 'knowledge=4']],
  limits: clip => ({ first: sharedLayers(clip), last: sharedLayers(clip) }),
  recipe,
  build(clip, { tokens, width, first, last, share, knowledge }, random, { classNames }) {
    const { embedDim, text, vision } = clip.config;
    const from = first - 1;
    const { shareOf, ...both } = twoFeatures(classNames, { share, knowledge });
    const layers = layersBetween('mmrl', first, last);
    const space = normalDrawn(random, [tokens, width], 0.02); // [M, w]
    const toText = alike(random, width, text.width, layers);
    const toVision = alike(random, width, vision.width, layers);
    const projection = normalDrawn(random, [vision.width, embedDim], vision.width ** -0.5); // [d_v, e]
    const tokensOf = (to: typeof toText) => (l: number) => to[l - from] && through(space, to[l - from]!);
    return {
      variables: { space, toText, toVision, projection } as unknown as Variables,
      frozen: {},
      textFeatures(names, { templates: [template] }) {
        const prompts = { tokens, from, layer: tokensOf(toText) };
        return { features: clip.text(names, { template, prompts }), perClass: shareOf(names) }; // [C, e]
      },
      imageFeatures(images) {
        const { features, states } = clip.visionTokens(images, { prompts: { layer: tokensOf(toVision) } });
        return { features, states: [readOut(clip, states.at(-1)!, tokens, projection)] };
      },
      ...both,
    };
  },
});

/** Published weights of the distances; the default for other datasets. */
const distances: Readonly<Record<string, number>> = {
  stanford_cars: 7,
  fgvc_aircraft: 6,
  sun397: 6,
  dtd: 6,
  'food-101': 5,
  oxford_flowers: 4,
  ucf101: 3,
  imagenet: 0.5,
  'caltech-101': 0.5,
  oxford_pets: 0.2,
  eurosat: 0.01,
};

function recipe(task: TaskInfo) {
  const { dataset } = task;
  return {
    ...twoFeatureTraining(task),
    ...(dataset in distances ? { knowledge: distances[dataset]! } : {}),
    ...(dataset === 'eurosat' ? { width: 2048 } : {}),
  };
}
