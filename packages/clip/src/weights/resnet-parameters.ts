import type { VisionConfig } from '../config.js';
import { patchCount } from '../config.js';
import { asStored, linear, type Parameter, type Start } from './parameter.js';

/** A convolution without bias, and the batch norm after it. */
export type ConvolutionWeights<T> = {
  weight: T; // [out, in, k, k]
  norm: { weight: T; bias: T; mean: T; variance: T }; // [out] each
};

export type BottleneckWeights<T> = {
  reduce: ConvolutionWeights<T>; // 1 × 1
  middle: ConvolutionWeights<T>; // 3 × 3
  expand: ConvolutionWeights<T>; // 1 × 1
  /** The projection of the shortcut if size or width changes. */
  shortcut?: ConvolutionWeights<T>;
};

/** The vision tower of RN50, RN101 and similar: OpenAI's ModifiedResNet, which ends in attention pooling. */
export type ResNetTree<T> = {
  stem: ConvolutionWeights<T>[]; // three
  stages: BottleneckWeights<T>[][];
  pool: {
    positions: T; // [1 + cells, D]
    query: LinearWeights<T>; // [D, D]
    key: LinearWeights<T>;
    value: LinearWeights<T>;
    out: LinearWeights<T>; // [D, e]
  };
};

export type LinearWeights<T> = { weight: T; bias: T };

/** A bottleneck's output has this many times its inner width. */
const EXPANSION = 4;

/** Every parameter of a ModifiedResNet by its OpenAI name. */
export function resNetParameters(vision: VisionConfig, embedDim: number): ResNetTree<Parameter> {
  const { width, stages } = vision;
  const pooled = width * 2 ** (stages!.length - 1) * EXPANSION;
  const near = { normal: pooled ** -0.5 };
  let from = width;
  return {
    stem: [
      convolution('visual.conv1', 'visual.bn1', 3, width / 2, 3),
      convolution('visual.conv2', 'visual.bn2', width / 2, width / 2, 3),
      convolution('visual.conv3', 'visual.bn3', width / 2, width, 3),
    ],
    stages: stages!.map((count, stage) => {
      const inner = width * 2 ** stage;
      return Array.from({ length: count }, (_, i) => {
        const name = `visual.layer${stage + 1}.${i}`;
        const entering = from;
        from = inner * EXPANSION;
        return {
          reduce: convolution(`${name}.conv1`, `${name}.bn1`, entering, inner, 1),
          middle: convolution(`${name}.conv2`, `${name}.bn2`, inner, inner, 3),
          expand: convolution(`${name}.conv3`, `${name}.bn3`, inner, from, 1, { constant: 0 }),
          ...(i === 0 &&
            (stage > 0 || entering !== from) && {
              shortcut: convolution(`${name}.downsample.0`, `${name}.downsample.1`, entering, from, 1),
            }),
        };
      });
    }),
    pool: {
      positions: asStored('visual.attnpool.positional_embedding', [1 + patchCount(vision), pooled], near),
      query: biased('visual.attnpool.q_proj', pooled, pooled),
      key: biased('visual.attnpool.k_proj', pooled, pooled),
      value: biased('visual.attnpool.v_proj', pooled, pooled),
      out: biased('visual.attnpool.c_proj', pooled, embedDim),
    },
  };
}

function convolution(
  weight: string,
  norm: string,
  from: number,
  to: number,
  side: number,
  scale: Start = { constant: 1 },
): ConvolutionWeights<Parameter> {
  return {
    weight: asStored(`${weight}.weight`, [to, from, side, side], { uniform: (from * side * side) ** -0.5 }),
    norm: {
      weight: asStored(`${norm}.weight`, [to], scale),
      bias: asStored(`${norm}.bias`, [to], { constant: 0 }),
      mean: asStored(`${norm}.running_mean`, [to], { constant: 0 }),
      variance: asStored(`${norm}.running_var`, [to], { constant: 1 }),
    },
  };
}

function biased(name: string, from: number, to: number): LinearWeights<Parameter> {
  return {
    weight: linear(`${name}.weight`, from, to, { normal: from ** -0.5 }),
    bias: asStored(`${name}.bias`, [to], { constant: 0 }),
  };
}
