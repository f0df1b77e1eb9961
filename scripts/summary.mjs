/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/**
 * The line every check of this repository ends with, which `.ci/run` adds up.
 * @param {Counts} counts
 */
export const summaryLine = ({ passed, failed, skipped }) => `${passed} passed, ${failed} failed, ${skipped} skipped`;

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
