import { execFileSync } from 'node:child_process';
import { appendFileSync, cpSync, existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { run } from '../processes.mjs';
import { root } from '../setup.mjs';

const changeset = join(root, 'node_modules', '@changesets', 'cli', 'bin.js');

/**
 * Versions and publishes all packages as the release workflow does, from a copy of the checkout.
 * @param {string} tree folder to make
 * @param {{ url: string, userconfig: string }} registry
 */
export async function publishCopy(tree, { url, userconfig }) {
  copyCheckout(tree);
  await changesets(tree, ['version']);
  await buildVersioned(tree);
  // As outside CI, where npm cannot prove a package's provenance.
  const outside = { npm_config_provenance: undefined, NPM_CONFIG_PROVENANCE: undefined };
  const registry = { npm_config_registry: url, npm_config_userconfig: userconfig };
  await changesets(tree, ['publish', '--no-git-tag'], { ...outside, ...registry });
}

/** Copies the files that git tracks or would add and the builds, and links the installed packages. */
function copyCheckout(tree) {
  const git = (...parameters) => execFileSync('git', parameters, { cwd: tree, encoding: 'utf8', stdio: 'pipe' });
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { cwd: root, encoding: 'utf8' });
  const built = readdirSync(join(root, 'packages')).flatMap(name => [
    `packages/${name}/dist`,
    `packages/${name}/sheets`,
  ]);
  for (const path of [...listed.trim().split('\n'), ...built]) {
    if (!existsSync(join(root, path))) continue;
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    cpSync(join(root, path), join(tree, path), { recursive: true });
  }
  for (const place of ['.', ...readdirSync(join(root, 'packages')).map(name => join('packages', name))]) {
    const modules = join(root, place, 'node_modules');
    if (existsSync(modules)) symlinkSync(modules, join(tree, place, 'node_modules'), 'junction');
  }
  git('init', '--quiet');
  appendFileSync(join(tree, '.git', 'info', 'exclude'), 'node_modules\n');
  git('add', '--all');
  // changesets writes the commit of each change into the changelogs
  git('-c', 'user.name=rehearsal', '-c', 'user.email=rehearsal@localhost', 'commit', '--quiet', '--message', 'release');
}

/** Rebuilds the packages whose files contain their version. */
async function buildVersioned(tree) {
  const command = ['grep', '-l', 'DGPROMPT_VERSION', '--', 'packages/*/src/*'];
  const files = execFileSync('git', command, { cwd: tree, encoding: 'utf8' }).trim().split('\n');
  for (const name of new Set(files.map(file => file.split('/')[1])))
    await step(`building ${name}`, 'npm', ['run', 'build'], { cwd: join(tree, 'packages', name) });
}

const changesets = (cwd, parameters, env) =>
  step(`changeset ${parameters[0]}`, process.execPath, [changeset, ...parameters], { cwd, env });

async function step(what, command, parameters, options) {
  const { code, output } = await run(command, parameters, { ...options, capture: true });
  if (code !== 0) throw new Error(`${what} failed:\n${output}`);
}
