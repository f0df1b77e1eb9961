/** The architecture of a CLIP, in numbers. Everything optional defaults to OpenAI's models. */
export interface ClipConfig {
  /** Width e of the embedding space that both towers project to. */
  embedDim: number;
  /** OpenAI's checkpoints use x·sigmoid(1.702x), most later ones the exact GELU. A tower may have its own. */
  activation: Activation;
  /**
   * Whether logits have a learned bias, so that the sigmoid of each is its class's own probability (SigLIP). Default:
   * false
   */
  logitBias?: boolean;
  vision: VisionConfig;
  text: TextConfig;
}

/** `gelu_tanh` is the GELU by tanh, `silu` is x·sigmoid(x). */
export type Activation = 'quick_gelu' | 'gelu' | 'gelu_tanh' | 'silu';

/** The settings of both towers. */
export interface TransformerConfig {
  width: number;
  layers: number;
  heads: number;
  /** Width of the hidden layer in a block's MLP. Default: 4 × width */
  mlpWidth?: number;
  /** Default: the CLIP's. */
  activation?: Activation;
  /** Added to the variance in layer norms. Default: 1e-5 */
  epsilon?: number;
}

export interface VisionConfig extends TransformerConfig {
  /** Side R of the square input, in pixels; a multiple of `patchSize`. */
  imageSize: number;
  patchSize: number;
  /** The class token's output, the mean of the patches', or one learned query's attention to them. Default: class */
  pooling?: 'class' | 'mean' | 'attention';
  /** Default: true */
  classToken?: boolean;
  /** Whether the linear layer of the patches has a bias. Default: false */
  patchBias?: boolean;
  /** Whether there is a layer norm before the first block. Default: true */
  lnPre?: boolean;
  /** The last layer norm comes before pooling or after it: the same for a class token. Default: `before` */
  lnPost?: 'before' | 'after';
  /** From the pooled output to the embedding space: a matrix, a linear layer with bias, or nothing. Default: matrix */
  projection?: 'matrix' | 'linear' | 'none';
  /**
   * Rotary positions of the patches' queries and keys, in addition to learned positions (EVA-02): the side of the grid
   * that they are relative to.
   */
  rotary?: number;
  /** Whether the MLP's hidden layer is multiplied by an activated one of the same width (SwiGLU). Default: false */
  gated?: boolean;
  /** Layer norms before the output layers of attention and MLP (EVA-02). Default: false */
  innerNorms?: boolean;
  /** Whether a block's layer norms come after attention and MLP (EVA-02-E). Default: false */
  normAfter?: boolean;
  /**
   * Blocks per stage of a convolutional tower: bottlenecks of a ModifiedResNet, whose `width` is that of its stem and
   * whose `heads` are those of its attention pool; or blocks of a ConvNeXt, if there are `widths`. `layers` is their
   * sum, `patchSize` the total stride (32).
   */
  stages?: number[];
  /** Channels of each stage of a ConvNeXt; `mlpWidth` is then the hidden width of its head, 0 for one linear layer. */
  widths?: number[];
}

export interface TextConfig extends TransformerConfig {
  /** T, the longest token row (77 in the published models). */
  contextLength: number;
  vocabSize: number;
  /** Whether tokens attend to earlier ones only. Otherwise rows are padded to T. Default: true */
  causal?: boolean;
  /** Which token's output is the text feature: the end token's, or that of the last of T positions. Default: end */
  pooling?: 'end' | 'last';
  /** To the embedding space: a matrix, a linear layer with bias, or nothing. Default: matrix */
  projection?: 'matrix' | 'linear' | 'none';
  /** The end token's id. Default: the largest */
  endToken?: number;
  /** The id that rows are padded with to T, if padding is read. Default: 0 */
  padToken?: number;
}

/** Whether the tokens after a row's end token affect its feature. */
export const readsPadding = ({ causal = true, pooling = 'end' }: TextConfig): boolean => !causal || pooling === 'last';

/** The total stride of a ModifiedResNet and of a ConvNeXt, along each axis. */
export const CONVOLUTION_STRIDE = 32;

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
  for (const [where, { activation }] of Object.entries({ activation: config, vision, text }))
    if (activation !== undefined && !ACTIVATIONS.includes(activation))
      throw new Error(
        `CLIP config: ${where === 'activation' ? where : `${where}.activation`} is "${activation}"; it must be one of ${ACTIVATIONS.map(name => `"${name}"`).join(', ')}.`,
      );
  const sizes: Record<string, unknown> = { embedDim: config.embedDim };
  for (const [tower, settings] of Object.entries({ vision, text }))
    for (const name of SIZES) if (name in settings) sizes[`${tower}.${name}`] = settings[name as keyof typeof settings];
  for (const list of ['stages', 'widths'] as const)
    vision[list]?.forEach((count, i) => {
      sizes[`vision.${list}[${i}]`] = count;
    });
  if (vision.widths && vision.mlpWidth === 0) delete sizes['vision.mlpWidth'];
  for (const [name, value] of Object.entries(sizes))
    if (!Number.isInteger(value) || (value as number) < 1)
      throw new Error(`CLIP config: ${name} is ${value}; it must be a positive whole number.`);
  for (const [tower, { epsilon = 1e-5 }] of Object.entries({ vision, text }))
    if (!(epsilon > 0 && epsilon < 1))
      throw new Error(`CLIP config: ${tower}.epsilon is ${epsilon}; it must be between 0 and 1.`);
  if (vision.imageSize % vision.patchSize !== 0)
    throw new Error(
      `CLIP config: vision.imageSize ${vision.imageSize} is not a multiple of vision.patchSize ${vision.patchSize}.`,
    );
  for (const [tower, { width, heads }] of Object.entries({ vision, text }))
    if (width % heads !== 0)
      throw new Error(`CLIP config: ${tower}.width ${width} is not a multiple of ${tower}.heads ${heads}.`);
  if (vision.rotary && (vision.width / vision.heads) % 4 !== 0)
    throw new Error(
      `CLIP config: heads of vision.width / vision.heads = ${vision.width / vision.heads} have no rotary positions; their width must be a multiple of 4.`,
    );
  return config;
}

const ACTIVATIONS: readonly Activation[] = ['quick_gelu', 'gelu', 'gelu_tanh', 'silu'];

/** Settings that must be positive whole numbers. */
const SIZES = [
  'width',
  'layers',
  'heads',
  'mlpWidth',
  'imageSize',
  'patchSize',
  'rotary',
  'contextLength',
  'vocabSize',
] as const;

/** Whether the vision tower is convolutional, so that it takes no visual prompts. */
export const isConvolutional = ({ stages }: VisionConfig): boolean => stages !== undefined;

/** Number of positions of a vision transformer: its class token, if it has one, and its patches. */
export const placeCount = (vision: VisionConfig): number => classTokens(vision) + patchCount(vision);

/** 1 if a vision transformer has a class token, else 0. */
export const classTokens = ({ classToken = true }: VisionConfig): 0 | 1 => (classToken ? 1 : 0);
