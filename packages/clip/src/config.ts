/** The shape of a CLIP: everything that its weights alone do not do, in numbers. */
export interface ClipConfig {
  /** Width e of the space that both towers project into. */
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
   * Bottlenecks of each stage, if the tower is a ModifiedResNet: `width` is then that of its stem, `layers` their sum, `patchSize` what it
   * shrinks an image by (32), and `heads` are those of its attention pool.
   */
  stages?: number[];
}

export interface TextConfig {
  /** Longest token row T the positions allow (77 in the published models). */
  contextLength: number;
  vocabSize: number;
  width: number;
  layers: number;
  heads: number;
}

/** What a ModifiedResNet shrinks an image by, each way. */
export const RESNET_STRIDE = 32;

/** Number of patches of an image, (R / patch size)². */
export function patchCount({ imageSize, patchSize }: VisionConfig): number {
  return (imageSize / patchSize) ** 2;
}

/**
 * Checks that the numbers of a config fit each other.
 * @throws a sentence naming the setting that does not fit
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
