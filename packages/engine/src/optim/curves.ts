import type { ScheduleSettings } from './schedule-settings.js';

/** A schedule without its warm-up. */
export type Curve = ScheduleSettings;
type OneCycle = Extract<ScheduleSettings, { name: 'one-cycle' }>;

/** Time since the end of the warm-up, from 0, in the schedule's unit; lengths of the run and of its rest after it. */
export interface Place {
  t: number;
  run: number;
  rest: number;
}

/** The rate of a schedule with all settings filled in, at a place. */
export function rateOn(curve: Curve, lr: number, { t, run, rest }: Place): number {
  const length = (period: 'run' | 'rest' | number) => (period === 'run' ? run : period === 'rest' ? rest : period);
  switch (curve.name) {
    case 'constant':
      return lr;
    case 'cosine': {
      const low = curve.etaMin!;
      return low + ((lr - low) / 2) * (1 + Math.cos((Math.PI * t) / length(curve.period!)));
    }
    case 'linear': {
      const { startFactor, endFactor, period } = curve;
      return lr * (startFactor! + (endFactor! - startFactor!) * Math.min(1, t / length(period!)));
    }
    case 'step':
      return lr * curve.gamma! ** Math.floor(t / curve.stepSize);
    case 'multi-step':
      return lr * curve.gamma! ** curve.milestones.filter(milestone => milestone <= t).length;
    case 'one-cycle':
      return oneCycle(curve, lr, t, run);
  }
}

/** Smith & Topin, 2019, in PyTorch's form: each phase ends on a step. */
function oneCycle(
  { pctStart, anneal, divFactor, finalDivFactor, threePhase }: OneCycle,
  lr: number,
  t: number,
  run: number,
) {
  const first = lr / divFactor!;
  const last = first / finalDivFactor!;
  const top = pctStart! * run - 1;
  const phases = threePhase
    ? [
        { end: top, from: first, to: lr },
        { end: 2 * top, from: lr, to: first },
        { end: run - 1, from: first, to: last },
      ]
    : [
        { end: top, from: first, to: lr },
        { end: run - 1, from: lr, to: last },
      ];
  const i = phases.findIndex(({ end }, at) => t <= end || at === phases.length - 1);
  const { end, from, to } = phases[i]!;
  const start = i === 0 ? 0 : phases[i - 1]!.end;
  const done = end > start ? (t - start) / (end - start) : 1;
  return anneal === 'linear' ? (to - from) * done + from : to + ((from - to) / 2) * (1 + Math.cos(Math.PI * done));
}
