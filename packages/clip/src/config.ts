/** The architecture of a CLIP, in numbers. */
export interface ClipConfig {
  /** Width e of the embedding space that both towers project to. */
  embedDim: number;
  /** OpenAI's checkpoints use x·sigmoid(1.702x), most later ones the exact GELU. */
  activation: Activation;
  vision: VisionConfig;
  text: TextConfig;
}

export type Activation = 'quick_gelu' | 'gelu';

export interface VisionConfig {
  /** Side R of the square input, in pixels; a multiple of `patchSize`. */
  imageSize: number;
  patchSize: number;
  width: number;
  layers: number;
  heads: number;
  /**
   * Bottlenecks per stage, if the tower is a ModifiedResNet: `width` is then that of its stem, `layers` their sum,
   * `patchSize` its total stride (32), and `heads` are those of its attention pool.
   */
  stages?: number[];
}

export interface TextConfig {
  /** T, the longest token row (77 in the published models). */
  contextLength: number;
  vocabSize: number;
  width: number;
  layers: number;
  heads: number;
}

/** The total stride of a ModifiedResNet, each way. */
export const RESNET_STRIDE = 32;

/**
 * The number of patches of an image, (R / patch size)².
 *
 * @example
 * ```ts
 * import { patchCount } from '@dgprompt/clip';
 *
 * console.log(patchCount({ imageSize: 224, patchSize: 16, width: 768, layers: 12, heads: 12 })); // 196
 * ```
 */
export function patchCount({ imageSize, patchSize }: VisionConfig): number {
  return (imageSize / patchSize) ** 2;
}

/**
 * Checks that the numbers of a config are consistent.
 *
 * @returns the config
 * @throws a sentence naming the setting that is not
 *
 * @example
 * ```ts
 * import { checkConfig } from '@dgprompt/clip';
 *
 * const config = checkConfig({
 *   embedDim: 64,
 *   activation: 'quick_gelu',
 *   vision: { imageSize: 32, patchSize: 8, width: 64, layers: 1, heads: 1 },
 *   text: { contextLength: 77, vocabSize: 49408, width: 64, layers: 1, heads: 1 },
 * });
 * console.log(config.embedDim); // 64
 * ```
 */
export function checkConfig(config: ClipConfig): ClipConfig {
  const { vision, text } = config;
  if (config.activation !== 'quick_gelu' && config.activation !== 'gelu')
    throw new Error(`CLIP config: activation is "${config.activation}"; it must be "quick_gelu" or "gelu".`);
  const sizes: Record<string, number> = { embedDim: config.embedDim };
  const { stages, ...visionSizes } = vision;
  stages?.forEach((count, i) => {
    sizes[`vision.stages[${i}]`] = count;
  });
  for (const [name, value] of Object.entries(visionSizes)) sizes[`vision.${name}`] = value;
  for (const [name, value] of Object.entries(text)) sizes[`text.${name}`] = value;
  for (const [name, value] of Object.entries(sizes))
    if (!Number.isInteger(value) || value < 1)
      throw new Error(`CLIP config: ${name} is ${value}; it must be a positive whole number.`);
  if (vision.imageSize % vision.patchSize !== 0)
    throw new Error(
      `CLIP config: vision.imageSize ${vision.imageSize} is not a multiple of vision.patchSize ${vision.patchSize}.`,
    );
  for (const [tower, { width, heads }] of Object.entries({ vision, text }))
    if (width % heads !== 0)
      throw new Error(`CLIP config: ${tower}.width ${width} is not a multiple of ${tower}.heads ${heads}.`);
  return config;
}
