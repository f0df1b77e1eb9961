/**
 * `npm run test:system [-- [--full] words of a check's name]`: what needs more than this Node and npm. A check that
 * cannot run here is counted as skipped, with the reason. `--full` runs the long form of each check: more repetitions,
 * and whole test suites where the short form takes the part that depends on what is checked.
 */
import { install, requireNode } from './setup.mjs';
import { summaryLine, total } from './summary.mjs';
import { browser } from './system/browser.mjs';
import { checkpoints } from './system/checkpoints.mjs';
import { chromium } from './system/chromium.mjs';
import { coreSpecs } from './system/core-specs.mjs';
import { faults } from './system/faults.mjs';
import { hostile } from './system/hostile.mjs';
import { hostilePages } from './system/hostile-pages.mjs';
import { killedWorkers } from './system/killed-workers.mjs';
import { otherNodes } from './system/other-nodes.mjs';
import { playground } from './system/playground.mjs';
import { pythonOnnxRuntime } from './system/python-onnxruntime.mjs';
import { quickstart } from './system/quickstart.mjs';
import { report } from './system/report.mjs';
import { site } from './system/site.mjs';
import { slurm } from './system/slurm.mjs';
import { speed } from './system/speed.mjs';
import { tensorflow } from './system/tensorflow.mjs';
import { tfjsCpu } from './system/tfjs-cpu.mjs';
import { traces } from './system/traces.mjs';
import { webgpu } from './system/webgpu.mjs';

requireNode();
const full = process.argv.includes('--full');
const words = process.argv.slice(2).filter(word => word !== '--full');
const all = [
  quickstart,
  speed,
  checkpoints,
  killedWorkers,
  hostile,
  faults,
  traces,
  coreSpecs,
  slurm,
  tfjsCpu,
  tensorflow,
  webgpu,
  chromium,
  browser,
  report,
  hostilePages,
  playground,
  site,
  pythonOnnxRuntime,
  ...otherNodes,
];
const checks = all.filter(({ name }) => words.every(word => name.toLowerCase().includes(word.toLowerCase())));
if (checks.length === 0) {
  const isHelp = ['--help', '-h', 'help'].includes(words[0]);
  if (!isHelp) console.error(`No check has "${words.join(' ')}" in its name.`);
  console.log("npm run test:system [-- [--full] words of a check's name]; the checks:");
  for (const { name } of all) console.log(`  ${name}`);
  process.exit(isHelp ? 0 : 2);
}
await install();
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
