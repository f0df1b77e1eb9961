import { clap } from '../zoo/clap.js';
import { clipAdapter } from '../zoo/clip-adapter.js';
import { taskres } from '../zoo/taskres.js';
import { anyMethod, inLearner, type Place, type Published, shapeOf } from './types.js';

const inTaskres: Readonly<Record<string, Place>> = { text_feature_residuals: 'residual', base_text_features: 'base' };
const inClap: Readonly<Record<string, Place>> = { prototypes: 'prototypes', base_text_features: 'base' };

/** Published implementations of methods on frozen features. */
export const publishedOnFeatures: Readonly<Record<string, Published>> = {
  'clip-adapter': {
    method: anyMethod(clipAdapter),
    options(file) {
      const [hidden, width] = shapeOf(file, /^(adapter\.)?fc\.0\.weight$/) ?? [];
      return hidden && width ? { reduction: Math.floor(width / hidden) } : {};
    },
    parameter(name) {
      const [, index] = /^(?:adapter\.)?fc\.(0|2)\.weight$/.exec(name) ?? [];
      return index && [index === '0' ? 'down' : 'up', 'transposed'];
    },
  },
  taskres: {
    method: anyMethod(taskres),
    options: () => ({}),
    parameter: name => inTaskres[inLearner(name)],
  },
  clap: {
    method: anyMethod(clap),
    options: () => ({}),
    parameter: name => inClap[name.replace(/^adapter\./, '')],
  },
};
