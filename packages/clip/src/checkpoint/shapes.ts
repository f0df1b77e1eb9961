import type { Preparation } from '@dgprompt/images';
import {
  type ClipConfig,
  CONVOLUTION_STRIDE,
  checkConfig,
  type TextConfig,
  type TransformerConfig,
  type VisionConfig,
} from '../config.js';

/** Width of an attention head in OpenAI's models, whose checkpoints do not contain the number of heads. */
const HEAD_WIDTH = 64;

/** Shapes of parameters by their OpenAI names. */
export type Shapes = ReadonlyMap<string, { shape: number[] }>;

/** A config next to the weights; its sizes must agree with the weights. */
export interface PartialConfig {
  embedDim?: number;
  activation?: ClipConfig['activation'];
  vision?: Partial<VisionConfig> & {
    /** Width of a head, if the config has it instead of their number. */
    headWidth?: number;
    /** Number of heads by width of the tower; takes precedence. */
    headsOfWidth?: Record<number, number>;
  };
  text?: Partial<TextConfig>;
}

/**
 * The config of a CLIP with OpenAI's parameter names, from its parameters: shapes give sizes, and names the parts that
 * a family has. Heads default to width / 64 and the activation to QuickGELU, as in every model that OpenAI published,
 * the rest of a SigLIP or an EVA-02 to the usual settings of that family; `given` (a config next to the weights) takes
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
  const { headed, ...vision } = visionOf(shapes, shapeOf, given);
  const [vocabSize, textWidth] = shapeOf('token_embedding.weight', 2) as [number, number];
  const [contextLength] = shapeOf('positional_embedding', 2) as [number, number];
  // without a matrix, texts have the width of the embedding space (multilingual SigLIP)
  const projects = shapes.has('text_projection') || !isSiglip(shapes);
  const embedDim = projects ? shapeOf('text_projection', 2)[1]! : textWidth;
  const usual = usualOf(shapes);
  const config: ClipConfig = {
    embedDim,
    activation: given.activation ?? usual.activation ?? 'quick_gelu',
    ...(shapes.has('logit_bias') && { logitBias: true }),
    vision: present({ ...usual.vision, ...unseen(given.vision), ...vision, heads: given.vision?.heads ?? 0 }),
    text: present({
      ...usual.text,
      ...unseen(given.text),
      contextLength,
      vocabSize,
      width: textWidth,
      layers: countBlocks(shapes, 'transformer.resblocks.'),
      ...mlpWidth(shapes, 'transformer.resblocks.0.mlp.c_fc.weight', textWidth),
      ...(shapes.has('text_projection.bias') && { projection: 'linear' as const }),
      ...(!projects && { projection: 'none' as const }),
      heads: given.text?.heads ?? 0,
    }),
  };
  checkAgainst(name, config, given);
  if (given.vision?.heads === undefined)
    config.vision.heads =
      given.vision?.headsOfWidth?.[headed] ?? headsOf(name, 'vision', headed, given.vision?.headWidth);
  if (given.text?.heads === undefined) config.text.heads = headsOf(name, 'text', textWidth);
  try {
    return checkConfig(config);
  } catch (cause) {
    throw new Error(`${name}: ${(cause as Error).message.replace(/^CLIP config: /, 'its config does not fit: ')}`, {
      cause,
    });
  }
}

/** Settings that neither shapes nor names of parameters show. */
export const UNSEEN: ReadonlySet<string> = new Set([
  ...['activation', 'epsilon', 'pooling', 'lnPost', 'rotary', 'normAfter', 'causal', 'endToken', 'padToken'],
]);

function unseen(given: object = {}): object {
  return Object.fromEntries(Object.entries(given).filter(([name]) => UNSEEN.has(name)));
}

/** Only SigLIP pools patches by attention in a vision transformer. */
const isSiglip = (shapes: { has(parameter: string): boolean }): boolean => shapes.has('visual.attn_pool.query');

/** The usual settings of a checkpoint's family, which the names of its parameters identify. */
export function usualOf(shapes: { has(parameter: string): boolean }): PartialConfig {
  if (isSiglip(shapes))
    return {
      activation: 'gelu_tanh',
      vision: { epsilon: 1e-6 },
      text: { epsilon: 1e-6, causal: false, pooling: 'last' },
    };
  if (shapes.has('visual.transformer.resblocks.0.attn.ln.weight'))
    return { activation: 'gelu', vision: { activation: 'silu', epsilon: 1e-6, rotary: 16 } };
  if (shapes.has('visual.trunk.stem.0.weight')) return { activation: 'gelu', vision: { epsilon: 1e-6 } };
  return {};
}

/** How images of that family are usually prepared, without their size. */
export function usualPreparation(shapes: { has(parameter: string): boolean }): Omit<Preparation, 'size'> {
  if (!isSiglip(shapes)) return {};
  return { resize: 'squash', mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] };
}

type ShapeOf = (parameter: string, rank: number) => number[];

/** The settings of a vision tower that shapes show, and the width that its heads share. */
type VisionShape = Omit<VisionConfig, 'heads'> & { headed: number };

function visionOf(shapes: Shapes, shapeOf: ShapeOf, given: PartialConfig): VisionShape {
  if (shapes.has('visual.layer1.0.conv1.weight')) return resNet(shapes, shapeOf);
  if (shapes.has('visual.trunk.stem.0.weight')) return convNext(shapes, shapeOf, given);
  return transformer(shapes, shapeOf, given);
}

