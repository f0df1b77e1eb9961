import { type ClipConfig, checkConfig, RESNET_STRIDE, type VisionConfig } from '../config.js';

/** Width of an attention head in OpenAI's models, whose checkpoints do not contain the number of heads. */
const HEAD_WIDTH = 64;

/** Shapes of parameters by their OpenAI names. */
export type Shapes = ReadonlyMap<string, { shape: number[] }>;

/** A config beside the weights; its sizes must agree with the weights. */
export interface PartialConfig {
  embedDim?: number;
  activation?: ClipConfig['activation'];
  vision?: Partial<VisionConfig>;
  text?: Partial<ClipConfig['text']>;
}

/**
 * The config of a CLIP with OpenAI's parameter names, from its parameters' shapes. Heads default to width / 64 and the
 * activation to QuickGELU, as in every model that OpenAI published; `given` (a config beside the weights) takes
 * precedence.
 *
 * @param name of the file, for errors
 * @throws a sentence naming the first parameter that is missing or has the wrong rank, or the setting that contradicts
 *   the shapes
 *
 * @example
 * ```ts
 * import { configFromShapes } from '@dgprompt/clip/checkpoint';
 * import { openSafetensors } from '@dgprompt/io';
 * import { miniClip } from '@dgprompt/pictograms';
 *
 * const file = openSafetensors(`${miniClip}/model.safetensors`);
 * const heads = { vision: { heads: 5 }, text: { heads: 2 } };
 * console.log(configFromShapes('mini', file.tensors, heads).embedDim); // 128
 * file.close();
 * ```
 */
export function configFromShapes(name: string, shapes: Shapes, given: PartialConfig = {}): ClipConfig {
  const shapeOf = (parameter: string, rank: number): number[] => {
    const entry = shapes.get(parameter);
    if (!entry)
      throw new Error(`${name} is not a CLIP: it has no tensor "${parameter}", under this or another library's name.`);
    if (entry.shape.length !== rank)
      throw new Error(`${name}: tensor "${parameter}" has the shape [${entry.shape}], not ${rank} dimensions.`);
    return entry.shape;
  };
  const isResNet = shapes.has('visual.layer1.0.conv1.weight');
  const { headed, ...vision } = isResNet ? resNet(shapes, shapeOf) : transformer(shapes, shapeOf);
  const [vocabSize, textWidth] = shapeOf('token_embedding.weight', 2) as [number, number];
  const [contextLength] = shapeOf('positional_embedding', 2) as [number, number];
  const [, embedDim] = shapeOf('text_projection', 2) as [number, number];
  const config: ClipConfig = {
    embedDim,
    activation: given.activation ?? 'quick_gelu',
    vision: { ...vision, heads: given.vision?.heads ?? 0 },
    text: {
      contextLength,
      vocabSize,
      width: textWidth,
      layers: countBlocks(shapes, 'transformer.resblocks.'),
      heads: given.text?.heads ?? 0,
    },
  };
  checkAgainst(name, config, given);
  if (given.vision?.heads === undefined) config.vision.heads = headsOf(name, 'vision', headed);
  if (given.text?.heads === undefined) config.text.heads = headsOf(name, 'text', textWidth);
  return checkConfig(config);
}

type ShapeOf = (parameter: string, rank: number) => number[];

/** What shapes show of a vision tower, and the width that its heads share. */
type VisionShape = Omit<VisionConfig, 'heads'> & { headed: number };

function transformer(shapes: Shapes, shapeOf: ShapeOf): VisionShape {
  const [width, , patchSize] = shapeOf('visual.conv1.weight', 4) as [number, number, number, number];
  const [places] = shapeOf('visual.positional_embedding', 2) as [number, number];
  return {
    imageSize: Math.sqrt(places - 1) * patchSize,
    patchSize,
    width,
    layers: countBlocks(shapes, 'visual.transformer.resblocks.'),
    headed: width,
  };
}

function resNet(shapes: Shapes, shapeOf: ShapeOf): VisionShape {
  const [width] = shapeOf('visual.layer1.0.conv1.weight', 4) as [number, number, number, number];
  const [places, pooled] = shapeOf('visual.attnpool.positional_embedding', 2) as [number, number];
  const stages = [1, 2, 3, 4].map(stage => countBlocks(shapes, `visual.layer${stage}.`, '.conv1.weight'));
  return {
    imageSize: Math.sqrt(places - 1) * RESNET_STRIDE,
    patchSize: RESNET_STRIDE,
    width,
    layers: stages.reduce((sum, count) => sum + count, 0),
    headed: pooled,
    stages,
  };
}

function checkAgainst(name: string, config: ClipConfig, given: PartialConfig): void {
  const compare = (path: string, ours: object, theirs: object) => {
    for (const [key, value] of Object.entries(ours)) {
      const said = (theirs as Record<string, unknown>)[key];
      if (Array.isArray(value)) continue;
      if (typeof value === 'object') compare(`${path}${key}.`, value, (said as object | undefined) ?? {});
      else if (said !== undefined && said !== value)
        throw new Error(
          `${name}: the config beside it says ${path}${key} is ${said}, but its weights make it ${value}.`,
        );
    }
  };
  compare('', config, given);
}

function headsOf(name: string, tower: string, width: number): number {
  if (width % HEAD_WIDTH === 0) return width / HEAD_WIDTH;
  throw new Error(
    `${name}: no config beside it tells the heads of its ${tower} tower, and its width ${width} is no multiple of ${HEAD_WIDTH}, the width of OpenAI's heads; add its config.json.`,
  );
}

function countBlocks(shapes: ReadonlyMap<string, unknown>, prefix: string, first = '.ln_1.weight'): number {
  let count = 0;
  while (shapes.has(`${prefix}${count}${first}`)) count++;
  return count;
}
