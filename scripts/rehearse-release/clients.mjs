import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { run } from '../processes.mjs';

/**
 * @typedef {object} Client a package manager
 * @property {(project: string, names: string[]) => Promise<{ code: number, output: string }>} add installs packages
 * @property {boolean} bringsPeers whether it installs required peers automatically
 * @property {string} folder its folder of packages in a project
 * @property {(project: string) => number} count of installed packages
 * @property {string[]} ways in which programs load packages: as ES modules and from CommonJS
 * @property {RegExp} warning matches a warning in its output
 * @property {(project: string) => Record<string, string>} [env] for programs in a project
 */

/**
 * The package managers, with separate caches, so that everything they install comes from the local registry.
 * @param {{ url: string }} registry
 * @param {{ pnpm: string, yarn: string }} tools
 * @param {string} caches folder
 * @returns {Record<string, Client>}
 */
export function makeClients({ url }, tools, caches) {
  const isolated = { npm_config_registry: url, npm_config_local_prefix: undefined };
  const node = (program, project, parameters, env) =>
    run(process.execPath, [program, ...parameters], { cwd: project, capture: true, env: { ...isolated, ...env } });
  return {
    npm: {
      add: (project, names) =>
        run('npm', ['install', ...names], {
          cwd: project,
          capture: true,
          env: { ...isolated, npm_config_cache: join(caches, 'npm') },
        }),
      bringsPeers: true,
      ways: ['import', 'require'],
      folder: 'node_modules',
      count: project => Object.keys(readLock(join(project, 'node_modules', '.package-lock.json')).packages).length,
      warning: /^npm warn/i,
    },
    pnpm: {
      add: (project, names) =>
        node(tools.pnpm, project, ['add', ...names], {
          npm_config_store_dir: join(caches, 'pnpm'),
          XDG_CACHE_HOME: join(caches, 'pnpm-cache'),
        }),
      bringsPeers: true,
      ways: ['import', 'require'],
      folder: 'node_modules',
      count: project => readdirSync(join(project, 'node_modules', '.pnpm')).filter(name => name.includes('@')).length,
      warning: /\bWARN\b/,
    },
    yarn: {
      add(project, names) {
        if (!existsSync(join(project, '.yarnrc.yml')))
          writeFileSync(join(project, '.yarnrc.yml'), JSON.stringify(yarnSettings(url, caches)));
        return node(tools.yarn, project, ['add', ...names], { CI: undefined });
      },
      bringsPeers: false,
      ways: ['import', 'import()'], // Plug'n'Play does not see `require` of an ES module
      folder: '.yarn',
      count: project => readFileSync(join(project, 'yarn.lock'), 'utf8').match(/^ {2}resolution: .*@npm:/gm).length,
      warning: /YN00(02|05|60|86)/, // missing or wrong peers, skipped builds
      env: project => ({
        NODE_OPTIONS: `--require "${join(project, '.pnp.cjs')}" --experimental-loader "${pathToFileURL(join(project, '.pnp.loader.mjs'))}" --no-warnings`,
      }),
    },
  };
}

const readLock = file => JSON.parse(readFileSync(file, 'utf8'));

const yarnSettings = (url, caches) => ({
  nodeLinker: 'pnp',
  npmRegistryServer: url,
  unsafeHttpWhitelist: ['localhost'],
  enableGlobalCache: false,
  globalFolder: join(caches, 'yarn'),
  enableTelemetry: false,
  enableImmutableInstalls: false,
  enableScripts: false,
  npmMinimalAgeGate: 0,
});
