import type { Compute, ComputePrecision, Device } from '@dgprompt/engine';
import { z } from 'zod';
import { flag, flagOrNumber, names, namesOf, oneOf, option, reworded, text, texts, wholeNumber } from './option.js';

// Type-only imports keep the engine out of `dgprompt --help`.
const devices = namesOf<Device>({ cpu: 0, webgpu: 0, cuda: 0, coreml: 0, dml: 0 });
const backends = namesOf<NonNullable<Compute['backend']>>({ onnxruntime: 0, tensorflow: 0, cpu: 0 });
const precisions = namesOf<ComputePrecision>({ fp32: 0, fp16: 0, int8: 0 });

/** The data that a command reads. */
export const dataOptions = {
  suite: option('--suite <name>', 'paper, a dataset, a folder', text.default('pictograms')),
  root: option('--root <folder>', 'holds the published datasets', text.optional(), { env: 'DGPROMPT_DATA' }),
  tasks: option('--tasks <names>', 'only these tasks of the suite, e.g. a,b,c', names.optional()),
};

/** How a command handles images. */
export const imageOptions = {
  skipBroken: option('--skip-broken', 'skip images that do not decode', flag),
  cache: option('--cache <folder>', 'cache decoded test images there', text.optional()),
};

export const modelOption = {
  model: option('--model <path>', 'folder, file or hub id of a CLIP (default: mini-CLIP)', text.optional()),
  modelConfig: option('--model-config <file>', 'its config.json, if it has none or a wrong one', text.optional()),
};

/** For commands that open what was trained. */
export const trainedModelOption = {
  ...modelOption,
  model: reworded(modelOption.model, 'the CLIP it was trained on (default: the recorded one)'),
};

/** The device that a command uses. */
export const deviceOptions = {
  device: option('--device <name>', devices.join(', '), oneOf('device', devices).default('cpu')),
  threads: option('--threads <n>', 'CPU threads', wholeNumber(0, 512).default(0), { defaultText: 'one per core' }),
  backend: option('--backend <name>', backends.join(', '), oneOf('backend', backends).default('onnxruntime')),
};

/** The user's own methods, for commands that open what a method learned. */
export const methodsFromOption = {
  methodsFrom: option('--methods-from <files>', 'files of your own methods, if it uses one', names.optional()),
};

export const resultsOption = {
  results: option('--results <folder>', 'where the records are', text.default('results')),
};

/** Options allowed at the top level of a config file, for every command that has them. */
export const sharedOptions = {
  ...dataOptions,
  ...imageOptions,
  ...resultsOption,
  ...methodsFromOption,
  ...modelOption,
  ...deviceOptions,
};

export const precisionOption = {
  precision: option(
    '--precision <name>',
    'towers: fp32, fp16 (GPU), int8 (CPU)',
    oneOf('precision', precisions).default('fp32'),
  ),
};

/** The order of operations when resizing images. */
export const pillowOption = {
  pillow: option(
    '--pillow <version>',
    'resize like Pillow 13 or 12',
    z.literal([12, 13], { error: 'It must be 12 or 13.' }).optional(),
    { env: 'DGPROMPT_PILLOW', defaultText: '13' },
  ),
};

/** The device and the CLIP that a command uses. */
export const computeOptions = { ...modelOption, ...deviceOptions, ...precisionOption, ...pillowOption };

/** For commands that open what was trained: without these options, they compute as in its training. */
export const asTrainedOptions = {
  precision: option(
    '--precision <name>',
    'towers: fp32, fp16 (GPU), int8 (CPU) (default: as in training)',
    oneOf('precision', precisions).optional(),
  ),
  pillow: reworded(pillowOption.pillow, 'resize like Pillow 13 or 12 (default: as in training)'),
};

/** The device and the CLIP of a command that opens what was trained. */
export const trainedComputeOptions = { ...computeOptions, ...trainedModelOption, ...asTrainedOptions };

/** Cached augmented views per image; 0, like the flag alone, caches the features of the unaugmented images. */
export const cacheFeaturesOption = {
  cacheFeatures: option(
    '--cache-features [n]',
    'cache features of n crops per image, or of one view',
    flagOrNumber(0, 1000),
  ),
};

/** Views per test image. */
export const viewsOption = {
  views: option(
    '--views <n>',
    'views of each test image: 1, 5, 9',
    z.literal([1, 5, 9], { error: 'It must be 1, 5 or 9.' }).default(1),
  ),
};

/** Which epoch's prompts to keep. */
export const keepOptions = {
  keep: option('--keep <epoch>', 'last, or best on validation images', oneOf('keep', ['last', 'best']).optional()),
  patience: option('--patience <n>', 'stop after n epochs without a better one', wholeNumber(1, 100_000).optional()),
};

/** Sentences about classes, for methods whose papers generated them with a language model. */
export const descriptionsOption = {
  descriptions: option('--descriptions <file>', 'JSON: class name → sentences about it', text.optional()),
};

/** Method options, overriding those in method names. */
export const setOption = {
  set: option('--set <setting>', "a method's option, e.g. maple.lr=0.01; repeatable", texts.optional(), {
    repeat: true,
  }),
};

export const jsonOption = { json: option('--json', 'print JSON and nothing else', flag) };

/** Class names; at least two if they replace the learned ones. */
export const classesOption = {
  classes: option(
    '--classes <names>',
    'a,b,c to replace the learned classes, +d,+e to add some',
    names
      .refine(all => all.length > 1 || all[0]?.startsWith('+'), {
        error: 'A classifier needs two classes; write + before the name to add one.',
      })
      .optional(),
  ),
};

/** A switch, because times vary between runs and tables must not. */
export const timesOption = { times: option('--times', 'also print the time and memory of runs', flag) };

/** A file for tables. */
export const tableFile = text.regex(/\.(md|markdown|tex|csv|json)$/i, {
  error: 'Its ending sets the format: .md for Markdown, .tex for LaTeX, .csv or .json.',
});

export type SharedOptions = typeof sharedOptions;
