/**
 * `npm run test:system [-- words of a check's name]`: what needs more than this Node and npm. What cannot run here is counted as skipped,
 * with the reason.
 */
import { install, requireNode } from './setup.mjs';
import { summaryLine, total } from './summary.mjs';
import { checkpoints } from './system/checkpoints.mjs';
import { chromium } from './system/chromium.mjs';
import { killedWorkers } from './system/killed-workers.mjs';
import { otherNodes } from './system/other-nodes.mjs';
import { pythonOnnxRuntime } from './system/python-onnxruntime.mjs';
import { quickstart } from './system/quickstart.mjs';
import { report } from './system/report.mjs';
import { slurm } from './system/slurm.mjs';
import { speed } from './system/speed.mjs';
import { tensorflow } from './system/tensorflow.mjs';
import { webgpu } from './system/webgpu.mjs';

requireNode();
await install();
const words = process.argv.slice(2);
const all = [
  quickstart,
  speed,
  checkpoints,
  killedWorkers,
  slurm,
  tensorflow,
  webgpu,
  chromium,
  report,
  pythonOnnxRuntime,
  ...otherNodes,
];
const checks = all.filter(({ name }) => words.every(word => name.toLowerCase().includes(word.toLowerCase())));
const results = [];
for (const check of checks) {
  console.log(`\n── ${check.name}`);
  const result = await check.run();
  const counts = typeof result === 'string' ? { passed: 0, failed: 0, skipped: 1 } : result;
  console.log(typeof result === 'string' ? `skipped: ${result}` : `${check.name}: ${summaryLine(counts)}`);
  results.push(counts);
}
const sum = total(results);
console.log('');
console.log(summaryLine(sum));
process.exit(sum.failed > 0 ? 1 : 0);
