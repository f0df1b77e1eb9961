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
  steps: 4000,
  batch: 256,
  /** Peak learning rate, reached after the warm-up and brought down to nothing along a cosine. */
  lr: 1.2e-3,
  warmUp: 300,
  weightDecay: 0.1,
  /** The gradient's norm is brought down to this. */
  clipNorm: 1,
  /** Logit scale at most (OpenAI's CLIP has the same bound). */
  maxLogitScale: 100,
  threads: 2,
};

/** Learning rate of a step: linear warm-up, then a cosine to zero. */
export function learningRate(step: number): number {
  const { lr, warmUp, steps } = recipe;
  if (step < warmUp) return (lr * (step + 1)) / warmUp;
  return (lr * (1 + Math.cos((Math.PI * (step - warmUp)) / (steps - warmUp)))) / 2;
}
