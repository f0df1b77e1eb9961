/**
 * `npm run test:system [-- [--full] words of a check's name]`: what needs more than this Node and npm. A check that
 * cannot run here is counted as skipped, with the reason. `--full` runs the long form of each check: more repetitions,
 * and whole test suites where the short form takes the part that depends on what is checked.
 */
import { install, requireNode } from './setup.mjs';
import { summaryLine, total } from './summary.mjs';

requireNode();
await install(); // checks import packages
const { all } = await import('./system/all.mjs');
const full = process.argv.includes('--full');
const words = process.argv.slice(2).filter(word => word !== '--full');
const checks = all.filter(({ name }) => words.every(word => name.toLowerCase().includes(word.toLowerCase())));
if (checks.length === 0) {
  const isHelp = ['--help', '-h', 'help'].includes(words[0]);
  if (!isHelp) console.error(`No check has "${words.join(' ')}" in its name.`);
  console.log("npm run test:system [-- [--full] words of a check's name]; the checks:");
  for (const { name } of all) console.log(`  ${name}`);
  process.exit(isHelp ? 0 : 2);
}
const results = [];
for (const check of checks) {
  console.log(`\n── ${check.name}`);
  const started = performance.now();
  const result = await check.run({ full });
  const seconds = Math.round((performance.now() - started) / 1000);
  const counts = typeof result === 'string' ? { passed: 0, failed: 0, skipped: 1 } : result;
  console.log(
    typeof result === 'string'
      ? `skipped after ${seconds} s: ${result}`
      : `${check.name}: ${summaryLine(counts)} in ${seconds} s`,
  );
  results.push(counts);
}
const sum = total(results);
console.log('');
console.log(summaryLine(sum));
process.exit(sum.failed > 0 ? 1 : 0);
