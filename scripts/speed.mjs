/** `npm run speed [-- options]`: `dgprompt speed` of this checkout, built first where it has changed; what it measures is written to docs/results/speed.md. */
import { join } from 'node:path';
import { run } from './processes.mjs';
import { root } from './setup.mjs';

const parameters = process.argv.slice(2);
const out = ['--out', join('docs', 'results', 'speed.md')];
const isWhole = !parameters.some(parameter => /^(--parts|--out|--json|--help|-h)\b/.test(parameter));
const command = [join(root, 'scripts', 'dgprompt.mjs'), 'speed', ...(isWhole ? out : []), ...parameters];
const { code } = await run(process.execPath, command, { cwd: root, env: { INIT_CWD: root } });
process.exit(code);
