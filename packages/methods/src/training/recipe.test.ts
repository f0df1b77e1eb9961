import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { useDevice } from '@dgprompt/engine';
import { learningRateAt, type OptimizerSettings, type ScheduleSettings } from '@dgprompt/engine/optim';
import { randomStream } from '@dgprompt/io';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Method } from '../learner/types.js';
import { methodVariant } from '../method/define.js';
import { distance, imageViews, items, names, tinyClip, values } from '../testing/tiny.js';
import { coop } from '../zoo/coop.js';
import { dgprompt } from '../zoo/dgprompt.js';
import { maple } from '../zoo/maple.js';
import { tipAdapter } from '../zoo/tip-adapter.js';
import { classTargets, episodeOf } from './data.js';
import type { Epoch } from './history.js';
import { lossTerms } from './loss.js';
import { type Step, type TrainOptions, train } from './train.js';

const clip = tinyClip();
beforeAll(() => useDevice({ threads: 1 }));

async function trained(method: Method, options: TrainOptions = {}, until = Number.POSITIVE_INFINITY): Promise<Epoch[]> {
  const epochs: Epoch[] = [];
  for await (const epoch of train(method, items(4), { transform: imageViews(), batch: 4, lr: 0.02, ...options })) {
    epochs.push(epoch);
    if (epoch.number >= until) break;
  }
  return epochs;
}

const optimizers: OptimizerSettings[] = [
  { name: 'sgd', momentum: 0 },
  { name: 'sgd', nesterov: true, weightDecay: 0.01 },
  { name: 'adam' },
  { name: 'adamw', beta2: 0.98, eps: 1e-6, weightDecay: 0.1 },
];
const schedules: ScheduleSettings[] = [
  { name: 'constant' },
  { name: 'cosine', per: 'step', warmup: { epochs: 1, kind: 'linear', from: 0.1 } },
  { name: 'step', stepSize: 2, gamma: 0.5 },
  { name: 'multi-step', milestones: [1, 3] },
  { name: 'one-cycle' },
];

describe('optimizers and schedules of a recipe', () => {
  it.each(schedules)('the rate of every step is that of the schedule: %o', async schedule => {
    const rates: number[] = [];
    await trained(coop(clip, names), { epochs: 4, schedule, onStep: ({ lr }: Step) => rates.push(lr) });
    const expected = [1, 2, 3, 4].flatMap(epoch =>
      [1, 2, 3].map(step => learningRateAt(schedule, { lr: 0.02, epochs: 4, stepsPerEpoch: 3, epoch, step })),
    );
    expect(rates).toEqual(expected);
    expect(new Set(rates).size > 1).toBe(schedule.name !== 'constant');
  });

  it.each(optimizers.map((optimizer, i) => ({ optimizer, schedule: schedules[i]! })))(
    'an interrupted run resumes bit for bit: %o',
    async recipe => {
      const options = { epochs: 4, ...recipe };
      const whole = maple(clip, names);
      const all = await trained(whole, options);
      const checkpoint = await mkdtemp(join(tmpdir(), 'dgprompt-recipe-'));
      await trained(maple(clip, names), { ...options, checkpoint }, 2);
      const again = maple(clip, names);
      const rest = await trained(again, { ...options, checkpoint });
      expect(rest.map(({ loss }) => loss)).toEqual(all.slice(2).map(({ loss }) => loss));
      expect(values(again)).toEqual(values(whole));
    },
  );

  it('each optimizer gives other values, and a group can have its own rate and decay', async () => {
    const ends = await Promise.all(
      optimizers.map(async optimizer => {
        const method = coop(clip, names);
        await trained(method, { epochs: 2, optimizer });
        return values(method).context!.join();
      }),
    );
    expect(new Set(ends).size).toBe(optimizers.length);

    const still = maple(clip, names);
    still.learner.groups = { visual: { lrScale: 0 } };
    const before = values(still);
    await trained(still, { epochs: 2 });
    const moved = Object.keys(before).filter(name => distance(values(still)[name]!, before[name]!) > 0);
    expect(moved.some(name => name.startsWith('text'))).toBe(true);
    expect(moved.some(name => name.startsWith('visual'))).toBe(false);

    const [free, decayed] = [maple(clip, names), maple(clip, names)];
    decayed.learner.groups = { visual: { weightDecay: 5 } };
    for (const method of [free, decayed]) await trained(method, { epochs: 2 });
    const size = (method: Method) =>
      Object.entries(values(method))
        .filter(([name]) => name.startsWith('visual'))
        .reduce((sum, [, all]) => sum + all.reduce((squares, x) => squares + x * x, 0), 0);
    expect(size(decayed)).toBeLessThan(0.9 * size(free));
  });

  it('are given as text, as an object, or in the method’s recipe', () => {
    const text = 'optimizer.name=adamw+optimizer.weightDecay=0.02+schedule.name=multi-step+schedule.milestones=[2,4]';
    expect(methodVariant(coop, text)(clip, names).recipe).toMatchObject({
      optimizer: { name: 'adamw', weightDecay: 0.02 },
      schedule: { name: 'multi-step', milestones: [2, 4] },
    });
    const warmup = methodVariant(coop, 'schedule.warmup.epochs=3')(clip, names).recipe.schedule;
    expect(warmup).toEqual({ name: 'cosine', warmup: { epochs: 3, kind: 'constant', lr: 1e-5 } });
    expect(methodVariant(coop, 'optimizer.momentum=0.5')(clip, names).recipe.optimizer).toMatchObject({ name: 'sgd' });
    expect(coop(clip, names).recipe.optimizer).toBeUndefined();
    expect(methodVariant(tipAdapter, 'augmentation=randaugment')(clip, names).recipe.cropScale).toBeUndefined();
  });

  it.each([
    ['optimizer.name=lion', /coop: Unknown optimizer "lion"/],
    ['optimizer.momentum=1', /coop: .*momentum.*1/],
    ['schedule.name=cosin', /coop: Unknown schedule "cosin". Did you mean "cosine"\?/],
    [
      'epochs=2+schedule.warmup.epochs=5',
      /coop: The schedule's warm-up of 5 epochs is longer than the run of 2 epochs/,
    ],
    ['cropScale=1.5', /coop: cropScale is 1.5; it must be above 0 and at most 1, the whole image/],
    ['augmentation=blur', /coop: augmentation is "blur"; it must be crops, randaugment or augmix/],
    ['augmentation=randaugment+cropScale=0.5', /coop: cropScale has no effect, since RandAugment sees whole images/],
    ['episode=1', /coop: episode is 1; it must be a whole number of at least 2/],
    ['episode=3+batch=4', /coop: an episode of 3 classes may be too small for the labels of a batch of 4 images/],
  ])('%s is refused in one sentence', (text, sentence) => {
    expect(() => methodVariant(coop, text)(clip, names)).toThrow(sentence);
  });
});

