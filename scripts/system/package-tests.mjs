import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../processes.mjs';
import { countsAfter, vitestCounts } from '../summary.mjs';

/**
 * Runs one package's tests with a given Node and environment.
 * @param {{ checkout: string, name: string, files?: string[], node?: string, env?: Record<string, string> }} which
 *   files: parts of the test files' paths, all by default
 * @returns {Promise<import('../summary.mjs').Counts>}
 */
export async function packageTests({ checkout, name, files = [], node = process.execPath, env }) {
  const cwd = join(checkout, 'packages', name);
  const vitest = join(checkout, 'node_modules', 'vitest', 'vitest.mjs');
  // in the check's own temporary folder: two checks may test the same package at a time
  const report = join(mkdtempSync(join(tmpdir(), 'tests-')), 'results.json');
  const { code } = await run(node, [vitest, 'run', ...files], { cwd, env: { ...env, DGPROMPT_TEST_REPORT: report } });
  if (code === 130) process.exit(130);
  return countsAfter(code, existsSync(report) ? vitestCounts(report) : undefined);
}
