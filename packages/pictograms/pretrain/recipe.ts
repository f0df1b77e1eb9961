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
  /** First breadth, then mostly emoji, where a batch's negatives are relatives of one another. */
  phases: [
    { to: 1500, emojiShare: 0.6 },
    { to: 4000, emojiShare: 0.8 },
  ],
  /** Peak learning rate, reached after the warm-up; from there it follows a cosine of 4,000 steps. */
  lr: 1.2e-3,
  warmUp: 300,
  cosine: 4000,
  /** At the first phase's end the rate turns into a line that would meet zero here, */
  firstLine: 3200,
  /** and once more, after a rise, into the line to zero at the end. */
  restart: { at: 2500, lr: 7e-4 },
  weightDecay: 0.1,
  /** The gradient's norm is brought down to this. */
  clipNorm: 1,
  /** Logit scale at most (OpenAI's CLIP has the same bound). */
  maxLogitScale: 100,
  threads: 2,
} as const;

/** Learning rate of a step. */
export function learningRate(step: number): number {
  const { lr, warmUp, cosine, steps, phases, firstLine, restart } = recipe;
  const bend = phases[0].to;
  const onCosine = (at: number) => (lr * (1 + Math.cos((Math.PI * (at - warmUp)) / (cosine - warmUp)))) / 2;
  if (step < warmUp) return (lr * (step + 1)) / warmUp;
  if (step < bend) return onCosine(step);
  if (step < restart.at) return (onCosine(bend) * (firstLine - step)) / (firstLine - bend);
  return (restart.lr * (steps - step)) / (steps - restart.at);
}