describe('episodes', () => {
  it('hold the labels of the batch and random other classes, each once', () => {
    const seen = new Set<number>();
    for (let i = 0; i < 50; i++) {
      const classes = episodeOf([3, 3, 7], 10, 5, randomStream(1).fork(i));
      expect(classes).toHaveLength(5);
      expect(new Set(classes).size).toBe(5);
      expect(classes).toEqual(expect.arrayContaining([3, 7]));
      for (const label of classes) seen.add(label);
    }
    expect(seen.size).toBe(10);
  });

  it.each([coop, maple, dgprompt])('a step sees the classes of its episode only: $id', async factory => {
    const method = (classNames: readonly string[]) => (factory as typeof maple)(clip, classNames, { seed: 1 });
    const whole = method([...names, 'ant', 'bee']);
    const some = whole.forClasses([names[2]!, 'ant']);
    const view = imageViews();
    const pixels = await Promise.all(['2-0', '2-1'].map(path => view.load(path, randomStream(0))));
    const images = tf.tensor4d(Float32Array.from(pixels.flatMap(one => [...one])), [2, 3, 8, 8]);
    const batch = { images, labels: tf.tensor1d([0, 0], 'int32'), mask: tf.ones<tf.Rank.R1>([2]) };
    const episode = { ...batch, classes: tf.tensor1d([2, 3], 'int32') };
    // weights that are zero at first would hide what reads the class set
    for (const [, variable] of Object.entries(whole.learner.variables).flatMap(entries))
      if (variable.dataSync().every(x => x === 0)) variable.assign(tf.fill(variable.shape, 0.05));
    const ofEpisode = lossTerms(whole, episode, await classTargets(whole));
    const ofSome = lossTerms(some, batch, await classTargets(some));
    expect(ofEpisode.logits.shape).toEqual([2, 2]);
    expect(distance(ofEpisode.logits.dataSync(), ofSome.logits.dataSync())).toBeLessThan(2e-4);
    if (ofSome.frozen)
      expect(distance(ofEpisode.frozen!.text.dataSync(), ofSome.frozen.text.dataSync())).toBeLessThan(1e-6);
  });

  it('one graph serves all of them, and an interrupted run resumes bit for bit', async () => {
    const classNames = [...names, 'ant', 'bee', 'cow'];
    const make = () => maple(clip, classNames, { seed: 2 });
    const all = items(2, classNames);
    const run = async (method: Method, more: TrainOptions = {}, until = 9) => {
      const losses: number[] = [];
      const options = { transform: imageViews(), epochs: 3, batch: 2, lr: 0.02, episode: 3, ...more };
      for await (const { number, loss } of train(method, all, options)) {
        losses.push(loss);
        if (number === until) break;
      }
      return losses;
    };
    const whole = make();
    const losses = await run(whole);
    const without = await run(make(), { episode: undefined });
    expect(losses).not.toEqual(without);
    expect(losses[0]).toBeLessThan(without[0]!); // three classes are easier than six
    const checkpoint = await mkdtemp(join(tmpdir(), 'dgprompt-episodes-'));
    await run(make(), { checkpoint }, 1);
    const again = make();
    expect(await run(again, { checkpoint })).toEqual(losses.slice(1));
    expect(values(again)).toEqual(values(whole));
    expect(await run(make(), { episode: 6 })).toEqual(without); // all classes: no episodes
  });
});

function entries([, tree]: [string, unknown]): [string, tf.Variable][] {
  if (tree instanceof tf.Variable) return [['', tree]];
  return Object.entries(tree as object).flatMap(entries);
}
