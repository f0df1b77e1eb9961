import { readFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/**
 * The last line of every check in this repository; `.ci/run` adds them up.
 * @param {Counts} counts
 */
export const summaryLine = ({ passed, failed, skipped }) => `${passed} passed, ${failed} failed, ${skipped} skipped`;

/**
 * The counts in the last such line of a program's output.
 * @param {string} output
 * @returns {Counts | undefined}
 */
export function countsIn(output) {
  const last = [...output.matchAll(/^(\d+) passed, (\d+) failed, (\d+) skipped$/gm)].at(-1);
  if (!last) return undefined;
  const [passed, failed, skipped] = last.slice(1).map(Number);
  return { passed, failed, skipped };
}

/**
 * The counts of a program, given its exit code: one that failed without counting a failure, or any test, counts as one.
 * @param {number} code
 * @param {Counts} [counts]
 * @returns {Counts}
 */
export const countsAfter = (code, counts = { passed: 0, failed: 1, skipped: 0 }) =>
  code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;

/**
 * @param {Counts[]} all
 * @returns {Counts}
 */
export const total = all =>
  all.reduce(
    (sum, counts) => ({
      passed: sum.passed + counts.passed,
      failed: sum.failed + counts.failed,
      skipped: sum.skipped + counts.skipped,
    }),
    { passed: 0, failed: 0, skipped: 0 },
  );

/**
 * The lines of a program's output that name what failed, each once, as this repository's checks, vitest and tsc print
 * them, after the name of turbo's task if there is one.
 * @param {string} output
 * @returns {string[]}
 */
export const failedLines = output =>
  [...new Set(stripVTControlCharacters(output).split('\n'))]
    .filter(line => /^(@?[a-z/-]+:[a-z:]+: ?)?( FAIL {2}|failed {2}|✗ |.*error TS\d+)/.test(line))
    .map(line => line.trim());

/** @param {string} file */
export const readJson = file => JSON.parse(readFileSync(file, 'utf8'));

/**
 * @param {string} file a JSON report of vitest; a test file that could not be loaded counts as one failure
 * @returns {Counts}
 */
export function vitestCounts(file) {
  const report = readJson(file);
  const unloadable = report.testResults.filter(
    suite => suite.status === 'failed' && suite.assertionResults.length === 0,
  );
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + unloadable.length,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}
