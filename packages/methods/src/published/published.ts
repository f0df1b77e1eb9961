import { publishedInTowers } from './inside-towers.js';
import { publishedOnFeatures } from './on-features.js';
import { publishedPrompts } from './prompts.js';
import type { Published } from './types.js';

/** The published implementations that methods can be compared with, and imported from, by the method's id. */
export const published: Readonly<Record<string, Published>> = {
  ...publishedPrompts,
  ...publishedInTowers,
  ...publishedOnFeatures,
};
