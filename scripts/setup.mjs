import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { moving } from './moving.mjs';
import { run } from './processes.mjs';

/** The checkout. */
export const root = fileURLToPath(new URL('..', import.meta.url));

/** Ends the process with one sentence if this Node is too old for the packages. */
export function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  console.error(
    `dgprompt needs Node 20.19 or newer and this is ${process.versions.node}: install it from https://nodejs.org.`,
  );
  process.exit(1);
}

/** Installs the dependencies in package-lock.json unless they are already installed; ends the process if npm fails. */
export async function install() {
  const reason = missing();
  if (!reason) return;
  const phase = moving(`Installing dependencies from the npm registry with npm ci (${reason})`);
  const parameters = ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error'];
  const { code, output } = await run('npm', parameters, { cwd: root, capture: true });
  phase.end(code === 0 ? undefined : 'failed');
  if (code !== 0) {
    process.stderr.write(output);
    if (code !== 130) console.error('npm ci failed: its messages are above. Nothing else was started.');
    process.exit(code);
  }
}

/**
 * Why node_modules does not match package-lock.json on this machine, or undefined if it does. npm itself records what
 * it installed, so a manual `npm ci` or `npm install` counts too.
 */
function missing() {
  const record = new URL('../node_modules/.package-lock.json', import.meta.url);
  if (!existsSync(record)) return 'nothing is installed yet';
  const wanted = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8')).packages;
  const installed = JSON.parse(readFileSync(record, 'utf8')).packages;
  for (const [path, entry] of Object.entries(wanted)) {
    if (!path.startsWith('node_modules/') || entry.link) continue;
    if (entry.optional && !nativeHere(entry)) continue;
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    if (!installed[path]) {
      if (entry.peer) continue;
      return `${name} is missing`;
    }
    if (installed[path].version !== entry.version) return `${name} is not ${entry.version}`;
  }
  return undefined;
}

/** Whether an optional package is a native part for this system: then it is required, and others may be missing. */
const nativeHere = ({ os, cpu, libc }) =>
  !libc && os?.includes(process.platform) === true && cpu?.includes(process.arch) === true;

/**
 * Runs turbo tasks; unchanged ones come from turbo's cache.
 * @param {string[]} tasks names in turbo.json
 * @param {string[]} [parameters] further turbo parameters
 * @param {{ env?: Record<string, string>, quiet?: boolean }} [options] env: added to the environment; quiet: print
 *   nothing unless it fails
 * @returns {Promise<number>} exit code
 */
export async function turbo(tasks, parameters = [], { env, quiet = false } = {}) {
  const command = turboCommand(tasks, ['--ui=stream', '--log-order=grouped', ...parameters]);
  const { code, output } = await run(process.execPath, command, { cwd: root, env, capture: quiet });
  if (code !== 0) process.stderr.write(output);
  return code;
}

/** turbo's program and parameters, for Node. */
export const turboCommand = (tasks, parameters) => [
  fileURLToPath(new URL('../node_modules/turbo/bin/turbo', import.meta.url)),
  'run',
  ...tasks,
  ...parameters,
];
