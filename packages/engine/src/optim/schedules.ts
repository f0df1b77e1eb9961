import { rateOn } from './curves.js';
import { publishedSchedule, type ScheduleSettings, scheduleSettings, type Warmup } from './schedule-settings.js';

/** A step of a run. */
export interface ScheduleMoment {
  /** The schedule's highest rate. */
  lr: number;
  /** Length of the run. */
  epochs: number;
  stepsPerEpoch: number;
  /** From 1 to `epochs`. */
  epoch: number;
  /** From 1 to `stepsPerEpoch`, within the epoch. */
  step: number;
}

/**
 * The learning rate of a step. The rates are those of PyTorch's schedulers, stepped after every epoch (or step) and
 * preceded by Dassl's warm-ups. A schedule per epoch has one rate for all steps of an epoch.
 *
 * @param settings the default of `scheduleSettings` is the published prompt learners' schedule
 * @throws one sentence for settings that `scheduleSettings` rejects, for a run shorter than the warm-up, and for an
 *   epoch or step outside the run
 *
 * @example
 * ```ts
 * import { learningRateAt } from '@dgprompt/engine/optim';
 *
 * const run = { lr: 0.002, epochs: 2, stepsPerEpoch: 4 };
 * const rise = { name: 'linear', per: 'step', warmup: { steps: 4, kind: 'linear', from: 0 } } as const;
 * for (const epoch of [1, 2])
 *   console.log([1, 2, 3, 4].map(step => learningRateAt(rise, { ...run, epoch, step })));
 * // [ 0, 0.0005, 0.001, 0.0015 ]
 * // [ 0.002, 0.0015, 0.001, 0.0005 ]
 * ```
 */
export function learningRateAt(settings: ScheduleSettings, moment: ScheduleMoment): number {
  checkSchedule(settings, moment);
  for (const [at, most] of [
    ['epoch', 'epochs'],
    ['step', 'stepsPerEpoch'],
  ] as const) {
    const value = moment[at];
    if (!(Number.isInteger(value) && value >= 1 && value <= moment[most]))
      throw new Error(`${at} must be a whole number from 1 to ${most} (${moment[most]}), not ${value}.`);
  }
  return rateAt(scheduleSettings(settings), moment);
}

/**
 * Checks that a run is long enough for its schedule's warm-up.
 *
 * @param run.stepsPerEpoch if not known yet, a warm-up in steps is not checked
 * @throws one sentence for settings that `scheduleSettings` rejects, and for a run shorter than the warm-up
 *
 * @example
 * ```ts
 * import { checkSchedule } from '@dgprompt/engine/optim';
 *
 * try {
 *   checkSchedule({ name: 'cosine', warmup: { epochs: 5 } }, { epochs: 3 });
 * } catch (error) {
 *   console.log((error as Error).message);
 *   // The schedule's warm-up of 5 epochs is longer than the run of 3 epochs; set more epochs or a shorter warmup.
 * }
 * ```
 */
export function checkSchedule(
  settings: ScheduleSettings,
  { epochs, stepsPerEpoch }: { epochs: number; stepsPerEpoch?: number },
): void {
  const { warmup, repeat = 1 } = scheduleSettings(settings);
  if (repeat > 1) {
    checkSchedule({ ...settings, repeat: 1 }, { epochs: Math.ceil(epochs / repeat), stepsPerEpoch });
    return;
  }
  if (!warmup) return;
  const longer = (length: string, run: string) =>
    new Error(
      `The schedule's warm-up of ${length} is longer than the run of ${run}; set more epochs or a shorter warmup.`,
    );
  if (warmup.epochs !== undefined && warmup.epochs > epochs)
    throw longer(counted(warmup.epochs, 'epoch'), counted(epochs, 'epoch'));
  if (warmup.steps === undefined || stepsPerEpoch === undefined || warmup.steps <= epochs * stepsPerEpoch) return;
  const run = `${counted(epochs, 'epoch')} of ${counted(stepsPerEpoch, 'step')}`;
  throw longer(counted(warmup.steps, 'step'), run);
}

/**
 * The learning rate of an epoch: a constant warm-up, then cosine annealing. It changes per epoch, not per step. The
 * cosine's period includes the warm-up, so the rate of the last epoch is above zero (as in Dassl).
 *
 * @param epoch from 1 to `epochs`
 * @param schedule.lr the rate at the start of the cosine
 * @param schedule.epochs length of the run
 * @param warmup its length in epochs and its rate; default: one epoch at 1e-5
 *
 * @example
 * ```ts
 * import { learningRate } from '@dgprompt/engine';
 *
 * for (const epoch of [1, 2, 4]) console.log(learningRate(epoch, { lr: 0.002, epochs: 5 }));
 * // 0.00001
 * // 0.002
 * // 0.0013090169943749475
 * ```
 */
export function learningRate(
  epoch: number,
  { lr, epochs }: { lr: number; epochs: number },
  warmup: { epochs: number; lr: number } = publishedSchedule.warmup,
): number {
  const settings = scheduleSettings({ name: 'cosine', warmup: { ...warmup, kind: 'constant' } });
  return rateAt(settings, { lr, epochs, stepsPerEpoch: 1, epoch, step: 1 });
}

/** The rate for checked settings, all filled in. */
function rateAt(settings: ScheduleSettings, { lr, epochs, stepsPerEpoch, epoch, step }: ScheduleMoment): number {
  const { per, warmup, repeat = 1 } = settings;
  if (repeat > 1) {
    const part = Math.ceil(epochs / repeat);
    return rateAt(
      { ...settings, repeat: 1 },
      { lr, epochs: part, stepsPerEpoch, epoch: ((epoch - 1) % part) + 1, step },
    );
  }
  const unit = per === 'epoch' ? 1 : stepsPerEpoch;
  const now = per === 'epoch' ? epoch - 1 : (epoch - 1) * stepsPerEpoch + step - 1;
  const run = epochs * unit;
  const length = warmup ? (warmup.steps ?? warmup.epochs! * unit) : 0;
  const rest = Math.max(1, run - length); // of a run that is all warm-up, only the first rate counts
  if (!warmup || now >= length) return rateOn(settings, lr, { t: now - length, run, rest });
  const first = rateOn(settings, lr, { t: 0, run, rest });
  return warming(warmup, first, now / length);
}

function warming({ kind, lr, from }: Warmup, first: number, done: number): number {
  if (kind === 'constant') return lr!;
  if (from !== undefined) return first * (from + (1 - from) * done);
  return done === 0 ? lr! : first * done;
}

const counted = (n: number, unit: string): string => `${n} ${unit}${n === 1 ? '' : 's'}`;
