import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeRecord } from '@dgprompt/bench/records';
import { sampleRecord } from '@dgprompt/bench/testing/sample-record';
import { expect, test } from 'vitest';
import { startCli } from '../testing/run-cli.js';

test('a reader that stops early gets no stack trace', async () => {
  const results = await mkdtemp(join(tmpdir(), 'dgprompt-pipe-'));
  for (let i = 0; i < 40; i++) await writeRecord(results, sampleRecord({ protocol: `own-${i}` }, 50, 50));
  const { child, ended } = startCli(['table', '--results', results]);
  child.stdout!.destroy();
  const { code, stderr } = await ended;
  expect(stderr).toBe('');
  expect(code).toBe(0);
});

test('a closed standard error ends a command quietly', async () => {
  const { child, ended } = startCli(['table', '--results', '/no/such/folder']);
  child.stderr!.destroy();
  expect((await ended).stdout).toBe('');
});
