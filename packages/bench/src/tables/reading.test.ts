import { expect, test } from 'vitest';
import { sampleRecord } from '../testing/sample-record.js';
import { readTable } from './reading.js';
import { makeTable } from './table.js';

const read = (...rows: [method: string, base: number, fresh: number][]) =>
  readTable(makeTable(rows.map(([method, base, fresh]) => sampleRecord({ method }, base, fresh))));

test('says who leads, by how much, and where the gain is', () => {
  expect(read(['clip', 39.4, 37.6], ['maple', 43.6, 31.3], ['dgprompt', 45.5, 38.2])).toBe(
    'DGPrompt has the best H, 41.5; 3.1 above CLIP; against CLIP +6.1 on base and +0.6 on new classes. ' +
      'One seed only: differences of about a point are noise.',
  );
  expect(read(['clip', 30, 30], ['maple', 40, 40], ['dgprompt', 42, 42])).toContain(
    '2.0 above MaPLe and 12.0 above CLIP',
  );
});

test('says so when nothing beats zero-shot CLIP', () => {
  expect(read(['clip', 40, 40], ['coop', 45, 30], ['maple', 44, 34])).toContain(
    'CLIP has the best H, 40.0; no trained prompt beats it; MaPLe comes nearest (38.4), +4.0 on base and −6.0 on new classes.',
  );
});

test('a tie is called one', () => {
  expect(read(['maple', 40, 40], ['coop', 40.01, 40.01])).toContain('level with MaPLe');
});

test('a transfer is read by the average over the targets, few shots by the most of them', () => {
  const transfer = (method: string, source: number, target: number) =>
    sampleRecord({ protocol: 'cross-dataset', task: 'a', method }, { a: source, b: target });
  expect(readTable(makeTable([transfer('clip', 50, 40), transfer('maple', 60, 42)]))).toContain(
    'MaPLe has the best average over the targets, 42.0; 2.0 above CLIP; against CLIP +10.0 on the source.',
  );
  const shots = (method: string, k: number, top1: number) =>
    sampleRecord({ protocol: 'few-shot', method, shots: k }, { all: top1 });
  const few = [shots('clip', 1, 40), shots('clip', 16, 40), shots('coop', 1, 38), shots('coop', 16, 50)];
  expect(readTable(makeTable(few))).toContain(
    'CoOp has the best accuracy with 16 shots, 50.0; 10.0 above CLIP; against CLIP −2.0 with 1 shot.',
  );
});

test('one method alone, and none', () => {
  expect(read(['clip', 40, 40])).toBe('CLIP reaches H 40.0.');
  expect(readTable(makeTable([]))).toBe('');
});
