import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadClip } from '@dgprompt/clip';
import { expect, test } from 'vitest';
import { type BenchSettings, openSettings } from '../settings.js';
import { tinyClip, tinySuite } from '../testing/tiny.js';
import { planRuns } from './plan.js';
import { writePlan } from './plan-file.js';
import { planWorker } from './worker.js';

test('a run whose data changed is refused for that, not with the reason of another run of its task', async () => {
  const root = await tinySuite(['dim']);
  const model = await tinyClip();
  const settings: BenchSettings = {
    ...{ protocol: 'few-shot', suite: root, model, threads: 1, seeds: [1], shots: [2, 9] },
    ...{ methods: ['maple:depth=99', 'clip'], results: await mkdtemp(join(tmpdir(), 'dgprompt-worker-')) },
  };
  const clip = await loadClip(model);
  const { planned, failed } = await planRuns({ ...(await openSettings(settings)), clip, seeds: [1], shots: [2, 9] });
  clip.dispose();
  expect(planned.map(({ method, shots }) => [method, shots])).toEqual([['clip', 2]]);
  expect(failed).toHaveLength(3);
  const { plan } = await writePlan(settings, planned, 'dgprompt bench');
  await rm(join(root, 'dim', 'red', '9.png'));
  const worker = planWorker(plan);
  await expect(worker.perform(0, {})).rejects.toThrow('is not what was planned: data, code or CLIP have changed since');
  worker.dispose();
});
