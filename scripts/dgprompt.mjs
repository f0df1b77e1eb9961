/** `npm run dgprompt -- COMMAND`: the `dgprompt` command of this checkout, built first where it has changed. */
import { join } from 'node:path';
import { run } from './processes.mjs';
import { install, requireNode, root, turbo } from './setup.mjs';

requireNode();
await install();
const built = await turbo(['build'], ['--filter=dgprompt'], { quiet: true });
if (built !== 0) process.exit(built);
const program = join(root, 'packages', 'cli', 'dist', 'main.js');
const { code } = await run(process.execPath, [program, ...process.argv.slice(2)], {
  cwd: process.env.INIT_CWD ?? root,
});
process.exit(code);
