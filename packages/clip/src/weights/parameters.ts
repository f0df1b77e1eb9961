import type { ClipConfig } from '../config.js';
import { patchCount } from '../config.js';
import { asStored, linear, type Parameter, type Start } from './parameter.js';
import { type ResNetTree, resNetParameters } from './resnet-parameters.js';

/** The weights of one residual block; linear layers are stored [in, out]. */
export type BlockWeights<T> = {
  ln1: NormWeights<T>;
  attention: {
    qkvWeight: T; // [D, 3D]
    qkvBias: T; // [3D]
    outWeight: T; // [D, D]
    outBias: T; // [D]
  };
  ln2: NormWeights<T>;
  mlp: {
    upWeight: T; // [D, 4D]
    upBias: T; // [4D]
    downWeight: T; // [4D, D]
    downBias: T; // [D]
  };
};

/** Scale and shift of a layer norm, [D] each. */
export type NormWeights<T> = { weight: T; bias: T };

/** A plain tree with one leaf for every parameter of a CLIP, whose vision tower is a ViT or a ModifiedResNet. */
export type ClipTree<T> = { vision: VisionTree<T> | ResNetTree<T>; text: TextTree<T>; logitScale: T };

export type VisionTree<T> = {
  patchWeight: T; // [3·P·P, D]
  classEmbedding: T; // [D]
  positions: T; // [1 + patches, D]
  lnPre: NormWeights<T>;
  blocks: BlockWeights<T>[];
  lnPost: NormWeights<T>;
  projection: T; // [D, e]
};

export type TextTree<T> = {
  tokenEmbedding: T; // [vocabulary, d]
  positions: T; // [context length, d]
  blocks: BlockWeights<T>[];
  lnFinal: NormWeights<T>;
  projection: T; // [d, e]
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
  const { embedDim, vision, text } = config;
  return {
    vision: vision.stages ? resNetParameters(vision, embedDim) : visionParameters(config),
    text: {
      tokenEmbedding: asStored('token_embedding.weight', [text.vocabSize, text.width], { normal: 0.02 }),
      positions: asStored('positional_embedding', [text.contextLength, text.width], { normal: 0.01 }),
      blocks: Array.from({ length: text.layers }, (_, i) =>
        block(`transformer.resblocks.${i}`, text.width, {
          qkv: { normal: text.width ** -0.5 },
          out: { normal: (text.width * 2 * text.layers) ** -0.5 },
          up: { normal: (2 * text.width) ** -0.5 },
          down: { normal: (text.width * 2 * text.layers) ** -0.5 },
        }),
      ),
      lnFinal: norm('ln_final', text.width),
      projection: asStored('text_projection', [text.width, embedDim], { normal: text.width ** -0.5 }),
    },
    logitScale: asStored('logit_scale', [], { constant: Math.log(1 / 0.07) }),
  };
}

function visionParameters({ vision, embedDim }: ClipConfig): VisionTree<Parameter> {
  const scale = vision.width ** -0.5;
  const patchPixels = 3 * vision.patchSize ** 2;
  return {
    patchWeight: {
      ...linear('visual.conv1.weight', patchPixels, vision.width, { uniform: patchPixels ** -0.5 }),
      stored: [vision.width, 3, vision.patchSize, vision.patchSize],
    },
    classEmbedding: asStored('visual.class_embedding', [vision.width], { normal: scale }),
    positions: asStored('visual.positional_embedding', [patchCount(vision) + 1, vision.width], { normal: scale }),
    lnPre: norm('visual.ln_pre', vision.width),
    blocks: Array.from({ length: vision.layers }, (_, i) =>
      block(`visual.transformer.resblocks.${i}`, vision.width, {
        qkv: { uniform: (6 / (4 * vision.width)) ** 0.5 }, // Xavier's bound for [3D, D]
        out: { uniform: vision.width ** -0.5 },
        up: { uniform: vision.width ** -0.5 },
        down: { uniform: (4 * vision.width) ** -0.5 },
      }),
    ),
    lnPost: norm('visual.ln_post', vision.width),
    projection: asStored('visual.proj', [vision.width, embedDim], { normal: scale }),
  };
}

function block(
  name: string,
  width: number,
  starts: Record<'qkv' | 'out' | 'up' | 'down', Start>,
): BlockWeights<Parameter> {
  return {
    ln1: norm(`${name}.ln_1`, width),
    attention: {
      qkvWeight: linear(`${name}.attn.in_proj_weight`, width, 3 * width, starts.qkv),
      qkvBias: asStored(`${name}.attn.in_proj_bias`, [3 * width], { constant: 0 }),
      outWeight: linear(`${name}.attn.out_proj.weight`, width, width, starts.out),
      outBias: asStored(`${name}.attn.out_proj.bias`, [width], { constant: 0 }),
    },
    ln2: norm(`${name}.ln_2`, width),
    mlp: {
      upWeight: linear(`${name}.mlp.c_fc.weight`, width, 4 * width, starts.up),
      upBias: asStored(`${name}.mlp.c_fc.bias`, [4 * width], { uniform: width ** -0.5 }),
      downWeight: linear(`${name}.mlp.c_proj.weight`, 4 * width, width, starts.down),
      downBias: asStored(`${name}.mlp.c_proj.bias`, [width], { uniform: (4 * width) ** -0.5 }),
    },
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
