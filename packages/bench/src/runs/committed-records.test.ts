import { fileURLToPath } from 'node:url';
import { loadClip } from '@dgprompt/clip';
import { useDevice } from '@dgprompt/engine';
import { usePillow } from '@dgprompt/images';
import { zeroshot } from '@dgprompt/methods';
import { miniClip } from '@dgprompt/pictograms';
import { afterAll, expect, test } from 'vitest';
import { findRecord } from '../records/record.js';
import { openSuite } from '../suites/suite.js';
import { planRuns } from './plan.js';

afterAll(() => usePillow(undefined));

test('the committed records are of this mini-CLIP and these pictograms, by hash', async () => {
  const results = fileURLToPath(new URL('../../../../docs/results/records', import.meta.url));
  usePillow(12); // older than 13
  await useDevice({ threads: 1 });
  const clip = await loadClip(miniClip);
  expect(clip.notes).toEqual([]);
  const suite = await openSuite('pictograms');
  const { planned } = await planRuns({ clip, suite, tasks: ['weather'], methods: [zeroshot], threads: 1 });
  expect(await findRecord(results, planned[0]!.run.config)).toMatchObject({ config: { model: clip.id } });
  clip.dispose();
});
