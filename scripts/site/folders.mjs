import { join } from 'node:path';
import { root } from '../setup.mjs';

/** Where the site is made; git ignores all but `docs`. */
export const folders = {
  docs: join(root, 'docs'), // what is written by hand
  pages: join(root, 'site', 'pages'), // what VitePress reads: these pages with their outputs, and generated ones
  public: join(root, 'site', 'pages', 'public'), // files that are copied as they are
  run: join(root, 'site', 'run'), // a working folder for the blocks of each page
  cache: join(root, 'site', 'cache'),
  site: join(root, 'site', 'dist'), // the site
};

export const repository = 'https://github.com/dgprompt/dgprompt';
