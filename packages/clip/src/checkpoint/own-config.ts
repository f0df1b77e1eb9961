import type { ClipConfig } from '../config.js';
import { type Json, section } from './settings.js';
import type { PartialConfig } from './shapes.js';

const TOP: Record<keyof ClipConfig, true> = {
  embedDim: true,
  activation: true,
  logitBias: true,
  vision: true,
  text: true,
};
const BOTH = ['width', 'layers', 'heads', 'mlpWidth', 'activation', 'epsilon'];
const VISION = [
  ...['imageSize', 'patchSize', 'pooling', 'classToken', 'patchBias', 'lnPre', 'lnPost', 'projection', 'rotary'],
  ...['gated', 'innerNorms', 'normAfter', 'stages', 'widths'],
];
const TEXT = ['contextLength', 'vocabSize', 'causal', 'pooling', 'projection', 'endToken', 'padToken'];

/**
 * A part of a `ClipConfig`, as JSON.
 *
 * @throws a sentence naming the file and the unknown setting
 */
export function ownConfig(path: string, config: Json): PartialConfig {
  for (const name of Object.keys(config))
    if (!(name in TOP)) throw new Error(`${path} has a setting "${name}", which a CLIP's config does not have.`);
  for (const [tower, names] of Object.entries({ vision: VISION, text: TEXT }))
    for (const name of Object.keys(section(config, tower)))
      if (!BOTH.includes(name) && !names.includes(name))
        throw new Error(`${path} has a setting "${tower}.${name}", which a CLIP's config does not have.`);
  return config as PartialConfig;
}
