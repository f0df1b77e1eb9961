/** `npm run dgprompt -- COMMAND`: the `dgprompt` command of this checkout, rebuilt first if it has changed. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { nodeBuild } from './node-build.mjs';
import { install, requireNode, root } from './setup.mjs';

requireNode();
await install();
const code = await nodeBuild();
if (code !== 0) process.exit(code);
// `npm run` starts in the root and passes the directory of the call; the command must run in that directory.
if (process.env.npm_lifecycle_event === 'dgprompt' && process.env.INIT_CWD) process.chdir(process.env.INIT_CWD);
// In this process, so that a signal to it stops the command.
await import(pathToFileURL(join(root, 'packages', 'cli', 'dist', 'main.js')).href);
