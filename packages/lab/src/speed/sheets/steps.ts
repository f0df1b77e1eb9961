import { methodTitle } from '@dgprompt/bench/methods';
import { bytes } from '@dgprompt/io';
import { backends, compared, stepName, steps, zooSteps } from '../jobs.js';
import type { Results } from '../results.js';
import { againstMaple, ceilingOf, faulty, percent, ratio, type SpeedTable, time } from './cells.js';

const head = ['', 'batch', 'step', 'products', 'of the ceiling', 'against MaPLe', 'peak memory'];

export function stepSheet(results: Results): SpeedTable {
  const rows = stepRows(results, steps);
  const tower = results.of('tower', 'tower');
  if (tower && rows.length > 0)
    rows.push(stepRow(results, 'vision tower, forward alone', { ...tower, batch: tower.result.batch }));
  return { title: 'Training step', head, rows };
}

export function zooSheet(results: Results): SpeedTable {
  return { title: 'Training step of the other methods', head, rows: stepRows(results, zooSteps) };
}

/** One row per method whose step was timed. */
function stepRows(results: Results, timed: typeof steps): string[][] {
  return timed.flatMap(([method, batch, cached]) => {
    const measured = results.of('step', stepName(method, cached));
    if (!measured) return faulty(results, 'step', stepName(method, cached), head.length);
    return [stepRow(results, methodTitle(method) + (cached ? ', frozen features cached' : ''), { ...measured, batch })];
  });
}

function stepRow(
  results: Results,
  title: string,
  { result, batch, peakBytes }: { result: { seconds: number; operations: number }; batch: number; peakBytes: number },
): string[] {
  const { seconds, operations } = result;
  const ceiling = ceilingOf(results);
  return [
    title,
    String(batch),
    time(seconds),
    `${(operations / 1e9).toFixed(0)} GFLOP`,
    ceiling && operations ? percent(operations / seconds / ceiling) : '–',
    againstMaple(results, seconds),
    bytes(peakBytes),
  ];
}

export function backendSheet(results: Results): SpeedTable {
  const titles = { onnxruntime: 'onnxruntime, compiled', tensorflow: 'tfjs-node', wasm: 'tfjs-wasm', cpu: 'tfjs-cpu' };
  const rows = compared.flatMap(method =>
    backends.flatMap(backend => {
      const name = `${method} on ${backend}`;
      const measured = results.of('backend', name);
      if (!measured) return faulty(results, 'backend', `${methodTitle(method)}, ${titles[backend]}`, 4, name);
      const fastest = results.of('backend', `${method} on onnxruntime`)?.result.seconds;
      const { seconds } = measured.result;
      return [
        [
          `${methodTitle(method)}, ${titles[backend]}`,
          time(seconds),
          ratio(fastest && seconds / fastest),
          bytes(measured.peakBytes),
        ],
      ];
    }),
  );
  return {
    title: 'Training step of the mini-CLIP on other backends, batch 4',
    head: ['', 'step', 'slower', 'peak memory'],
    rows,
  };
}
