/**
 * `npm run playground [-- --port 8080] [-- --build]`: builds the changed parts of the playground, even from a fresh
 * clone, and serves it on this machine only. `--build` only builds it: any web server can serve the folder.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { install, requireNode, root, turbo } from './setup.mjs';
import { portOf, serveUntilStopped } from './static-server.mjs';

requireNode();
const { build, port } = options();
await install();
console.log('Building the playground, as far as it has changed.');
const code = await turbo(['build'], ['--filter=@dgprompt/playground']);
if (code !== 0) process.exit(code);
const folder = join(root, 'apps', 'playground', 'dist');
if (build) {
  console.log(`The playground is in ${folder}: static files for any web server, under any path.`);
} else {
  await serveUntilStopped(folder, { what: 'The playground', port });
}

function options() {
  try {
    const { values } = parseArgs({
      options: { build: { type: 'boolean' }, port: { type: 'string', default: '4173' } },
    });
    return { build: values.build, port: portOf(values.port) };
  } catch (error) {
    console.error(`${error.message} npm run playground takes --port and --build.`);
    process.exit(2);
  }
}
