import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readRecords } from '@dgprompt/bench';
import { pillow } from '@dgprompt/images';
import { afterEach, expect, test, vi } from 'vitest';
import { callCli } from '../testing/run-cli.js';

afterEach(() => vi.unstubAllEnvs());

const bench = (results: string, ...more: string[]) =>
  callCli(['bench', '--tasks', 'weather', '--methods', 'clip', '--threads', '1', '--results', results, ...more]);

test('resizing as Pillow 12 makes a separate run, by option or environment', async () => {
  const results = await mkdtemp(join(tmpdir(), 'dgprompt-pillow-'));
  const versions = async () => (await readRecords(results)).records.map(({ config }) => config.pillow).sort();
  expect((await bench(results)).code).toBe(0);
  expect((await bench(results, '--pillow', '13')).code).toBe(0);
  expect(await versions()).toEqual([13]);
  expect((await bench(results, '--pillow', '12')).code).toBe(0);
  expect(await versions()).toEqual([13, undefined]); // omitted for 12, as in older records
  vi.stubEnv('DGPROMPT_PILLOW', '12');
  expect((await bench(results)).stderr).toContain('1 of 1 runs are already done');
  expect(await versions()).toHaveLength(2);
  expect(pillow()).toBe(12);
  vi.unstubAllEnvs();
  expect((await bench(results, '--pillow', '11')).stderr).toContain("argument '11' is invalid. It must be 12 or 13.");
});
