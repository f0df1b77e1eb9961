/**
 * `npm run playground [-- --port 8080] [-- --build]`: builds the playground as far as it has changed, from a fresh
 * clone too, and serves it on this machine alone. `--build` only builds it: the folder can be put on any web server.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { install, requireNode, root, turbo } from './setup.mjs';
import { serve } from './static-server.mjs';

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
  const { url } = await serve(folder, { port }).catch(error => {
    console.error(
      error.code === 'EADDRINUSE' ? `Port ${port} is in use; give another one: --port ${port + 1}.` : error.message,
    );
    process.exit(1);
  });
  console.log(`The playground is at ${url} until Ctrl-C.`);
}

function options() {
  try {
    const { values } = parseArgs({
      options: { build: { type: 'boolean' }, port: { type: 'string', default: '4173' } },
    });
    const number = Number(values.port);
    if (Number.isInteger(number) && number >= 0 && number < 65_536) return { build: values.build, port: number };
    console.error(`--port is ${values.port}; it must be a whole number from 0 to 65535.`);
  } catch (error) {
    console.error(`${error.message} npm run playground takes --port and --build.`);
  }
  process.exit(2);
}
