/**
 * `tsx device-steps.mjs webgpu [methods]`: two training steps of every method that learns, on a device and on the CPU.
 */
import { useDevice } from '@dgprompt/engine';
import { placementOn } from '@dgprompt/engine/devices';
import { methodNames, resolveMethod } from '@dgprompt/methods';
import { goldenSteps } from '../../packages/cli/src/doctor/golden-steps.ts';
import { distance } from '../../packages/lab/src/verify/golden-case.ts';
import { summaryLine } from '../summary.mjs';

/** As in `dgprompt doctor`. */
const tolerance = 1e-4;

const [device, chosen] = process.argv.slice(2);
const counts = { passed: 0, failed: 0, skipped: 0 };
for (const name of chosen?.split(',') ?? methodNames.filter(name => name !== 'clip')) {
  await useDevice({ threads: 1 });
  const expected = await goldenSteps(resolveMethod(name));
  await useDevice({ device, threads: 1 });
  const before = placementOn(device);
  const said = await goldenSteps(resolveMethod(name)).catch(error => error);
  const nodes = onCpu(before, placementOn(device));
  const worst = Math.max(...Object.keys(expected).map(what => distance(said[what] ?? [], expected[what])));
  const passed = worst <= tolerance;
  counts[passed ? 'passed' : 'failed']++;
  const result = said instanceof Error ? said.message : `${worst.toExponential(1)} of ${tolerance} allowed, ${nodes}`;
  console.log(`${passed ? 'passed' : 'failed'}  ${name}: ${result}`);
}
console.log(summaryLine(counts));

function onCpu(before, after) {
  const operators = Object.entries(after.onCpu).filter(([op, count]) => count > (before.onCpu[op] ?? 0));
  const count = operators.reduce((sum, [op, n]) => sum + n - (before.onCpu[op] ?? 0), 0);
  const names = operators.map(([op]) => ` ${op}`);
  return `${count} of ${after.nodes - before.nodes} nodes on the CPU${names.length > 0 ? ':' : ''}${names}`;
}
