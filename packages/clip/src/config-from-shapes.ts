import { type ClipConfig, checkConfig } from './config.js';

/** Width of an attention head in OpenAI's models, whose checkpoints do not tell the number of heads. */
const HEAD_WIDTH = 64;

/**
 * The config of a ViT CLIP with OpenAI's parameter names, from its parameters' shapes. Heads are width / 64, the activation
 * QuickGELU, as in every model OpenAI published; `given` (a `config.json`) has the last word on these.
 * @param name of the file, for the error sentences
 * @throws a sentence naming the first parameter that is missing or of the wrong rank, or the setting that contradicts the shapes
 */
export function configFromShapes(
  name: string,
  shapes: ReadonlyMap<string, { shape: number[] }>,
  given: PartialConfig = {},
): ClipConfig {
  const shapeOf = (parameter: string, rank: number): number[] => {
    const entry = shapes.get(parameter);
    if (!entry) throw new Error(`${name} is no CLIP with OpenAI's parameter names: ${reason(shapes, parameter)}.`);
    if (entry.shape.length !== rank)
      throw new Error(`${name}: tensor "${parameter}" has the shape [${entry.shape}], not ${rank} dimensions.`);
    return entry.shape;
  };
  const [visionWidth, , patchSize] = shapeOf('visual.conv1.weight', 4) as [number, number, number, number];
  const [places] = shapeOf('visual.positional_embedding', 2) as [number, number];
  const [, embedDim] = shapeOf('visual.proj', 2) as [number, number];
  const [vocabSize, textWidth] = shapeOf('token_embedding.weight', 2) as [number, number];
  const [contextLength] = shapeOf('positional_embedding', 2) as [number, number];
  const grid = Math.sqrt(places - 1);
  const config: ClipConfig = {
    embedDim,
    activation: given.activation ?? 'quick_gelu',
    vision: {
      imageSize: grid * patchSize,
      patchSize,
      width: visionWidth,
      layers: countBlocks(shapes, 'visual.transformer.resblocks.'),
      heads: given.vision?.heads ?? headsOf(visionWidth),
    },
    text: {
      contextLength,
      vocabSize,
      width: textWidth,
      layers: countBlocks(shapes, 'transformer.resblocks.'),
      heads: given.text?.heads ?? headsOf(textWidth),
    },
  };
  checkAgainst(name, config, given);
  return checkConfig(config);
}

/** What a `config.json` beside the weights may say; sizes in it must agree with the weights. */
export interface PartialConfig {
  embedDim?: number;
  activation?: ClipConfig['activation'];
  vision?: Partial<ClipConfig['vision']>;
  text?: Partial<ClipConfig['text']>;
}

function checkAgainst(name: string, config: ClipConfig, given: PartialConfig): void {
  const compare = (path: string, ours: object, theirs: object) => {
    for (const [key, value] of Object.entries(ours)) {
      const said = (theirs as Record<string, unknown>)[key];
      if (typeof value === 'object') compare(`${path}${key}.`, value, (said as object | undefined) ?? {});
      else if (said !== undefined && said !== value)
        throw new Error(`${name}: its config.json says ${path}${key} is ${said}, but its weights make it ${value}.`);
    }
  };
  compare('', config, given);
}

function headsOf(width: number): number {
  return Math.max(1, Math.floor(width / HEAD_WIDTH));
}

function countBlocks(shapes: ReadonlyMap<string, unknown>, prefix: string): number {
  let count = 0;
  while (shapes.has(`${prefix}${count}.ln_1.weight`)) count++;
  return count;
}

function reason(shapes: ReadonlyMap<string, unknown>, missing: string): string {
  if (shapes.has('visual.layer1.0.conv1.weight'))
    return 'its vision tower is a ModifiedResNet, which cannot be read yet';
  if ([...shapes.keys()].some(key => key.includes('vision_model.')))
    return 'it has the parameter names of Hugging Face transformers, which cannot be read yet';
  return `it has no tensor "${missing}"`;
}
