import { existsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readRecords } from '@dgprompt/bench';
import { readSettings } from '@dgprompt/bench/search';
import { recommendedSettings } from '@dgprompt/pictograms';
import { expect, test } from 'vitest';
import { callCli } from '../testing/run-cli.js';

const search = join(import.meta.dirname, '..', '..', '..', '..', 'docs', 'results', 'search.json');

test.skipIf(!existsSync(search))(
  'the recommended settings are those of the committed search, but for DGPrompt',
  async () => {
    const { dgprompt, ...searched } = Object.fromEntries(await readSettings(search));
    expect(recommendedSettings).toEqual({ ...searched, dgprompt: expect.stringContaining('retention.blend=0.75') });
    expect(dgprompt).toBe('lr=0.0035');
  },
);

test('bench takes them with --settings recommended, and its records have their numbers', async () => {
  const results = await mkdtemp(join(tmpdir(), 'dgprompt-recommended-'));
  const call = (...args: string[]) =>
    callCli(['bench', '--tasks', 'weather', '--shots', '1', '--threads', '1', '--results', results, ...args]);
  expect((await call('--methods', 'maple', '--settings', 'recommended')).code).toBe(0);
  const [record] = (await readRecords(results)).records;
  expect(record!.config).toMatchObject({ method: 'maple', options: { tokens: 4 }, recipe: { lr: 0.0035, epochs: 3 } });
});

test('a suite without recommended settings says what to do', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'dgprompt-suite-'));
  const { code, stderr } = await callCli([
    'bench',
    '--suite',
    'eurosat',
    '--root',
    folder,
    '--settings',
    'recommended',
  ]);
  expect(code).toBe(2);
  expect(stderr).toContain('has no recommended settings; choose some with `dgprompt search --suite');
});
