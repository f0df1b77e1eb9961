import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { learningRate, learningRateAt, type ScheduleSettings, scheduleSettings, type Warmup } from './index.js';

const golden = fileURLToPath(new URL('../../../../../shared/golden/lr-schedule.json', import.meta.url));

describe('learningRate', () => {
  it('warms up for one epoch and then falls along a cosine', () => {
    const rates = [1, 2, 3, 4].map(epoch => learningRate(epoch, { lr: 1, epochs: 4 }));
    expect(rates).toEqual([1e-5, 1, 0.5 + Math.SQRT1_2 / 2, 0.5].map(x => expect.closeTo(x, 12)));
  });

  it.skipIf(!existsSync(golden))('equals the published schedules (skipped without ../shared/golden)', () => {
    const schedules: { base_lr: number; max_epoch: number; lr_per_epoch: number[] }[] = JSON.parse(
      readFileSync(golden, 'utf8'),
    );
    expect(schedules.length).toBeGreaterThan(0);
    for (const { base_lr, max_epoch, lr_per_epoch } of schedules)
      lr_per_epoch.forEach((expected, i) => {
        const lr = learningRate(i + 1, { lr: base_lr, epochs: max_epoch });
        expect(Math.abs(lr - expected) / expected).toBeLessThan(1e-12);
      });
  });
});

describe('learningRateAt', () => {
  it('equals learningRate bit for bit by default', () => {
    for (const epochs of [1, 2, 5, 50, 200])
      for (let epoch = 1; epoch <= epochs; epoch++) {
        const rate = learningRateAt(scheduleSettings(), { lr: 0.0035, epochs, stepsPerEpoch: 7, epoch, step: 3 });
        const bits = epoch === 1 ? 1e-5 : (0.0035 / 2) * (1 + Math.cos((Math.PI * (epoch - 2)) / epochs));
        expect(rate).toBe(bits);
        expect(learningRate(epoch, { lr: 0.0035, epochs })).toBe(bits);
      }
  });

  it('counts steps or epochs', () => {
    const run = { lr: 1, epochs: 4, stepsPerEpoch: 2 };
    const rates = (per: 'epoch' | 'step') =>
      [1, 2, 3, 4].flatMap(epoch =>
        [1, 2].map(step => learningRateAt({ name: 'step', per, stepSize: 3, gamma: 0.5 }, { ...run, epoch, step })),
      );
    expect(rates('epoch')).toEqual([1, 1, 1, 1, 1, 1, 0.5, 0.5]);
    expect(rates('step')).toEqual([1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25]);
  });

  it('repeats the schedule with its warm-up', () => {
    const rates = (epochs: number, repeat?: number) =>
      Array.from({ length: epochs }, (_, i) =>
        learningRateAt(scheduleSettings({ name: 'cosine', warmup: { epochs: 1 }, repeat }), {
          ...{ lr: 1, epochs, stepsPerEpoch: 2, epoch: i + 1, step: 1 },
        }),
      );
    expect(rates(8, 2)).toEqual([...rates(4), ...rates(4)]);
    expect(scheduleSettings({ name: 'constant' })).not.toHaveProperty('repeat');
    expect(rates(7, 2)).toEqual([...rates(4), ...rates(4).slice(0, 3)]);
  });

  it('is finite in runs of a few steps', () => {
    for (const name of ['constant', 'cosine', 'linear', 'one-cycle'] as const)
      for (const epochs of [1, 2, 3])
        for (let epoch = 1; epoch <= epochs; epoch++)
          expect(learningRateAt({ name }, { lr: 1, epochs, stepsPerEpoch: 1, epoch, step: 1 })).toBeLessThanOrEqual(1);
  });

  it('is finite in a run that is all warm-up', () => {
    const run = { lr: 1, epochs: 2, stepsPerEpoch: 1, step: 1 };
    const rates = (name: 'cosine' | 'linear', warmup: Warmup) =>
      [1, 2].map(epoch => learningRateAt({ name, period: 'rest', warmup }, { ...run, epoch }));
    for (const name of ['cosine', 'linear'] as const) {
      expect(rates(name, { epochs: 2, kind: 'linear' })).toEqual([1e-5, 0.5]);
      expect(rates(name, { epochs: 2, kind: 'linear', from: 0 })).toEqual([0, 0.5]);
    }
  });

  it('rejects an epoch or step outside the run', () => {
    const run = { lr: 1, epochs: 4, stepsPerEpoch: 2, epoch: 1, step: 1 };
    expect(() => learningRateAt({ name: 'constant' }, { ...run, epoch: 0 })).toThrow(
      'epoch must be a whole number from 1 to epochs (4), not 0.',
    );
    expect(() => learningRateAt({ name: 'constant' }, { ...run, step: 3 })).toThrow(
      'step must be a whole number from 1 to stepsPerEpoch (2), not 3.',
    );
  });

  it('rejects a run shorter than the warm-up', () => {
    const run = { lr: 1, epochs: 2, stepsPerEpoch: 4, epoch: 1, step: 1 };
    expect(() => learningRateAt({ name: 'step', stepSize: 1, warmup: { epochs: 3 } }, run)).toThrow(
      new Error(
        "The schedule's warm-up of 3 epochs is longer than the run of 2 epochs; set more epochs or a shorter warmup.",
      ),
    );
    expect(() => learningRateAt({ name: 'cosine', per: 'step', warmup: { steps: 9 } }, run)).toThrow(
      new Error(
        "The schedule's warm-up of 9 steps is longer than the run of 2 epochs of 4 steps; set more epochs or a shorter warmup.",
      ),
    );
    expect(learningRateAt({ name: 'cosine', warmup: { epochs: 2 } }, run)).toBe(1e-5);
  });
});

describe('scheduleSettings', () => {
  it('fills in the defaults', () => {
    expect(scheduleSettings()).toEqual({
      name: 'cosine',
      per: 'epoch',
      etaMin: 0,
      period: 'run',
      warmup: { epochs: 1, kind: 'constant', lr: 1e-5 },
    });
    expect(scheduleSettings({ name: 'one-cycle' })).toMatchObject({ per: 'step', divFactor: 25 });
  });

  it.each([
    [{ name: 'cosin' }, /^Unknown schedule "cosin"\. Did you mean "cosine"\? Known: constant, cosine, .*one-cycle\.$/],
    [{ name: 'step' }, /^schedule step needs stepSize, a whole number of at least 1\.$/],
    [{ name: 'cosine', gamma: 1 }, /^Unknown setting of schedule cosine "gamma"\./],
    [
      { name: 'multi-step', milestones: [5, 3] },
      /^schedule multi-step: milestones must be a rising list .*, not \[5,3\]\.$/,
    ],
    [{ name: 'cosine', warmup: {} }, /^warmup of schedule cosine needs either epochs or steps, its length\.$/],
    [{ name: 'cosine', warmup: { epochs: 1, kind: 'lin' } }, /kind must be "constant" or "linear", not "lin"\.$/],
    [{ name: 'cosine', warmup: { epochs: 1, from: 0.1 } }, /from is for kind "linear"/],
    [{ name: 'cosine', warmup: { steps: 5 } }, /steps needs a schedule per step/],
    [{ name: 'one-cycle', warmup: { epochs: 1 } }, /one-cycle has its own rise/],
  ])('rejects %j in one sentence', (settings, message) => {
    expect(() => scheduleSettings(settings as ScheduleSettings)).toThrow(message);
  });
});
