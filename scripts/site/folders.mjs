import { join } from 'node:path';
import { root } from '../setup.mjs';

/** Folders for building the site; git ignores all but `docs`. */
export const folders = {
  docs: join(root, 'docs'), // written by hand
  pages: join(root, 'site', 'pages'), // the input of VitePress: these pages with their outputs, and generated ones
  public: join(root, 'site', 'pages', 'public'), // files copied unchanged
  run: join(root, 'site', 'run'), // a working folder for the blocks of each page
  cache: join(root, 'site', 'cache'),
  site: join(root, 'site', 'dist'), // the site
};

export const repository = 'https://github.com/dgprompt/dgprompt';
