/** `npm run dgprompt -- COMMAND`: the `dgprompt` command of this checkout, built first where it has changed. */
import { join } from 'node:path';
import { run } from './processes.mjs';
import { install, requireNode, root, turbo } from './setup.mjs';

requireNode();
await install();
const built = await turbo(['build'], ['--filter=dgprompt'], { quiet: true });
if (built !== 0) process.exit(built);
const program = join(root, 'packages', 'cli', 'dist', 'main.js');
// `npm run` starts in the root, and says where it was called; the command itself starts where it is called.
const isScript = process.env.npm_lifecycle_event === 'dgprompt';
const cwd = (isScript && process.env.INIT_CWD) || process.cwd();
const { code } = await run(process.execPath, [program, ...process.argv.slice(2)], { cwd });
process.exit(code);
