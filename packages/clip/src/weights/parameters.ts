import type { ClipConfig } from '../config.js';
import { placeCount, type TransformerConfig } from '../config.js';
import { type ConvNextTree, convNextParameters } from './convnext-parameters.js';
import { asStored, linear, type Parameter, type Start } from './parameter.js';
import { type ResNetTree, resNetParameters } from './resnet-parameters.js';

/** The weights of one residual block; linear layers are stored [in, out]. */
export type BlockWeights<T> = {
  ln1: NormWeights<T>;
  attention: {
    qkvWeight: T; // [D, 3D]
    qkvBias: T; // [3D]
    /** Before the output layer. */
    norm?: NormWeights<T>;
    outWeight: T; // [D, D]
    outBias: T; // [D]
  };
  ln2: NormWeights<T>;
  mlp: MlpWeights<T>;
};

/** The MLP of a block, with a hidden layer of width F. */
export type MlpWeights<T> = {
  /** Its activated output multiplies that of the `up` layer. */
  gateWeight?: T; // [D, F]
  gateBias?: T; // [F]
  upWeight: T; // [D, F]
  upBias: T; // [F]
  /** Before the `down` layer. */
  norm?: NormWeights<T>;
  downWeight: T; // [F, D]
  downBias: T; // [D]
};

/** Scale and shift of a layer norm, [D] each. */
export type NormWeights<T> = { weight: T; bias: T };

/** A plain tree with one leaf for every parameter of a CLIP. */
export type ClipTree<T> = {
  vision: VisionTree<T> | ResNetTree<T> | ConvNextTree<T>;
  text: TextTree<T>;
  logitScale: T;
  /** Added to the logits (SigLIP). */
  logitBias?: T;
};

/** A vision transformer. */
export type VisionTree<T> = {
  patchWeight: T; // [3·P·P, D]
  patchBias?: T; // [D]
  classEmbedding?: T; // [D]
  positions: T; // [places, D]
  lnPre?: NormWeights<T>;
  blocks: BlockWeights<T>[];
  lnPost: NormWeights<T>;
  pool?: PoolWeights<T>;
  projection?: T; // [D, e]
  projectionBias?: T; // [e]
};

/** A head in which one learned query attends to all tokens, followed by an MLP (SigLIP). */
export type PoolWeights<T> = {
  query: T; // [D]
  attention: BlockWeights<T>['attention'];
  norm: NormWeights<T>;
  mlp: MlpWeights<T>;
};

export type TextTree<T> = {
  tokenEmbedding: T; // [vocabulary, d]
  positions: T; // [context length, d]
  blocks: BlockWeights<T>[];
  lnFinal: NormWeights<T>;
  projection?: T; // [d, e]
  projectionBias?: T; // [e]
};

/**
 * Every parameter of a CLIP of this config, in the layout of its weights. Initial values are those of OpenAI's model
 * file: drawn by its `initialize_parameters`, and by PyTorch's layers where it leaves them alone (the vision blocks,
 * all biases).
 *
 * @example
 * ```ts
 * import { clipParameters } from '@dgprompt/clip/weights';
 *
 * const parameters = clipParameters({
 *   embedDim: 64,
 *   activation: 'quick_gelu',
 *   vision: { imageSize: 32, patchSize: 8, width: 64, layers: 1, heads: 1 },
 *   text: { contextLength: 16, vocabSize: 300, width: 64, layers: 1, heads: 1 },
 * });
 * console.log(parameters.text.projection.name, parameters.text.projection.shape); // text_projection [ 64, 64 ]
 * ```
 */
export function clipParameters(config: ClipConfig): ClipTree<Parameter> {
  return {
    vision: visionTowerParameters(config),
    text: textParameters(config),
    logitScale: asStored('logit_scale', [], { constant: Math.log(1 / 0.07) }),
    ...(config.logitBias && { logitBias: asStored('logit_bias', [], { constant: -10 }) }),
  };
}

function visionTowerParameters(config: ClipConfig): ClipTree<Parameter>['vision'] {
  const { vision, embedDim } = config;
  if (vision.widths) return convNextParameters(vision, embedDim);
  return vision.stages ? resNetParameters(vision, embedDim) : visionParameters(config);
}

function textParameters({ embedDim, text }: ClipConfig): TextTree<Parameter> {
  const { width, layers, projection = 'matrix' } = text;
  const near = { normal: width ** -0.5 };
  return {
    tokenEmbedding: asStored('token_embedding.weight', [text.vocabSize, width], { normal: 0.02 }),
    positions: asStored('positional_embedding', [text.contextLength, width], { normal: 0.01 }),
    blocks: Array.from({ length: layers }, (_, i) =>
      block(`transformer.resblocks.${i}`, text, {
        qkv: near,
        out: { normal: (width * 2 * layers) ** -0.5 },
        up: { normal: (2 * width) ** -0.5 },
        down: { normal: (width * 2 * layers) ** -0.5 },
      }),
    ),
    lnFinal: norm('ln_final', width),
    ...(projection !== 'none' && { projection: asStored('text_projection', [width, embedDim], near) }),
    ...(projection === 'linear' && {
      projectionBias: asStored('text_projection.bias', [embedDim], { constant: 0 }),
    }),
  };
}

