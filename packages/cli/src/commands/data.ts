import type { CommandTree } from '../options/command.js';
import { check } from './data/check.js';
import { list } from './data/list.js';
import { prepare } from './data/prepare.js';
import { sample } from './data/sample.js';
import { show } from './data/show.js';

/** `dgprompt data`: lists, checks, draws and samples the published datasets and your own folders. */
export const data = {
  summary: 'the published datasets',
  description: 'The published datasets: list, prepare, check, show, sample.',
  examples: ['data list --root ~/data', 'data prepare eurosat --root ~/data', 'data check folder:./flowers'],
  commands: { list, prepare, check, show, sample } satisfies CommandTree,
};
