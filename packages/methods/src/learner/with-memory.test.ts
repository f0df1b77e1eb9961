import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Clip, loadClip } from '@dgprompt/clip';
import { classSubset, fewShot } from '@dgprompt/datasets';
import { useDevice } from '@dgprompt/engine';
import { openSafetensors } from '@dgprompt/io';
import { loadTask, miniClip } from '@dgprompt/pictograms';
import { beforeAll, describe, expect, it } from 'vitest';
import { checkMethod } from '../check/check-method.js';
import { evaluate } from '../evaluation/evaluate.js';
import { tinyClip } from '../testing/tiny.js';
import { train } from '../training/train.js';
import { resolveMethod } from '../zoo/all.js';

const golden = fileURLToPath(new URL('../../../../../shared/golden-memory/weather.safetensors', import.meta.url));

let clip: Clip;
beforeAll(async () => {
  await useDevice({ threads: 1 });
  clip = await loadClip(miniClip);
});

describe('a method with a class memory', () => {
  it.skipIf(!existsSync(golden))(
    'is right as often as an independent implementation, also with base and new together',
    async () => {
      const file = openSafetensors(golden);
      const right = JSON.parse(file.metadata.right!) as Record<
        'base' | 'new',
        Record<string, number> & { joint: Record<string, number> }
      >;
      file.close();
      const weather = fewShot(await loadTask('weather'), 16, 1);
      const [base, rest] = [classSubset(weather, 'base'), classSubset(weather, 'new')];
      const middle = base.classNames.length;
      const among = (isBase: boolean) => ({
        ...weather,
        test: weather.test.filter(({ label }) => label < middle === isBase),
      });
      const near = (found: number, expected: number) =>
        expect(Math.abs(found - expected), `${found} and ${expected}`).toBeLessThanOrEqual(1);
      for (const joint of ['mass', 'offset']) {
        const method = resolveMethod(`clip:memory+memory.joint=${joint}`)(clip, base);
        for await (const _ of train(method));
        near((await evaluate(method, base)).correct, right.base.memory_seen_centred_unseen!);
        near((await evaluate(method, rest)).correct, right.new.memory_seen_centred_unseen!);
        near((await evaluate(method, among(true))).correct, right.base.joint[joint]!);
        near((await evaluate(method, among(false))).correct, right.new.joint[joint]!);
        method.dispose();
      }
    },
  );

  it.each([
    'clip:memory',
    'coop:memory',
    'maple:memory',
    'cocoop:memory+reduction=1',
    'dgprompt:memory',
    'kgcoop:memory',
  ])('%s keeps its promises', id => checkMethod(resolveMethod(id), { clip: tinyClip() }));

  it('is refused in one sentence where there are no text features to guide', () => {
    expect(() => resolveMethod('linear-probe:memory')(clip, ['sun', 'moon'])).toThrow(
      /linear-probe:memory has no text features that other classes share, so a class memory cannot guide it/,
    );
    expect(() => resolveMethod('coop:memory+memory.ridge=0')(clip, ['sun', 'moon'])).toThrow(
      /memory.ridge is 0; it must be/,
    );
  });
});
