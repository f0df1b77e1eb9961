/**
 * `node scripts/task.mjs build|lint|typecheck|publint [turbo options or package names]`: runs one of turbo's tasks,
 * even in a fresh clone.
 */
import { packageFilters } from './package-filters.mjs';
import { install, requireNode, turbo } from './setup.mjs';

const [task, ...parameters] = process.argv.slice(2);
requireNode();
await install();
process.exit(await turbo([task], ['--continue=always', ...packageFilters(parameters)]));
