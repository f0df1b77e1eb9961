import { learningRate } from '@dgprompt/engine';
import type { Comparison } from '../golden/method-steps.js';

/** A recorded schedule: the learning rate of each epoch. */
export interface RecordedSchedule {
  base_lr: number;
  max_epoch: number;
  warmup_epoch?: number;
  warmup_lr?: number;
  lr_per_epoch: number[];
}

/** Whether a JSON file's contents are recorded schedules, of one epoch or more each. */
export const isSchedules = (json: unknown): json is RecordedSchedule[] =>
  Array.isArray(json) && json.length > 0 && json.every(isSchedule);

const isSchedule = (json: unknown): boolean => {
  const rates = (json as Partial<RecordedSchedule> | null)?.lr_per_epoch;
  return Array.isArray(rates) && rates.length > 0;
};

/** Compares every epoch's rate, relative to itself. */
export function scheduleCase(schedules: readonly RecordedSchedule[]): Comparison[] {
  return schedules.map(({ base_lr: lr, max_epoch: epochs, warmup_epoch = 1, warmup_lr = 1e-5, lr_per_epoch }) => {
    const warmup = { epochs: warmup_epoch, lr: warmup_lr };
    const errors = lr_per_epoch.map((expected, i) => {
      const error = Math.abs(learningRate(i + 1, { lr, epochs }, warmup) - expected);
      return error / Math.max(Math.abs(expected), 1e-12);
    });
    return { what: `${epochs} epochs at ${lr}`, error: Math.max(...errors), tolerance: 1e-9 };
  });
}