function visionParameters({ vision, embedDim }: ClipConfig): VisionTree<Parameter> {
  const { width, classToken = true, lnPre = true, projection = 'matrix' } = vision;
  const scale = width ** -0.5;
  const patchPixels = 3 * vision.patchSize ** 2;
  const starts = {
    qkv: { uniform: (6 / (4 * width)) ** 0.5 }, // Xavier's bound for [3D, D]
    out: { uniform: scale },
    up: { uniform: scale },
    down: { uniform: hiddenWidth(vision) ** -0.5 },
  };
  return {
    patchWeight: {
      ...linear('visual.conv1.weight', patchPixels, width, { uniform: patchPixels ** -0.5 }),
      stored: [width, 3, vision.patchSize, vision.patchSize],
    },
    ...(vision.patchBias && { patchBias: asStored('visual.conv1.bias', [width], { constant: 0 }) }),
    ...(classToken && { classEmbedding: asStored('visual.class_embedding', [width], { normal: scale }) }),
    positions: asStored('visual.positional_embedding', [placeCount(vision), width], { normal: scale }),
    ...(lnPre && { lnPre: norm('visual.ln_pre', width) }),
    blocks: Array.from({ length: vision.layers }, (_, i) => block(`visual.transformer.resblocks.${i}`, vision, starts)),
    lnPost: norm('visual.ln_post', width),
    ...(vision.pooling === 'attention' && {
      pool: {
        query: asStored('visual.attn_pool.query', [width], { normal: scale }),
        attention: attention('visual.attn_pool.attn', width, starts),
        norm: norm('visual.attn_pool.ln', width),
        mlp: mlp('visual.attn_pool.mlp', { ...vision, gated: false }, starts),
      },
    }),
    ...(projection !== 'none' && { projection: asStored('visual.proj', [width, embedDim], { normal: scale }) }),
    ...(projection === 'linear' && { projectionBias: asStored('visual.proj.bias', [embedDim], { constant: 0 }) }),
  };
}

/** F, the width of the hidden layer in the MLPs of a tower. */
export const hiddenWidth = ({ width, mlpWidth = 4 * width }: TransformerConfig): number => mlpWidth;

type Starts = Record<'qkv' | 'out' | 'up' | 'down', Start>;
type BlockSizes = TransformerConfig & { gated?: boolean; innerNorms?: boolean };

function block(name: string, sizes: BlockSizes, starts: Starts): BlockWeights<Parameter> {
  const { width, innerNorms } = sizes;
  return {
    ln1: norm(`${name}.ln_1`, width),
    attention: attention(`${name}.attn`, width, starts, innerNorms),
    ln2: norm(`${name}.ln_2`, width),
    mlp: mlp(`${name}.mlp`, sizes, starts),
  };
}

function attention(
  name: string,
  width: number,
  starts: Starts,
  innerNorms = false,
): BlockWeights<Parameter>['attention'] {
  return {
    qkvWeight: linear(`${name}.in_proj_weight`, width, 3 * width, starts.qkv),
    qkvBias: asStored(`${name}.in_proj_bias`, [3 * width], { constant: 0 }),
    ...(innerNorms && { norm: norm(`${name}.ln`, width) }),
    outWeight: linear(`${name}.out_proj.weight`, width, width, starts.out),
    outBias: asStored(`${name}.out_proj.bias`, [width], { constant: 0 }),
  };
}

function mlp(name: string, sizes: BlockSizes, starts: Starts): MlpWeights<Parameter> {
  const { width, gated, innerNorms } = sizes;
  const hidden = hiddenWidth(sizes);
  return {
    ...(gated && {
      gateWeight: linear(`${name}.c_gate.weight`, width, hidden, starts.up),
      gateBias: asStored(`${name}.c_gate.bias`, [hidden], { uniform: width ** -0.5 }),
    }),
    upWeight: linear(`${name}.c_fc.weight`, width, hidden, starts.up),
    upBias: asStored(`${name}.c_fc.bias`, [hidden], { uniform: width ** -0.5 }),
    ...(innerNorms && { norm: norm(`${name}.ln`, hidden) }),
    downWeight: linear(`${name}.c_proj.weight`, hidden, width, starts.down),
    downBias: asStored(`${name}.c_proj.bias`, [width], { uniform: hidden ** -0.5 }),
  };
}

function norm(name: string, width: number): NormWeights<Parameter> {
  return {
    weight: asStored(`${name}.weight`, [width], { constant: 1 }),
    bias: asStored(`${name}.bias`, [width], { constant: 0 }),
  };
}

/**
 * The tree with f(parameter) in place of each parameter of this config; `path` leads to it: ['text', 'blocks', '0', …].
 */
export function mapParameters<T>(config: ClipConfig, f: (parameter: Parameter, path: string[]) => T): ClipTree<T> {
  const visit = (node: object, path: string[]): unknown => {
    if ('stored' in node) return f(node as Parameter, path);
    const entries = Object.entries(node).map(([key, child]) => [key, visit(child, [...path, key])] as const);
    return Array.isArray(node) ? entries.map(([, child]) => child) : Object.fromEntries(entries);
  };
  return visit(clipParameters(config), []) as ClipTree<T>;
}

/** The leaf of a weight tree at a path; undefined if the tree is shallower or smaller. */
export function leafAt<T>(tree: ClipTree<T>, path: string[]): T | undefined {
  let node: unknown = tree;
  for (const key of path) node = (node as Record<string, unknown> | undefined)?.[key];
  return node as T | undefined;
}
