import { expect, test } from 'vitest';
import { comparable } from '../records/distinguish.js';
import { sampleRecord } from '../testing/sample-record.js';
import { readTable } from './reading.js';
import { sectionsOf } from './section.js';
import { makeTable } from './table.js';

const read = (...rows: [method: string, base: number, fresh: number][]) =>
  readTable(makeTable(rows.map(([method, base, fresh]) => sampleRecord({ method }, base, fresh))), () => true);

test('says which method leads, by how much, and where the gain is', () => {
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

test('a method is compared with CLIP on as many views', () => {
  const rows = [
    sampleRecord({}, 40, 40),
    sampleRecord({ views: 5 }, 42, 42),
    sampleRecord({ method: 'maple', views: 5 }, 45, 45),
  ];
  const read = (some: typeof rows) => readTable(makeTable(some), () => true);
  expect(read(rows)).toContain('3.0 above CLIP, 5 views; against CLIP, 5 views +3.0 on base');
  expect(read([rows[0]!, rows[2]!])).toMatch(/45\.0; 5\.0 above CLIP\. One seed/);
  expect(read(rows.slice(0, 2))).toMatch(/^CLIP, 5 views has the best H, 42\.0; 2\.0 above CLIP\. One seed/);
});

test('seeds that only some methods ran with are not counted for all', () => {
  const run = (method: string, seed: number) =>
    sampleRecord({ protocol: 'cross-dataset', task: 'a', method, seed }, { a: 50, b: 40 });
  const some = [run('clip', 1), run('clip', 2), run('clip', 3), run('coop', 1)];
  expect(readTable(makeTable(some))).toMatch(/ Mean of 1 to 3 seeds\.$/);
  expect(readTable(makeTable([...some, run('coop', 2), run('coop', 3)]))).toMatch(/ Mean of 3 seeds\.$/);
});

test('a tie is reported as one', () => {
  expect(read(['maple', 40, 40], ['coop', 40.01, 40.01])).toContain('level with MaPLe');
});

test('a transfer is read by the average over the targets, few-shot by the largest number of shots', () => {
  const transfer = (method: string, source: number, target: number) =>
    sampleRecord({ protocol: 'cross-dataset', task: 'a', method }, { a: source, b: target });
  expect(readTable(makeTable([transfer('clip', 50, 40), transfer('maple', 60, 42)]), () => true)).toContain(
    'MaPLe has the best average over the targets, 42.0; 2.0 above CLIP; against CLIP +10.0 on the source.',
  );
  const shots = (method: string, k: number, top1: number) =>
    sampleRecord({ protocol: 'few-shot', method, shots: k }, { all: top1 });
  const few = [shots('clip', 1, 40), shots('clip', 16, 40), shots('coop', 1, 38), shots('coop', 16, 50)];
  expect(readTable(makeTable(few), () => true)).toContain(
    'CoOp has the best accuracy with 16 shots, 50.0; 10.0 above CLIP; against CLIP −2.0 with 1 shot.',
  );
});

test('a single method, and none', () => {
  expect(read(['clip', 40, 40])).toBe('CLIP reaches H 40.0.');
  const few = sampleRecord({ protocol: 'few-shot', shots: 2 }, { all: 7.8 });
  expect(readTable(makeTable([few]))).toBe('CLIP reaches 7.8 with 2 shots.');
  expect(readTable(makeTable([]), () => true)).toBe('');
});

test('the best must be statistically distinguishable, as in `compare`', () => {
  const tasks = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'];
  const withGain = (difference: (i: number) => number) => {
    const records = tasks.flatMap((task, i) => [
      sampleRecord({ task, method: 'coop' }, 50, 50),
      sampleRecord({ task, method: 'maple' }, 50 + difference(i), 50 + difference(i)),
    ]);
    return sectionsOf(comparable(records)[0]!)[0]!.reading;
  };
  expect(withGain(() => 2)).toMatch(/^MaPLe has the best H, 52\.0; 2\.0 above CoOp\. One seed/);
  expect(withGain(i => (i % 2 === 0 ? 9 : -8))).toMatch(
    /^MaPLe has the highest H, 50\.5; 0\.5 above CoOp\. The difference between MaPLe and CoOp is not significant\. One seed/,
  );
});
