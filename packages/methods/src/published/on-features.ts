import { clap } from '../zoo/clap.js';
import { clipAdapter } from '../zoo/clip-adapter.js';
import { taskres } from '../zoo/taskres.js';
import { anyMethod, named, type Published, reductionOf, shapeOf } from './types.js';

const inClap = named({ prototypes: 'prototypes', base_text_features: 'base' });

/** Published implementations of methods on frozen features. */
export const publishedOnFeatures: Readonly<Record<string, Published>> = {
  'clip-adapter': {
    method: anyMethod(clipAdapter),
    options: file => reductionOf(shapeOf(file, /^(adapter\.)?fc\.0\.weight$/)),
    parameter(name) {
      const [, index] = /^(?:adapter\.)?fc\.(0|2)\.weight$/.exec(name) ?? [];
      return index && [index === '0' ? 'down' : 'up', 'transposed'];
    },
  },
  taskres: {
    method: anyMethod(taskres),
    options: () => ({}),
    parameter: named({ text_feature_residuals: 'residual', base_text_features: 'base' }),
  },
  clap: {
    method: anyMethod(clap),
    options: () => ({}),
    parameter: name => inClap(name.replace(/^adapter\./, '')),
  },
};
