/**
 * `npm run speed [-- options]`: measures speed and memory of this checkout, rebuilt first if it has changed, and writes
 * docs/results/speed.md.
 */
import { join } from 'node:path';
import { run } from './processes.mjs';
import { install, requireNode, root, turbo } from './setup.mjs';

requireNode();
await install();
const built = await turbo(['build'], ['--filter=@dgprompt/lab'], { quiet: true });
if (built !== 0) process.exit(built);
const parameters = process.argv.slice(2);
const out = ['--out', join('docs', 'results', 'speed.md')];
const isWhole = !parameters.some(parameter => /^(--parts|--out|--json|--help|-h)\b/.test(parameter));
const program = join(root, 'packages', 'lab', 'dist', 'speed', 'main.js');
const { code } = await run(process.execPath, [program, ...(isWhole ? out : []), ...parameters], { cwd: root });
process.exit(code);
