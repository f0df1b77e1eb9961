import type { ClipConfig } from '../config.js';

/** Small CLIPs of every family that has tokens, for comparing faster towers with plain ones. */
const vision = { imageSize: 12, patchSize: 4, width: 16, layers: 3, heads: 2 };
const text = { contextLength: 12, vocabSize: 40, width: 12, layers: 3, heads: 2 };

const siglip: ClipConfig = {
  embedDim: 16,
  activation: 'gelu_tanh',
  logitBias: true,
  vision: {
    ...vision,
    mlpWidth: 20,
    epsilon: 1e-6,
    pooling: 'attention',
    classToken: false,
    patchBias: true,
    lnPre: false,
    projection: 'none',
  },
  text: {
    ...text,
    mlpWidth: 30,
    epsilon: 1e-6,
    causal: false,
    pooling: 'last',
    padToken: 1,
    projection: 'linear',
  },
};

const eva02: ClipConfig = {
  embedDim: 8,
  activation: 'gelu',
  vision: {
    ...vision,
    mlpWidth: 24,
    activation: 'silu',
    epsilon: 1e-6,
    patchBias: true,
    lnPre: false,
    projection: 'linear',
    rotary: 16,
    gated: true,
    innerNorms: true,
  },
  text,
};

/** A convolutional tower, which takes no visual prompts. */
export const convNext: ClipConfig = {
  embedDim: 8,
  activation: 'gelu',
  vision: {
    imageSize: 64,
    patchSize: 32,
    width: 12,
    layers: 3,
    heads: 1,
    epsilon: 1e-6,
    mlpWidth: 16,
    stages: [1, 2],
    widths: [8, 12],
  },
  text,
};

export const families: Record<string, ClipConfig> = {
  SigLIP: siglip,
  'EVA-02': eva02,
  'EVA-02-E': {
    ...eva02,
    vision: { ...vision, patchBias: true, lnPre: false, projection: 'linear', normAfter: true, activation: 'gelu' },
  },
  'mean of the patches, norm before': {
    embedDim: 8,
    activation: 'gelu',
    vision: { ...vision, pooling: 'mean', lnPre: false },
    text: { ...text, causal: false },
  },
  'mean of the patches, norm after': {
    embedDim: 8,
    activation: 'quick_gelu',
    vision: { ...vision, pooling: 'mean', lnPost: 'after' },
    text: { ...text, pooling: 'last', padToken: 3 },
  },
};
