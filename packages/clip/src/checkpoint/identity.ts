import { type Preparation, preparationName } from '@dgprompt/images';
import { sha256Hex } from '@dgprompt/io';
import type { ClipConfig } from '../config.js';
import type { ClipTokenizer } from '../text/tokenizer.js';
import { UNSEEN } from './shapes.js';

/** Everything that determines a CLIP's features apart from its weights, whose shapes show the rest. */
export interface ClipFacts {
  /** Of the checkpoint; its own size of images is part of its weights' shapes. */
  config: ClipConfig;
  /** How images are prepared, at the size in use. */
  preparation: Preparation;
  /** Identifies the tokenizer; `clip` is the vocabulary of the published models. */
  tokenizer: string;
}

/**
 * Weights with facts other than OpenAI's that are identified by their hash alone, since records named them so before
 * facts were part of an id: the mini-CLIP's.
 */
const knownByWeights: Readonly<Record<string, string>> = {
  '4c2a5f51546281e6c7cb3cc47803d6eab1eb3daa61921605b9cb7bb3e528aa07':
    '0df90f03c624a2a426ef5a273fe4446ba22f19d1ea57a816a3d138b5f79f7e79',
};

/**
 * Identifies a CLIP by its content: weights, heads, activation, tokenizer, and whatever else differs from OpenAI's
 * models: the preparation of images, and settings that weights do not show.
 *
 * @param weights the hash of its weight files
 * @returns the hash of the weights if the other facts are OpenAI's, so that it equals that of a published file;
 *   otherwise a hash of everything
 */
export function clipId(weights: string, { config, preparation, tokenizer }: ClipFacts): string {
  const { activation, vision, text } = config;
  const { size, shortSide = size, ...settings } = preparation;
  const cut = shortSide === size ? '' : ` ${(shortSide / size).toFixed(4)}`;
  const prepared = preparationName({ size, ...settings }) + cut;
  const others = [prepared, unseen(vision), unseen(text)].some(fact => fact !== '' && fact !== '{}')
    ? [prepared, unseen(vision), unseen(text)]
    : [];
  const facts = sha256Hex(JSON.stringify([activation, vision.heads, text.heads, tokenizer, ...others]));
  const id = facts === openAiFacts(config) || facts === knownByWeights[weights] ? weights : sha256Hex(weights, facts);
  return size === vision.imageSize ? id : sha256Hex(id, `images of ${size} pixels`); // other features: another CLIP
}

/** Settings of a tower that neither shapes nor names of its weights show, as JSON in a fixed order. */
function unseen(tower: object): string {
  const own = Object.entries(tower).filter(([name]) => UNSEEN.has(name));
  return JSON.stringify(Object.fromEntries(own.sort(([a], [b]) => (a < b ? -1 : 1))));
}

/** OpenAI's heads are 64 wide; those of a ModifiedResNet's pool are 32 times its stem's width by 64. */
function openAiFacts({ vision, text }: ClipConfig): string {
  const heads = vision.stages ? (vision.width * 32) / 64 : vision.width / 64;
  return sha256Hex(JSON.stringify(['quick_gelu', heads, text.width / 64, 'clip']));
}

/** Texts whose tokens distinguish tokenizers that no file identifies. */
const probes = [
  'a photo of a cat.',
  "It's 42 TVs, naïve & <b>ŒUVRE</b>!",
  '  two  spaces\n',
  'ﬁne “quotes”',
  'зима 冬',
];

/** Identifies a tokenizer given as functions. */
export function tokenizerId({ encode, start, end }: ClipTokenizer): string {
  return sha256Hex(JSON.stringify([start, end, probes.map(text => encode(text))]));
}
