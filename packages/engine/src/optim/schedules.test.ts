import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { learningRate } from './schedules.js';

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
