import { existsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readRecords } from '@dgprompt/bench';
import { readSettings } from '@dgprompt/bench/search';
import { recommendedSettings } from '@dgprompt/pictograms';
import { expect, test } from 'vitest';
import { callCli } from '../testing/run-cli.js';

const results = join(import.meta.dirname, '..', '..', '..', '..', 'docs', 'results');

test.skipIf(!existsSync(results))(
  'the recommended settings are those of the committed searches, but for DGPrompt',
  async () => {
    const files = ['search.json', 'search-two.json'].map(name => readSettings(join(results, name)));
    const { dgprompt, ...searched } = Object.fromEntries((await Promise.all(files)).flatMap(found => [...found]));
    expect(recommendedSettings).toEqual({ ...searched, dgprompt: expect.stringContaining('retention.blend=0.75') });
    expect(dgprompt).toBe('lr=0.0035');
  },
);

test('--settings recommended applies them, and records contain their values', async () => {
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
