import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../processes.mjs';

/** Too large (90 MB) for everyone's node_modules, so they are installed into a temporary folder for a rehearsal. */
const versions = { verdaccio: '6.4.0', pnpm: '^10.0.0', '@yarnpkg/cli-dist': '^4.0.0' };
/** A plugin of verdaccio needs a tag, `cjs`, which not every mirror of the registry has. */
const overrides = { 'node-fetch': '^2.7.0' };

/**
 * Installs the local registry and the package managers.
 * @param {string} folder
 * @returns {Promise<{ verdaccio: string, pnpm: string, yarn: string }>} programs for Node
 */
export async function installTools(folder) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies: versions, overrides }));
  const { code, output } = await run('npm', ['install', '--loglevel=error', '--prefer-offline'], {
    cwd: folder,
    capture: true,
    env: { npm_config_local_prefix: undefined },
  });
  if (code !== 0) throw new Error(`npm could not install ${Object.keys(versions).join(', ')}:\n${output}`);
  const modules = join(folder, 'node_modules');
  return {
    verdaccio: join(modules, 'verdaccio', 'bin', 'verdaccio'),
    pnpm: join(modules, 'pnpm', 'bin', 'pnpm.cjs'),
    yarn: join(modules, '@yarnpkg', 'cli-dist', 'bin', 'yarn.js'),
  };
}
