import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clip, loadClip } from '@dgprompt/clip';
import { useDevice } from '@dgprompt/engine';
import { miniClip } from '@dgprompt/pictograms';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bench, chooseMethods, openProtocol, openSuite } from '../index.js';
import { chosenOnTest } from '../tables/formats/legend.js';

let clip: Clip;
beforeAll(async () => {
  await useDevice({ threads: 1 });
  clip = await loadClip(miniClip);
});
afterAll(() => clip.dispose());

async function run(name: string, overrides?: Record<string, string>, valIsTest?: true) {
  const { methods } = await chooseMethods([name]);
  const { protocol } = await openProtocol('few-shot');
  const results = await mkdtemp(join(tmpdir(), 'dgprompt-test-search-'));
  const opened = await openSuite('pictograms');
  const load: typeof opened.load = async (task, options) => {
    const dataset = await opened.load(task, options);
    return valIsTest ? { ...dataset, val: dataset.test, valIsTest } : dataset;
  };
  const suite = { ...opened, load };
  return bench({ clip, suite, protocol, tasks: ['weather'], shots: 1, methods, overrides, results, validate: true });
}

test('a search on test images must be requested by name, and tables report it', async () => {
  const { records, failed } = await run('tip-adapter:test-search+steps.beta=3+steps.alpha=3');
  expect(failed).toEqual([]);
  expect(chosenOnTest(records)).toEqual([
    'Settings chosen on the test images, as in the published code: Tip-Adapter:test-search+steps.beta=3+steps.alpha=3. Such numbers are too high.',
  ]);
  const { failed: refused } = await run('tip-adapter', { search: 'test' });
  expect(refused[0]!.error.message).toBe(
    'tip-adapter would choose its settings on the test images; ask for that by name, tip-adapter:test-search, so that tables say so.',
  );
  expect(chosenOnTest((await run('clip')).records)).toEqual([]);
});

test('validation images that are test images, as in ImageNet, score no epoch and choose no settings', async () => {
  const [apart, same] = [await run('tip-adapter'), await run('tip-adapter', undefined, true)].map(
    ({ records: [record] }) => record!,
  );
  expect(apart!.epochs[0]!.validation).toBeGreaterThan(0);
  expect(same!.epochs[0]).not.toHaveProperty('validation');
  expect(same!.notes).toEqual(['weather: no validation after epochs, since its validation images are its test images']);
});
