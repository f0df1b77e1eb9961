import type { ClipConfig } from '@dgprompt/clip';

/** The shape of the mini-CLIP: 0.26 GFLOP per image, and a hundredth of ViT-B/16's parameters. */
export const shape = {
  embedDim: 128,
  activation: 'quick_gelu',
  vision: { imageSize: 48, patchSize: 6, width: 160, layers: 6, heads: 5 },
  text: { contextLength: 32, width: 128, layers: 4, heads: 2 },
} as const;

export const clipConfig = (vocabSize: number): ClipConfig => ({ ...shape, text: { ...shape.text, vocabSize } });

/** The pretraining recipe: every number that determines the weights. */
export const recipe = {
  seed: 1,
  steps: 4200,
  batch: 256,
  /**
   * Starts with breadth and few patches per picture, which is cheap; then uses related emoji as negatives, and more and
   * more patches. `keep`: patches of 64 that the vision tower sees. `emojiShare`: share of pairs with emoji;
   * `familyShare`: share of those from two families of related emoji.
   */
  phases: [
    { to: 2000, keep: 20, emojiShare: 0.8, familyShare: 0 },
    { to: 3250, keep: 20, emojiShare: 0.85, familyShare: 0.5 },
    { to: 4000, keep: 36, emojiShare: 0.85, familyShare: 0.5 },
    { to: 4200, keep: 64, emojiShare: 0.85, familyShare: 0.5 },
  ],
  /** Learning rate, constant after the warm-up, then decaying linearly to zero. */
  lr: 2.5e-3,
  warmUp: 100,
  fall: 2700,
  weightDecay: 0.1,
  /** Weight of the concept head's cross-entropy, and the scale of its cosines. */
  headWeight: 1,
  headScale: 20,
  /** Gradient norm limit for clipping. */
  clipNorm: 1,
  /** Upper bound of the logit scale (as in OpenAI's CLIP). */
  maxLogitScale: 100,
  threads: 2,
} as const;

/** Learning rate of a step. */
export function learningRate(step: number): number {
  const { lr, warmUp, fall, steps } = recipe;
  if (step < warmUp) return (lr * (step + 1)) / warmUp;
  return step < fall ? lr : (lr * (steps - step)) / (steps - fall);
}
