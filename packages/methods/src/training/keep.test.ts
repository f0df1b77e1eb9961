import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { useDevice } from '@dgprompt/engine';
import { beforeAll, describe, expect, it } from 'vitest';
import { evaluate } from '../evaluation/evaluate.js';
import type { Method } from '../learner/types.js';
import { imageViews, items, names, tinyClip, values } from '../testing/tiny.js';
import { resolveMethod } from '../zoo/all.js';
import { coop } from '../zoo/coop.js';
import type { Epoch } from './history.js';
import { type TrainOptions, train } from './train.js';

const clip = tinyClip();
beforeAll(() => useDevice({ threads: 1 }));

const validation = items(6).filter((_, i) => i % 2 === 1);
/** Rates so high that accuracy goes up and down. */
const wild: TrainOptions = { epochs: 8, batch: 4, lr: 2, schedule: { name: 'constant' }, validation };

async function run(method: Method, options: TrainOptions, until = 99): Promise<Epoch[]> {
  const epochs: Epoch[] = [];
  const onResume = (done: readonly Epoch[]) => epochs.push(...done);
  for await (const epoch of train(method, items(4), { transform: imageViews(), ...options, onResume })) {
    epochs.push(epoch);
    if (epoch.number === until) break;
  }
  return epochs;
}

const scores = (epochs: Epoch[]) => epochs.map(one => one.validation!);

describe('the kept epoch', () => {
  it('is the best on validation images, the earliest on a tie, in memory or with a checkpoint', async () => {
    const last = coop(clip, names);
    const all = await run(last, wild);
    const best = scores(all).indexOf(Math.max(...scores(all))) + 1;
    expect(best).toBeLessThan(8); // or this would test nothing
    const there = coop(clip, names);
    await run(there, wild, best);
    const kept = coop(clip, names);
    expect(scores(await run(kept, { ...wild, keep: 'best' }))).toEqual(scores(all));
    expect(values(kept)).toEqual(values(there));
    expect(values(kept)).not.toEqual(values(last));
    expect((await evaluate(kept, validation, { transform: imageViews() })).top1).toBe(Math.max(...scores(all)));

    const checkpoint = await mkdtemp(join(tmpdir(), 'dgprompt-keep-'));
    for (const until of [best, 7, 99]) {
      const cut = coop(clip, names);
      await run(cut, { ...wild, keep: 'best', checkpoint }, until);
      if (until === 99) expect(values(cut)).toEqual(values(there));
    }
    const finished = coop(clip, names); // a finished run, opened again
    expect(scores(await run(finished, { ...wild, keep: 'best', checkpoint }))).toEqual(scores(all));
    expect(values(finished)).toEqual(values(there));
  });

  it('stops after `patience` epochs without a better one, and stays stopped when it is resumed', async () => {
    const all = scores(await run(coop(clip, names), wild));
    const end = all.findIndex(
      (_, i) => i + 1 - (all.slice(0, i + 1).indexOf(Math.max(...all.slice(0, i + 1))) + 1) >= 2,
    );
    expect(end).toBeGreaterThan(0);
    expect(end).toBeLessThan(7);
    const checkpoint = await mkdtemp(join(tmpdir(), 'dgprompt-patience-'));
    const options = { ...wild, patience: 2, checkpoint };
    expect(scores(await run(coop(clip, names), options))).toEqual(all.slice(0, end + 1));
    expect(scores(await run(coop(clip, names), options))).toEqual(all.slice(0, end + 1));
  });

  it('reports steps and epochs to callbacks', async () => {
    const [steps, epochs]: number[][] = [[], []];
    await run(coop(clip, names), {
      epochs: 2,
      batch: 4,
      onStep: ({ epoch, step }) => steps!.push(10 * epoch + step),
      onEpoch: ({ number }) => epochs!.push(number),
    });
    expect([steps, epochs]).toEqual([
      [11, 12, 13, 21, 22, 23],
      [1, 2],
    ]);
  });

  it.each([
    [{ patience: 0 }, /coop: patience is 0; it must be a whole number/],
    [{ patience: 2, validation: [] }, /coop: patience compares validation accuracies, and there are no validation/],
    [{ keep: 'best' as const, validation: [] }, /coop: keep is "best", and there are no validation images/],
    [{ epoch: 3 } as object, /coop: Unknown option of train "epoch"\. Did you mean "epochs"\?/],
    [{ keep: 'first' as never }, /coop: keep is "first"; it must be "last" or "best"/],
  ])('%o is refused in one sentence', async (options, sentence) => {
    await expect(run(coop(clip, names), { ...wild, ...options })).rejects.toThrow(sentence);
  });

  it('refuses patience for a method that averages over all epochs', async () => {
    const early = run(resolveMethod('promptsrc')(clip, names), { ...wild, patience: 2 });
    await expect(early).rejects.toThrow('promptsrc: patience may end training before the last epoch');
  });
});
