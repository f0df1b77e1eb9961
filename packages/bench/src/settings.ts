import type { Compute } from '@dgprompt/engine';
import type { PillowVersion } from '@dgprompt/images';
import type { Views } from '@dgprompt/methods/evaluation';
import type { Keep } from '@dgprompt/methods/training';
import { checkTakesDescriptions, type DescriptionsFile, readDescriptions } from './data/descriptions.js';
import { type ChosenMethods, chooseMethods } from './methods/choose.js';
import { readSettings } from './search/settings-file.js';
import { openProtocol } from './suites/protocols/all.js';
import { checkShots, type Protocol } from './suites/protocols/protocol.js';
import { checkModel, chooseTasks, openSuite, type Suite } from './suites/suite.js';

/**
 * Everything that determines the runs of a bench, as JSON: the command line produces it, and plan files pass it to
 * other processes.
 */
export interface BenchSettings extends Compute {
  protocol: string;
  suite: string;
  /** The folder that holds the published datasets' folders. */
  root?: string;
  tasks?: string[];
  source?: string[];
  /** Default: the protocol's. */
  methods?: string[];
  /** Default: the protocol's. */
  shots?: number[];
  seeds: number[];
  epochs?: number;
  /** A file written by `dgprompt search`, or `recommended`, the suite's own. Default: published values */
  settings?: string;
  /** See `PlanOptions`. */
  cacheFeatures?: number;
  /** A JSON file with sentences about each class. */
  descriptions?: string;
  validate?: true;
  keep?: Keep;
  patience?: number;
  /** See `PlanOptions`. */
  views?: Views;
  skipBroken?: true;
  /** The Pillow version whose resizing order is used, see `usePillow` of `@dgprompt/images`. Default: 13 */
  pillow?: PillowVersion;
  cache?: string;
  /** Default: the mini-CLIP. */
  model?: string;
  /** The CLIP's config file: see `LoadOptions.config` of `@dgprompt/clip`. */
  modelConfig?: string;
  results: string;
}

/** The opened parts of settings. */
export interface Opened extends ChosenMethods {
  suite: Suite;
  protocol: Protocol;
  protocolCode?: string;
  tasks: string[];
  sources?: string[];
  described?: DescriptionsFile;
}

/**
 * Opens the suite, the protocol and the methods that settings name, without loading data.
 * @throws one sentence for an unknown name, with the nearest known one
 *
 * @example
 * ```ts
 * import { openSettings } from '@dgprompt/bench/runs';
 *
 * const opened = await openSettings({
 *   protocol: 'base-to-new',
 *   suite: 'pictograms',
 *   tasks: ['weather'],
 *   seeds: [1],
 *   results: 'results',
 * });
 * console.log(opened.methods.map(({ id }) => id)); // [ 'clip', 'coop', 'maple', 'dgprompt' ]
 * ```
 */
export async function openSettings(options: BenchSettings): Promise<Opened> {
  const { methods, settings, source } = options;
  const suite = await openSuite(options.suite, options);
  const { protocol, code: protocolCode } = await openProtocol(options.protocol);
  if (options.shots) checkShots(protocol, options.shots);
  const tasks = chooseTasks(suite, options.tasks);
  if (source && !protocol.hasSource)
    throw new Error(
      `${protocol.name} trains on each task separately; --source is for cross-dataset and domain-generalization.`,
    );
  const sources = source && chooseTasks(suite, source);
  const chosen = await chooseMethods(
    methods ?? protocol.methods,
    settings === undefined ? undefined : await numbersOf(suite, settings),
  );
  const described = options.descriptions === undefined ? undefined : await readDescriptions(options.descriptions);
  if (described) checkTakesDescriptions(chosen.methods, described);
  checkModel(suite, options.model);
  protocol.experiments(suite, tasks, sources); // throws if a task has no variants
  return {
    suite,
    protocol,
    ...(protocolCode && { protocolCode }),
    tasks,
    ...(sources && { sources }),
    ...(described && { described }),
    ...chosen,
  };
}

/** Used in place of a settings file: the suite's own settings. */
export const recommended = 'recommended';

/** @throws one sentence if the suite has no recommended settings, or the file contains no settings */
async function numbersOf(suite: Suite, settings: string): Promise<ReadonlyMap<string, string>> {
  if (settings !== recommended) return readSettings(settings);
  if (suite.recommended) return new Map(Object.entries(suite.recommended));
  throw new Error(
    `${suite.name} has no recommended settings; choose some with \`dgprompt search --suite ${suite.name}\`.`,
  );
}
