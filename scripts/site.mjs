/**
 * `npm run site`: builds the documentation in `site/dist`, even from a fresh clone: guides with executed blocks, a page
 * for each method, the API reference, and the playground. Unchanged parts are not run again.
 *
 *     npm run site -- --check          also fails on a broken link, or a public name missing from the reference
 *     npm run site -- --base /dgprompt/    for a server with the site under this path
 *     npm run site -- --serve --port 8080  also serves it on this machine
 */
import { parseArgs } from 'node:util';
import { install, requireNode, turbo } from './setup.mjs';
import { portOf, serveUntilStopped } from './static-server.mjs';

requireNode();
const options = given();
await install();
say('building the packages and the playground, as far as they have changed');
const code = await turbo(['build'], ['--filter=dgprompt...', '--filter=@dgprompt/playground'], { quiet: true });
if (code !== 0) process.exit(code);
const { buildSite } = await import('./site/build.mjs');
try {
  const counts = await buildSite({ ...options, say });
  if (options.check) {
    const { summaryLine } = await import('./summary.mjs');
    console.log(summaryLine(counts));
  }
  if (counts.failed > 0) process.exit(1);
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
if (options.serve) {
  const { folders } = await import('./site/folders.mjs');
  await serveUntilStopped(folders.site, { what: 'The site', port: options.port, prefix: options.base });
}

function say(line) {
  console.log(`── ${line}`);
}

function given() {
  try {
    const { values } = parseArgs({
      options: {
        check: { type: 'boolean' },
        serve: { type: 'boolean' },
        port: { type: 'string', default: '4174' },
        base: { type: 'string', default: '/' },
      },
    });
    if (/^\/(.*\/)?$/.test(values.base)) return { ...values, port: portOf(values.port) };
    console.error(`--base is ${values.base}; it must begin and end with a slash.`);
  } catch (error) {
    console.error(`${error.message} npm run site takes --check, --serve, --port and --base.`);
  }
  process.exit(2);
}
