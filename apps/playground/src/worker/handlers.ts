import { forgetMethod, trainMethod } from './train.js';
import { classify } from './classify.js';
import { startEngine } from './start.js';
import { download } from './download.js';
import { keptResults } from './kept.js';
import { loadChosenClip } from './load-clip.js';
import { loadPictures, picture, samples } from './load-data.js';
import { offeredMethods } from './offered.js';
import type { CallName, Calls } from './protocol.js';
import { currentGroup } from './session.js';

export interface Context<E = never> {
  signal: AbortSignal;
  onEvent(event: E): void;
  /** Lets short calls run, between two epochs say. */
  breathe(): Promise<void>;
}

type Handlers = {
  [N in CallName]: (params: Calls[N]['params'], context: Context<Calls[N]['event']>) => Promise<Calls[N]['result']>;
};

/** What the worker does for each call. */
export const handlers: Handlers = {
  start: startEngine,
  clip: loadChosenClip,
  data: ({ choice }, context) => loadPictures(choice, context),
  methods: offeredMethods,
  kept: async settings => keptResults(await currentGroup(settings)),
  train: ({ method, settings }, context) => trainMethod(method, settings, context),
  forget: ({ method, settings }) => forgetMethod(method, settings),
  picture,
  samples,
  classify,
  download,
};
