import { methodTitle } from '@dgprompt/bench/methods';
import { bytes } from '@dgprompt/io';
import { backends, compared, stepName, steps, zooSteps } from '../jobs.js';
import type { Results } from '../results.js';
import { ceilingOf, faulty, percent, ratio, type SpeedTable, time } from './cells.js';

/** A row for each method whose step was timed. */
function stepRows(results: Results, timed: typeof steps): string[][] {
  const ceiling = ceilingOf(results);
  const maple = results.of('step', 'maple')?.result.seconds;
  return timed.flatMap(([method, batch, cached]) => {
    const measured = results.of('step', stepName(method, cached));
    if (!measured) return faulty(results, 'step', stepName(method, cached), 7);
    const { seconds, operations } = measured.result;
    return [
      [
        methodTitle(method) + (cached ? ', frozen features cached' : ''),
        String(batch),
        time(seconds),
        `${(operations / 1e9).toFixed(0)} GFLOP`,
        ceiling && operations ? percent(operations / seconds / ceiling) : '–',
        ratio(maple && seconds / maple),
        bytes(measured.peakBytes),
      ],
    ];
  });
}

const stepHead = ['', 'batch', 'step', 'products', 'of the ceiling', 'against MaPLe', 'peak memory'];

export function stepSheet(results: Results): SpeedTable {
  const ceiling = ceilingOf(results);
  const maple = results.of('step', 'maple')?.result.seconds;
  const tower = results.of('tower', 'tower')?.result;
  const rows = stepRows(results, steps);
  if (tower && rows.length > 0)
    rows.push([
      'vision tower, forward alone',
      String(tower.batch),
      time(tower.seconds),
      `${(tower.operations / 1e9).toFixed(0)} GFLOP`,
      ceiling ? percent(tower.operations / tower.seconds / ceiling) : '–',
      ratio(maple && tower.seconds / maple),
      bytes(results.of('tower', 'tower')!.peakBytes),
    ]);
  return {
    title: 'Training step',
    head: stepHead,
    rows,
  };
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

export function zooSheet(results: Results): SpeedTable {
  return { title: 'Training step of the other methods', head: stepHead, rows: stepRows(results, zooSteps) };
}
