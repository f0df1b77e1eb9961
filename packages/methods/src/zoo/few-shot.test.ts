import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { useDevice } from '@dgprompt/engine';
import { beforeAll, describe, expect, it } from 'vitest';
import { evaluate } from '../evaluation/evaluate.js';
import { imageViews, items, names, tinyClip, values } from '../testing/tiny.js';
import { train } from '../training/train.js';
import { resolveMethod } from './all.js';
import { loadMethod } from './load.js';

beforeAll(async () => void (await useDevice()));

const clip = tinyClip();
const settings = { images: 12, shots: 4, protocol: 'few-shot' as const };
const data = items(4);

async function trained(id: string, { stop, ...more }: { stop?: number; checkpoint?: string } = {}) {
  const method = resolveMethod(id)(clip, names, settings);
  const validation = items(6).filter(({ path }) => Number(path.split('-')[1]) > 3);
  const judged = method.learner.adapt ? {} : { validation }; // whose views are of image files
  const options = { transform: imageViews(), epochs: 4, batch: 4, ...judged, ...more };
  for await (const { number } of train(method, data, options)) if (number === stop) break;
  return method;
}

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'zoo-'));
  try {
    await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

const ids = [
  'tip-adapter',
  'tip-adapter-f',
  'gda',
  'clip-adapter',
  'taskres',
  'lpplusplus',
  'clap',
  'plot',
  'tpt:coop',
];

describe('methods on frozen features', () => {
  it.each(ids.filter(id => id !== 'tpt:coop'))('%s gives the same answers after saving and loading', async id => {
    await inFolder(async folder => {
      const method = await trained(id);
      await method.save(folder);
      const later = await loadMethod(folder, clip);
      expect(values(later)).toEqual(values(method));
      const [before, after] = [method, later].map(one => evaluate(one, data, { transform: imageViews() }));
      expect((await after!).predicted).toEqual((await before!).predicted);
    });
  });

  it.each(ids.filter(id => !['tip-adapter', 'gda', 'lpplusplus'].includes(id)))('%s resumes bit for bit', async id => {
    await inFolder(async checkpoint => {
      const whole = values(await trained(id));
      await trained(id, { checkpoint, stop: 2 });
      expect(values(await trained(id, { checkpoint }))).toEqual(whole);
    });
  });
});
