import type { ClipConfig } from '@dgprompt/clip';

/** The shape of the mini-CLIP: 0.2 GFLOP an image, and one part in a hundred of ViT-B/16's parameters. */
export const shape = {
  embedDim: 128,
  activation: 'quick_gelu',
  vision: { imageSize: 48, patchSize: 8, width: 160, layers: 6, heads: 5 },
  text: { contextLength: 32, width: 128, layers: 4, heads: 2 },
} as const;

export const clipConfig = (vocabSize: number): ClipConfig => ({ ...shape, text: { ...shape.text, vocabSize } });

/** How it is pretrained. Every number that decides the weights stands here. */
export const recipe = {
  seed: 1,
  steps: 3200,
  batch: 256,
  /** First breadth, then mostly emoji, where a batch's negatives are relatives of one another. */
  phases: [
    { to: 1500, emojiShare: 0.6 },
    { to: 3200, emojiShare: 0.8 },
  ],
  /** Peak learning rate, reached after the warm-up. */
  lr: 1.2e-3,
  warmUp: 300,
  /** From the warm-up on the rate follows a cosine of this many steps; in the second phase it falls in a line to zero. */
  cosine: 4000,
  weightDecay: 0.1,
  /** The gradient's norm is brought down to this. */
  clipNorm: 1,
  /** Logit scale at most (OpenAI's CLIP has the same bound). */
  maxLogitScale: 100,
  threads: 2,
} as const;

/** Learning rate of a step. */
export function learningRate(step: number): number {
  const { lr, warmUp, cosine, steps, phases } = recipe;
  const onCosine = (at: number) => (lr * (1 + Math.cos((Math.PI * (at - warmUp)) / (cosine - warmUp)))) / 2;
  const bend = phases[0].to;
  if (step < warmUp) return (lr * (step + 1)) / warmUp;
  if (step < bend) return onCosine(step);
  return (onCosine(bend) * (steps - step)) / (steps - bend);
}