function transformer(shapes: Shapes, shapeOf: ShapeOf, given: PartialConfig): VisionShape {
  const [width, , patchSize] = shapeOf('visual.conv1.weight', 4) as [number, number, number, number];
  const [places] = shapeOf('visual.positional_embedding', 2) as [number, number];
  const has = (name: string) => shapes.has(`visual.${name}`);
  const classToken = has('class_embedding');
  const first = 'transformer.resblocks.0.';
  return {
    imageSize: Math.sqrt(places - (classToken ? 1 : 0)) * patchSize,
    patchSize,
    width,
    layers: countBlocks(shapes, 'visual.transformer.resblocks.'),
    headed: width,
    ...mlpWidth(shapes, `visual.${first}mlp.c_fc.weight`, width),
    ...(has('attn_pool.query') && { pooling: 'attention' }),
    ...(!has('attn_pool.query') && !classToken && { pooling: given.vision?.pooling ?? 'mean' }),
    ...(!classToken && { classToken }),
    ...(has('conv1.bias') && { patchBias: true }),
    ...(!has('ln_pre.weight') && { lnPre: false }),
    ...(has('proj.bias') && { projection: 'linear' }),
    ...(!has('proj') && has('attn_pool.query') && { projection: 'none' }),
    ...(has(`${first}mlp.c_gate.weight`) && { gated: true }),
    ...(has(`${first}attn.ln.weight`) && { innerNorms: true }),
  };
}

/** The hidden width of an MLP, unless it is four times the tower's. */
function mlpWidth(shapes: Shapes, up: string, width: number): { mlpWidth?: number } {
  const hidden = shapes.get(up)?.shape[0];
  return hidden === undefined || hidden === 4 * width ? {} : { mlpWidth: hidden };
}

function resNet(shapes: Shapes, shapeOf: ShapeOf): VisionShape {
  const [width] = shapeOf('visual.layer1.0.conv1.weight', 4) as [number, number, number, number];
  const [places, pooled] = shapeOf('visual.attnpool.positional_embedding', 2) as [number, number];
  const stages = [1, 2, 3, 4].map(stage => countBlocks(shapes, `visual.layer${stage}.`, '.conv1.weight'));
  return {
    imageSize: Math.sqrt(places - 1) * CONVOLUTION_STRIDE,
    patchSize: CONVOLUTION_STRIDE,
    width,
    layers: stages.reduce((sum, count) => sum + count, 0),
    headed: pooled,
    stages,
  };
}

/** Nothing in a ConvNeXt shows the size of its images: 256 pixels are usual. */
function convNext(shapes: Shapes, shapeOf: ShapeOf, { vision = {} }: PartialConfig): VisionShape {
  const stages: number[] = [];
  const widths: number[] = [];
  for (let stage = 0; shapes.has(`visual.trunk.stages.${stage}.blocks.0.gamma`); stage++) {
    stages.push(countBlocks(shapes, `visual.trunk.stages.${stage}.blocks.`, '.gamma'));
    widths.push(shapeOf(`visual.trunk.stages.${stage}.blocks.0.gamma`, 1)[0]!);
  }
  const hidden = shapes.get('visual.head.mlp.fc1.weight')?.shape[0] ?? 0;
  return {
    imageSize: vision.imageSize ?? 256,
    patchSize: CONVOLUTION_STRIDE,
    width: widths.at(-1) ?? 0,
    layers: stages.reduce((sum, count) => sum + count, 0),
    headed: HEAD_WIDTH,
    mlpWidth: hidden,
    stages,
    widths,
  };
}

/** Without undefined fields. */
const present = <T extends object>(fields: T): T =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;

/** Values of the parts of a tower that neither a config nor its parameters name. */
const UNNAMED = { lnPre: true, classToken: true, patchBias: false, gated: false, innerNorms: false };

function checkAgainst(name: string, config: ClipConfig, given: PartialConfig): void {
  const compare = (path: string, ours: object, theirs: object) => {
    for (const [key, said] of Object.entries(theirs)) {
      const value = (ours as Record<string, unknown>)[key];
      if (
        ['heads', 'headWidth', 'headsOfWidth'].includes(key) ||
        said === undefined ||
        said === null ||
        Array.isArray(said)
      )
        continue;
      if (typeof said === 'object') compare(`${path}${key}.`, (value as object | undefined) ?? {}, said);
      else if (said !== value)
        throw new Error(
          `${name}: the config next to it says ${path}${key} is ${said}, but its weights make it ${value}.`,
        );
    }
  };
  const whole = (tower: TransformerConfig) => ({ ...UNNAMED, mlpWidth: 4 * tower.width, ...tower });
  compare('', { ...config, vision: whole(config.vision), text: whole(config.text) }, given);
}

function headsOf(name: string, tower: string, width: number, headWidth = HEAD_WIDTH): number {
  if (width % headWidth === 0) return width / headWidth;
  throw new Error(
    `${name}: no config gives the heads of its ${tower} tower, and its width ${width} is not a multiple of ${headWidth}, the usual width of a head; add its config.json, or name one (--model-config).`,
  );
}

function countBlocks(shapes: ReadonlyMap<string, unknown>, prefix: string, first = '.ln_1.weight'): number {
  let count = 0;
  while (shapes.has(`${prefix}${count}${first}`)) count++;
  return count;
}
