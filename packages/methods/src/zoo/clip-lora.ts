import type { TowerChanges } from '@dgprompt/clip';
import type { SeededRandom } from '@dgprompt/engine';
import type * as tf from '@tensorflow/tfjs-core';
import { cosineLogits } from '../learner/logits.js';
import type { TaskInfo, Variables } from '../learner/types.js';
import { defineMethod } from '../method/define.js';
import { visionLayers } from './parts/depth.js';
import { drawn, zeros } from './parts/linear.js';

/** The changed linear layers of each block. */
const parts = ['q', 'k', 'v'] as const;
type LowRank = { down: tf.Variable; up: tf.Variable }; // [d, r], [r, d]
type Block = Record<(typeof parts)[number], LowRank>;

/**
 * CLIP-LoRA (Zanella & Ben Ayed, CVPR Workshops 2024): no prompts, but low-rank changes to the queries, keys and values
 * of every block in both towers, W·x + α/√r·B·A·x.
 *
 * The published code divides α by √r, while LoRA's paper, which CLIP-LoRA's follows, divides it by r; `asWritten`
 * follows the papers. It also drops out a quarter of the low-rank layers' inputs in training, which is omitted here.
 *
 * @example
 * ```ts
 * import { loadClip } from '@dgprompt/clip';
 * import { clipLora } from '@dgprompt/methods/zoo';
 * import { miniClip } from '@dgprompt/pictograms';
 *
 * const method = clipLora(await loadClip(miniClip), ['sun', 'moon'], { rank: 4 });
 * console.log(method.options); // { rank: 4, alpha: 1, asWritten: false }
 * ```
 */
export const clipLora = defineMethod({
  name: 'clip-lora',
  title: 'CLIP-LoRA',
  summary: 'low-rank changes of queries, keys and values in both towers',
  options: {
    /** r, rank of each change. */
    rank: 2,
    /** α, factor of the changes, before it is divided. */
    alpha: 1,
    /** Divides α by r, as in the paper, instead of √r. */
    asWritten: false,
  },
  ranges: { rank: [1, 4096, 'whole'], alpha: [0, 1000] },
  variants: { 'as-written': { asWritten: true } },
  searchStages: [['rank=4', 'rank=8']],
  recipe: task => ({
    ...{ lr: 2e-4, batch: 32, epochs: epochs(task) },
    optimizer: { name: 'adamw', weightDecay: 0.01 },
    schedule: { name: 'cosine', per: 'step', etaMin: 1e-6 },
  }),
  build(clip, { rank, alpha, asWritten }, random, { templates }) {
    const { text, vision } = clip.config;
    const narrower = Math.min(text.width, vision.width);
    if (rank > narrower)
      throw new Error(`clip-lora: rank is ${rank}; it must be at most ${narrower}, the width of the narrower tower.`);
    const scale = alpha / (asWritten ? rank : Math.sqrt(rank));
    const variables = {
      text: blocks(text.layers, text.width, rank, random),
      vision: blocks(visionLayers(clip), vision.width, rank, random),
    };
    const changes = (tower: Block[]): TowerChanges => ({
      weights: l => Object.fromEntries(parts.map(part => [part, { ...tower[l]![part], scale }])),
    });
    const template = templates[0]; // only the first, as published
    return {
      variables: variables as unknown as Variables,
      textFeatures: names => clip.text(names, { template, ...changes(variables.text) }), // [C, e]
      imageFeatures: images => clip.vision(images, changes(variables.vision)), // [B, e]
      logits: features => cosineLogits(features, 100),
    };
  },
});

/** 500 steps per shot, in whole epochs. */
function epochs({ shots, images }: TaskInfo): number {
  return Math.max(1, Math.ceil((500 * shots) / Math.max(1, Math.ceil(images / 32))));
}

/** As published: A uniform in ±1/√d (Kaiming's with a = √5), B zero. */
function blocks(layers: number, width: number, rank: number, random: SeededRandom): Block[] {
  const lowRank = (): LowRank => ({ down: drawn(random, [width, rank], width ** -0.5), up: zeros([rank, width]) });
  return Array.from({ length: layers }, () => ({ q: lowRank(), k: lowRank(), v: lowRank() }));
}
