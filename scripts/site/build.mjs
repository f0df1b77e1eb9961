import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../setup.mjs';
import { writeApi } from './api.mjs';
import { cached, hashOf } from './cache.mjs';
import { writeChangelog } from './changelog.mjs';
import { checkSite } from './check.mjs';
import { folders } from './folders.mjs';
import { writeMethods } from './methods.mjs';
import { stagePages } from './stage.mjs';

/**
 * @param {{ base: string, check?: boolean, say: (line: string) => void }} options base: the path of the site on its
 *   server
 * @returns {Promise<import('../summary.mjs').Counts>} of what was checked
 */
export async function buildSite({ base, check = false, say }) {
  const started = performance.now();
  rmSync(folders.pages, { recursive: true, force: true });
  mkdirSync(folders.public, { recursive: true });
  say('running the blocks of the pages');
  const blocks = await stagePages(say);
  say('a page for each method');
  await writeMethods();
  writeChangelog();
  say('the API reference');
  const sources = hashOf('src', file => file.endsWith('.ts') && !file.endsWith('.test.ts'));
  const api = await cached('api', sources, writeApi);
  cpSync(api.folder, join(folders.pages, 'api'), { recursive: true });
  cpSync(join(root, 'apps', 'playground', 'dist'), join(folders.public, 'playground'), { recursive: true });
  say('the site');
  await vitepress(base);
  say(`site/dist is there after ${((performance.now() - started) / 1000).toFixed(0)} s`);
  return check ? checkSite({ base, blocks }) : { passed: 0, failed: 0, skipped: 0 };
}

async function vitepress(base) {
  const { build } = await import('vitepress');
  await build(folders.docs, { base, logLevel: 'warn' });
}
