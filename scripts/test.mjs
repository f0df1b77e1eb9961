/**
 * `npm test [-- package names or turbo options]`: every package's tests, and the check of what would be published.
 * Needs only Node and npm. Skips what has not changed since it last passed (`npm test -- --force` does not).
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { clock } from './moving.mjs';
import { packageFilters } from './package-filters.mjs';
import { firstExample, mentionsWayOut } from './readme-examples.mjs';
import { install, requireNode, root, turbo } from './setup.mjs';
import { countsAfter, readJson, summaryLine, total, vitestCounts } from './summary.mjs';
import { expectedTime, keepTimes, movingTests } from './test-times.mjs';

requireNode();
const started = Date.now();
const parameters = packageFilters(process.argv.slice(2));
const packages = readdirSync(join(root, 'packages'));
const folders = ['packages', 'apps'].flatMap(group =>
  readdirSync(join(root, group)).map(name => join(root, group, name)),
);
const reports = folders.map(folder => join(folder, '.turbo', 'test-results.json'));
const packingReport = join(root, '.turbo', 'packages-check.json');

await install();
console.log('Running every test whose sources changed since it last passed; the others come from the cache.');
for (const report of [...reports, packingReport]) rmSync(report, { force: true });
const cores = availableParallelism();
const concurrency = Math.max(Math.min(2, cores), Math.floor(cores / 2)); // vitest leaves one of two cores free
const tasks = ['test', 'packages:check'];
const env = {
  DGPROMPT_GOLDEN_STATE: goldenState(),
  DGPROMPT_README_EXAMPLES: readmeExamples(),
  DGPROMPT_TEST_BUILT: '1', // tests start the built commands
};
const expected = await expectedTime(tasks, parameters, { env, concurrency });
const basis = expected.isMeasured ? 'the last time' : 'on two fast cores';
const usual = `${clock(expected.seconds * 1000)} ${basis}`;
if (expected.all > 0) {
  const time = expected.fresh === 0 ? 'a few seconds' : `about ${usual}`;
  console.log(`${expected.fresh} of ${expected.all} tasks are to be done: ${time}.`);
}
const still = movingTests(expected.seconds > 0 ? ` (${usual})` : '');
const options = ['--continue=always', '--summarize', `--concurrency=${concurrency}`];
const code = await turbo(tasks, [...options, ...parameters], { env });
still();
keepTimes();
if (code === 130) process.exit(130);

const counted = [...reports.filter(existsSync).map(vitestCounts), ...[packingReport].filter(existsSync).map(readJson)];
const counts = countsAfter(code, total(counted)); // a task may crash before it can write a report
console.log(`\nnpm test took ${Math.round((Date.now() - started) / 1000)} s`);
console.log(summaryLine(counts));
process.exit(code);

/** The parts of the READMEs that can fail: their examples. Other changes to them, and to docs, rerun no test. */
function readmeExamples() {
  const readmes = [root, ...packages.map(name => join(root, 'packages', name))].map(folder =>
    join(folder, 'README.md'),
  );
  const parts = readmes.map(readme => (existsSync(readme) ? [firstExample(readme), mentionsWayOut(readme)] : []));
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 12);
}

/**
 * Some tests also compare with recorded numbers next to the checkout, so their presence is part of turbo's cache key.
 */
function goldenState() {
  const hash = createHash('sha256');
  for (const folder of ['golden', 'data'].map(name => join(root, '..', 'shared', name)).filter(existsSync)) {
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      const file = join(entry.parentPath ?? entry.path, entry.name);
      hash.update(`${file.slice(folder.length)} ${entry.isFile() ? statSync(file).size : ''}\n`);
    }
  }
  return hash.digest('hex').slice(0, 12);
}
