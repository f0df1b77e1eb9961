/** `npm run speed`: how fast one MaPLe training step is on each backend, in a fresh clone too; options pass through (`-- --help`). */
import { fileURLToPath } from 'node:url';
import { run } from './processes.mjs';
import { install, requireNode, root } from './setup.mjs';

requireNode();
await install();
const tsx = fileURLToPath(new URL('../node_modules/tsx/dist/cli.mjs', import.meta.url));
const table = fileURLToPath(new URL('../packages/bench/speed/run.ts', import.meta.url));
const parameters = [tsx, '--tsconfig', 'tsconfig.json', table, ...process.argv.slice(2)];
const { code } = await run(process.execPath, parameters, { cwd: root });
process.exit(code);
