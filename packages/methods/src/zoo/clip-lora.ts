import type { TowerChanges, WeightChange } from '@dgprompt/clip';
import type { SeededRandom } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs-core';
import { cosineLogits } from '../learner/logits.js';
import type { PromptLearner, TaskInfo } from '../learner/types.js';
import { defineMethod } from '../method/define.js';
import { visionLayers } from './parts/depth.js';
import { dropout, dropoutNoise } from './parts/dropout.js';
import { drawn, zeros } from './parts/linear.js';

/** The linear layers of attention: queries, keys, values and output. */
const layerNames = { q: 'q', k: 'k', v: 'v', o: 'out' } as const;
type Part = keyof typeof layerNames;
type LowRank = { down: tf.Variable; up: tf.Variable }; // [d, r], [r, d]
type Block = Partial<Record<Part, LowRank>>;

/**
 * CLIP-LoRA (Zanella & Ben Ayed, CVPR Workshops 2024): no prompts, but low-rank changes to the queries, keys and values
 * of every block in both towers, W·x + α/√r·B·A·x, with dropout of their input in training. The prefix that all
 * prompts share passes through the text tower once, so its dropout is the same for all classes.
 *
 * The published code divides α by √r, while LoRA's paper, which CLIP-LoRA's follows, divides it by r; `asWritten`
 * follows the papers.
 *
 * @example
 * ```ts
 * import { loadClip } from '@dgprompt/clip';
 * import { clipLora } from '@dgprompt/methods/zoo';
 * import { miniClip } from '@dgprompt/pictograms';
 *
 * const method = clipLora(await loadClip(miniClip), ['sun', 'moon'], { rank: 4, towers: 'vision' });
 * console.log(Object.keys(method.learner.variables)); // [ 'vision' ]
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
    /** The share of each change's input that is dropped in training. */
    dropout: 0.25,
    /** The towers that are changed. */
    towers: 'both' as 'both' | 'text' | 'vision',
    /** The layers of attention that are changed, by their letters: queries, keys, values, output. */
    parts: 'qkv',
    /** Divides α by r, as in the paper, instead of √r. */
    asWritten: false,
  },
  ranges: { rank: [1, 4096, 'whole'], alpha: [0, 1000], dropout: [0, 0.99] },
  choices: { towers: ['both', 'text', 'vision'] },
  variants: {
    'no-dropout': { dropout: 0 },
    text: { towers: 'text' },
    vision: { towers: 'vision' },
    'as-written': { asWritten: true },
  },
  ablations: ['no-dropout', 'text', 'vision'],
  searchStages: [['rank=4', 'rank=8']],
  recipe: task => ({
    ...{ lr: 2e-4, batch: 32, keepLast: true, epochs: epochs(task) },
    optimizer: { name: 'adamw', weightDecay: 0.01 },
    schedule: { name: 'cosine', per: 'step', etaMin: 1e-6 },
  }),
  build(clip, { rank, alpha, dropout: dropped, towers, parts, asWritten }, random) {
    const { text, vision } = clip.config;
    const narrower = Math.min(text.width, vision.width);
    if (rank > narrower)
      throw new Error(`clip-lora: rank is ${rank}; it must be at most ${narrower}, the width of the narrower tower.`);
    const letters = lettersOf(parts);
    const scale = alpha / (asWritten ? rank : Math.sqrt(rank));

    /** The changes of one tower, in tests and in training. */
    function changed(layers: number, width: number) {
      const variables = blocks(layers, width, { letters, rank }, random);
      const noise = dropped > 0 ? dropoutNoise(layers * letters.length, width) : undefined;
      const changes = (change: (l: number, i: number) => WeightChange): TowerChanges => ({
        weights: l => Object.fromEntries(letters.map((letter, i) => [layerNames[letter], change(l, i)])),
      });
      const lowRank = (l: number, i: number) => ({ ...variables[l]![letters[i]!]!, scale });
      const afterDropout = (l: number, i: number) => (rows: tf.Tensor2D) => {
        const { down, up } = lowRank(l, i);
        const input = dropout(rows, dropped, noise!, l * letters.length + i); // [R, d]
        const inner = tf.matMul(input, down as tf.Tensor2D) as tf.Tensor2D; // [R, r]
        return tf.mul(tf.matMul(inner, up as tf.Tensor2D), scale) as tf.Tensor2D;
      };
      return { variables, noise, tests: changes(lowRank), training: changes(afterDropout) };
    }

    const ofText = towers === 'vision' ? undefined : changed(text.layers, text.width);
    const ofVision = towers === 'text' ? undefined : changed(visionLayers(clip), vision.width);
    // only the first template, as published
    const features = (when: 'tests' | 'training'): Partial<PromptLearner> => ({
      ...(ofText && {
        textFeatures: (names, { templates: [template] }) => clip.text(names, { template, ...ofText[when] }), // [C, e]
      }),
      ...(ofVision && { imageFeatures: images => clip.vision(images, ofVision[when]) }), // [B, e]
    });
    return {
      variables: { ...(ofText && { text: ofText.variables }), ...(ofVision && { vision: ofVision.variables }) },
      ...features('tests'),
      ...(!ofText && { frozen: { templates: ([first]) => [first!] } }),
      ...(dropped > 0 && {
        noise: { ...(ofText && { text: ofText.noise! }), ...(ofVision && { vision: ofVision.noise! }) },
        inTraining: features('training'),
      }),
      logits: both => cosineLogits(both, 100),
    };
  },
});

/** @throws one sentence for letters that name no layer, or one twice */
function lettersOf(parts: string): Part[] {
  const letters = [...parts] as Part[];
  if (letters.length > 0 && letters.every((letter, i) => letter in layerNames && letters.indexOf(letter) === i))
    return letters;
  throw new Error(`clip-lora: parts is "${parts}"; it must be some of the letters q, k, v and o, each once.`);
}

/** 500 steps per shot, in whole epochs. */
function epochs({ shots, images }: TaskInfo): number {
  return Math.ceil((500 * shots) / Math.max(1, Math.ceil(images / 32)));
}

/** As published: A uniform in ±1/√d (Kaiming's with a = √5), B zero. */
function blocks(
  layers: number,
  width: number,
  { letters, rank }: { letters: readonly Part[]; rank: number },
  random: SeededRandom,
): Block[] {
  const lowRank = (): LowRank => ({ down: drawn(random, [width, rank], width ** -0.5), up: zeros([rank, width]) });
  return Array.from({ length: layers }, () => Object.fromEntries(letters.map(letter => [letter, lowRank()])));
}
