import { run } from './processes.mjs';
import { root } from './setup.mjs';

/**
 * Another Node, from the npm package `node`, so that only the registry is needed.
 * @param {string | number} version such as 22 or 20.19
 * @returns {Promise<{ node?: string, reason?: string }>} its executable, or why npm could not install it
 */
export async function otherNode(version) {
  const command = ['--yes', '-p', `node@${version}`, 'node', '-p', 'process.execPath'];
  const { code, stdout, output } = await run('npx', command, { capture: true, cwd: root });
  if (code === 130) process.exit(130);
  const last = text => text.trim().split('\n').at(-1);
  return code === 0 ? { node: last(stdout) } : { reason: `npm could not bring node@${version}: ${last(output)}` };
}
