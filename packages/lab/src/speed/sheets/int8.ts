import { methodTitle } from '@dgprompt/bench/methods';
import { bytes } from '@dgprompt/io';
import { inInt8, inTorch, int8Steps, stepName, torchJobs, torchPrecisions } from '../jobs.js';
import type { Results } from '../results.js';
import { faulty, ratio, type SpeedTable, time } from './cells.js';

/** Measurements made in float32 and in int8, with their titles in the table. */
export const int8Rows: readonly { title: string; row: 'tower' | 'step'; name: string }[] = [
  { title: 'vision tower, forward alone, batch 4', row: 'tower', name: 'tower, batch 4' },
  ...int8Steps.map(([method, batch, cached]) => ({
    title: `${methodTitle(method)}'s step${cached ? ', frozen features cached' : ''}, batch ${batch}`,
    row: 'step' as const,
    name: stepName(method, cached),
  })),
  { title: 'vision tower of ViT-L/14, forward alone, batch 4', row: 'tower', name: 'tower on ViT-L/14, batch 4' },
  { title: "MaPLe's step on ViT-L/14, batch 4", row: 'step', name: 'maple on ViT-L/14' },
];

export function int8Sheet(results: Results): SpeedTable {
  const rows = int8Rows.flatMap(({ title, row, name }) => {
    const [whole, narrow] = [results.of(row, name), results.of(row, inInt8(name))];
    if (!whole || !narrow) return faulty(results, row, title, 6, inInt8(name));
    return [
      [
        title,
        time(whole.result.seconds),
        time(narrow.result.seconds),
        ratio(whole.result.seconds / narrow.result.seconds),
        bytes(narrow.peakBytes),
        ratio(narrow.peakBytes / whole.peakBytes),
      ],
    ];
  });
  const head = ['', 'float32', 'int8', 'faster', 'peak memory in int8', "of float32's"];
  return { title: 'Frozen towers in int8', head, rows };
}

/** PyTorch compared with ours, one row per PyTorch precision. */
export function torchSheet(results: Results): SpeedTable {
  const rows = torchJobs.flatMap(({ name }) => {
    const { title, row } = int8Rows.find(one => one.name === name)!;
    const [whole, narrow] = [results.of(row, name), results.of(row, inInt8(name))];
    return torchPrecisions.flatMap(precision => {
      const called = `${title}, ${precision}`;
      const measured = results.of('torch', inTorch(name, precision))?.result;
      if (!measured) return faulty(results, 'torch', called, 5, inTorch(name, precision));
      const faster = (ours: typeof whole) => ratio(ours && measured.seconds / ours.result.seconds);
      return [[called, time(measured.seconds), faster(whole), faster(narrow), bytes(measured.peakBytes)]];
    });
  });
  const head = ['', 'PyTorch', 'ours in float32, faster', 'ours in int8, faster', "PyTorch's peak memory"];
  return { title: 'PyTorch, as MaPLe was published (bfloat16: autocast)', head, rows };
}
