import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readRecords } from '@dgprompt/bench';
import { runFiles } from '@dgprompt/bench/records';
import { tinyClip, tinySuite } from '@dgprompt/bench/testing/tiny';
import { expect, test } from 'vitest';
import { callCli } from '../testing/run-cli.js';

test('a fully trained run without a record is tested from its checkpoint, and its record has every epoch', async () => {
  const model = await tinyClip();
  const suite = await tinySuite(['dim']);
  const results = await mkdtemp(join(tmpdir(), 'dgprompt-resume-'));
  const bench = () =>
    callCli([
      ...['bench', '--suite', suite, '--model', model, '--results', results, '--threads', '1'],
      ...['--shots', '2', '--epochs', '3', '--methods', 'kgcoop'],
    ]);
  expect((await bench()).code).toBe(0);
  const [before] = (await readRecords(results)).records;
  const folder = join(results, (await readdir(results)).find(name => name.startsWith('base-to-new'))!);
  await rm(join(folder, runFiles.record));
  expect((await bench()).code).toBe(0);
  const [after] = (await readRecords(results)).records;
  expect(after!.tests).toEqual(before!.tests);
  expect(after!.epochs).toEqual(before!.epochs);
  const trained = after!.epochs.reduce((sum, { seconds }) => sum + seconds, 0);
  expect(after!.timings.resumed).toBeCloseTo(trained, 9);
  expect(after!.timings.train).toBeGreaterThan(trained);
  expect(after!.timings.total).toBeGreaterThan(after!.timings.train!);
  expect(before!.timings).not.toHaveProperty('resumed');
  expect(await readFile(join(folder, runFiles.log), 'utf8')).toContain('resumes after epoch 3 from its checkpoint');
});
