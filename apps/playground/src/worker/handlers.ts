import { classify } from './classify.js';
import type { Context } from './context.js';
import { download } from './download.js';
import { keptResults } from './kept.js';
import { loadChosenClip } from './load-clip.js';
import { loadPictures, picture, samples } from './load-data.js';
import { offeredMethods } from './offered.js';
import type { CallName, Calls } from './protocol.js';
import { currentGroup } from './session.js';
import { startEngine } from './start.js';
import { forgetMethod, trainMethod } from './train.js';

type Handlers = {
  [N in CallName]: (params: Calls[N]['params'], context: Context<Calls[N]['event']>) => Promise<Calls[N]['result']>;
};

/** The worker's function for each call. */
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
