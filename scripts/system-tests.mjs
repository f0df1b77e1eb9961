/**
 * `npm run test:system [-- [--full] words of a check's name]`: checks that need more than this Node and npm. A check
 * that cannot run here is counted as skipped, with the reason. `--full` runs the long form of each check: more
 * repetitions, and whole test suites where the short form runs only the relevant part. Several checks run two at a
 * time, each in its own process; the output of a check appears when it has ended.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { clock, moving } from './moving.mjs';
import { run } from './processes.mjs';
import { install, requireNode, turbo } from './setup.mjs';
import { countsAfter, countsIn, failedLines, summaryLine, total } from './summary.mjs';

requireNode();
await install(); // checks import packages
const { all } = await import('./system/all.mjs');
const { findChromium } = await import('./system/in-chromium.mjs');
const full = process.argv.includes('--full');
const exactly = process.argv.includes('--exactly');
const words = process.argv.slice(2).filter(word => !['--full', '--exactly'].includes(word));
const named = ({ name }) =>
  exactly ? name === words[0] : words.every(word => name.toLowerCase().includes(word.toLowerCase()));
const checks = all.filter(named);
if (checks.length === 0) {
  const isHelp = ['--help', '-h', 'help'].includes(words[0]);
  if (!isHelp) console.error(`No check has "${words.join(' ')}" in its name.`);
  console.log("npm run test:system [-- [--full] words of a check's name]; the checks:");
  for (const { name } of all) console.log(`  ${name}`);
  process.exit(isHelp ? 0 : 2);
}
/** Named once more at the end, since the output of all checks is long. */
const failures = [];
const sum = total(checks.length > 1 ? await sideBySide() : [await here(checks[0])]);
console.log('');
for (const failure of failures) console.log(failure);
console.log(summaryLine(sum));
process.exit(sum.failed > 0 ? 1 : 0);

/** Runs one check in this process, with a temporary folder that is removed with it. */
async function here(check) {
  const folder = mkdtempSync(join(tmpdir(), 'dgprompt-check-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  for (const name of ['TMPDIR', 'TEMP', 'TMP']) process.env[name] = folder;
  console.log(`\n── ${check.name}`);
  const started = Date.now();
  const result = await check.run({ full });
  if (typeof result === 'string') console.log(`skipped  ${result}`);
  console.log(`${check.name} took ${clock(Date.now() - started)}`);
  return typeof result === 'string' ? { passed: 0, failed: 0, skipped: 1 } : result;
}

/** Runs all checks, two at a time given two cores, after preparing what several need. */
async function sideBySide() {
  if ((await turbo(['build'], [], { quiet: true })) !== 0) process.exit(1);
  await findChromium();
  const waiting = [...checks];
  const running = new Set();
  const results = [];
  const phase = moving(`${checks.length} checks`);
  const note = () => phase.note(`${results.length} done, now ${[...running].join(' and ')}`);
  const lane = async () => {
    for (let check = waiting.shift(); check; check = waiting.shift()) {
      const { name } = check;
      running.add(name);
      note();
      const command = [fileURLToPath(import.meta.url), '--exactly', name, ...(full ? ['--full'] : [])];
      const { code, output } = await run(process.execPath, command, { capture: true });
      if (code === 130) process.exit(130);
      const counts = countsAfter(code, countsIn(output)); // a crashed one may have printed the counts of a part
      results.push(counts);
      if (counts.failed > 0) failures.push(`In ${name}:`, ...failedLines(output));
      running.delete(name);
      console.log(`\n${output.trim()}`);
      note();
    }
  };
  await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, lane));
  phase.end();
  return results;
}
