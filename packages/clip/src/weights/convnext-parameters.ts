import type { VisionConfig } from '../config.js';
import { asStored, linear, type Parameter } from './parameter.js';

/** The vision tower of OpenCLIP's ConvNeXts (Liu et al., CVPR 2022), as timm names its parts. */
export type ConvNextTree<T> = {
  stages: ConvNextStage<T>[];
  /** After the mean over all cells. */
  headNorm: { weight: T; bias: T }; // [D] each
  /** Hidden layer of a head with two. */
  headUp?: { weight: T; bias: T }; // [D, F], [F]
  head: T; // [D or F, e]
};

export type ConvNextStage<T> = {
  /** A convolution without overlap, and the layer norm after it (first stage) or before it. */
  shrink: { weight: T; bias: T; norm: { weight: T; bias: T } }; // [out, in, k, k]
  blocks: ConvNextBlock<T>[];
};

export type ConvNextBlock<T> = {
  depthwise: { weight: T; bias: T }; // [D, 1, 7, 7]
  norm: { weight: T; bias: T };
  up: { weight: T; bias: T }; // [D, 4D]
  down: { weight: T; bias: T }; // [4D, D]
  /** Multiplies the block's output. */
  scale: T; // [D]
};

/** Every parameter of a ConvNeXt by its name in OpenCLIP. */
export function convNextParameters(vision: VisionConfig, embedDim: number): ConvNextTree<Parameter> {
  const { stages = [], widths = [], mlpWidth = 0 } = vision;
  const last = widths.at(-1)!;
  const trunk = 'visual.trunk';
  return {
    stages: stages.map((count, stage) => {
      const width = widths[stage]!;
      const before = widths[stage - 1] ?? 3;
      const [side, names] =
        stage === 0
          ? [4, [`${trunk}.stem.0`, `${trunk}.stem.1`]]
          : [2, [`${trunk}.stages.${stage}.downsample.1`, `${trunk}.stages.${stage}.downsample.0`]];
      const inputs = before * side * side;
      return {
        shrink: {
          weight: asStored(`${names[0]}.weight`, [width, before, side, side], { uniform: inputs ** -0.5 }),
          bias: asStored(`${names[0]}.bias`, [width], { uniform: inputs ** -0.5 }),
          norm: layerNorm(names[1]!, stage === 0 ? width : before),
        },
        blocks: Array.from({ length: count }, (_, i) => block(`${trunk}.stages.${stage}.blocks.${i}`, width)),
      };
    }),
    headNorm: layerNorm(`${trunk}.head.norm`, last),
    ...(mlpWidth > 0 && { headUp: biased('visual.head.mlp.fc1', last, mlpWidth) }),
    head:
      mlpWidth > 0
        ? linear('visual.head.mlp.fc2.weight', mlpWidth, embedDim, { uniform: mlpWidth ** -0.5 })
        : asStored('visual.proj', [last, embedDim], { uniform: last ** -0.5 }),
  };
}

function block(name: string, width: number): ConvNextBlock<Parameter> {
  return {
    depthwise: {
      weight: asStored(`${name}.conv_dw.weight`, [width, 1, 7, 7], { uniform: 1 / 7 }),
      bias: asStored(`${name}.conv_dw.bias`, [width], { uniform: 1 / 7 }),
    },
    norm: layerNorm(`${name}.norm`, width),
    up: biased(`${name}.mlp.fc1`, width, 4 * width),
    down: biased(`${name}.mlp.fc2`, 4 * width, width),
    scale: asStored(`${name}.gamma`, [width], { constant: 1e-6 }),
  };
}

function biased(name: string, from: number, to: number) {
  return {
    weight: linear(`${name}.weight`, from, to, { uniform: from ** -0.5 }),
    bias: asStored(`${name}.bias`, [to], { constant: 0 }),
  };
}

function layerNorm(name: string, width: number) {
  return {
    weight: asStored(`${name}.weight`, [width], { constant: 1 }),
    bias: asStored(`${name}.bias`, [width], { constant: 0 }),
  };
}
