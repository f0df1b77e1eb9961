import { unknownName } from '@dgprompt/io';
import { aboveZero, atLeastZero, count, countOrZero, filled, oneOf, type Rule, share, truth } from './check.js';

/** How often the learning rate changes, the warm-up before the schedule, and repetitions. */
export interface ScheduleTiming {
  /** The unit in which the schedule counts and its lengths are given. Default: epochs; `one-cycle`: steps */
  per?: 'epoch' | 'step';
  /** Default: none */
  warmup?: Warmup;
  /** Number of times to run the schedule with its warm-up, in equal parts (the last may be shorter). Default: 1 */
  repeat?: number;
}

/**
 * A start at a low rate. As in Dassl, the schedule then starts from its beginning. `one-cycle` has its own rise.
 */
export interface Warmup {
  /** Length of the warm-up; with `per: 'step'`, either this or `steps`. */
  epochs?: number;
  steps?: number;
  /** `linear` reaches the schedule's first rate when the schedule begins. Default: constant */
  kind?: 'constant' | 'linear';
  /**
   * The rate throughout (`constant`), or the first rate, followed by lr·t / length (`linear`, as in Dassl).
   * Default: 1e-5
   */
  lr?: number;
  /** Instead of `lr`: the share of lr from which a straight line rises (`linear`, as in PyTorch's LinearLR). */
  from?: number;
}

/**
 * A learning-rate schedule as plain JSON data. `period` is the length of a full decay: the run (including the warm-up,
 * as in Dassl), the rest after the warm-up, or a number of epochs or steps.
 */
export type ScheduleSettings = ScheduleTiming &
  (
    | { name: 'constant' }
    /** PyTorch's CosineAnnealingLR: from lr to `etaMin` (default 0). `period` is T_max, by default the run. */
    | { name: 'cosine'; etaMin?: number; period?: 'run' | 'rest' | number }
    /** PyTorch's LinearLR: `startFactor`·lr (default 1) to `endFactor`·lr (default 0), by default over the rest. */
    | { name: 'linear'; startFactor?: number; endFactor?: number; period?: 'run' | 'rest' | number }
    /** PyTorch's StepLR: times `gamma` (default 0.1) after every `stepSize` epochs or steps. */
    | { name: 'step'; stepSize: number; gamma?: number }
    /** PyTorch's MultiStepLR: times `gamma` (default 0.1) at each of these numbers of epochs or steps. */
    | { name: 'multi-step'; milestones: readonly number[]; gamma?: number }
    /**
     * PyTorch's OneCycleLR without its momentum cycle: up from lr / `divFactor` (default 25) to lr in the first
     * `pctStart` (default 0.3) of the run, then down to 1 / `finalDivFactor` (default 1e4) of the initial rate.
     */
    | {
        name: 'one-cycle';
        pctStart?: number;
        anneal?: 'cos' | 'linear';
        divFactor?: number;
        finalDivFactor?: number;
        threePhase?: boolean;
      }
  );

/** The schedule of every published prompt learner since CoOp: one epoch at 1e-5, then a cosine. */
export const publishedSchedule = {
  name: 'cosine',
  warmup: { epochs: 1, kind: 'constant', lr: 1e-5 },
} as const satisfies ScheduleSettings;

const period: Rule = {
  words: '"run", "rest" or a whole number of at least 1',
  holds: value => value === 'run' || value === 'rest' || count.holds(value),
};
const milestones: Rule = {
  words: 'a rising list of whole numbers of at least 1',
  holds: value => Array.isArray(value) && value.every((m, i) => count.holds(m) && (i === 0 || m > value[i - 1])),
};

const known: Record<ScheduleSettings['name'], { defaults: Record<string, unknown>; rules: Record<string, Rule> }> = {
  constant: { defaults: {}, rules: {} },
  cosine: { defaults: { etaMin: 0, period: 'run' }, rules: { etaMin: atLeastZero, period } },
  linear: {
    defaults: { startFactor: 1, endFactor: 0, period: 'rest' },
    rules: { startFactor: share, endFactor: share, period },
  },
  step: { defaults: { gamma: 0.1 }, rules: { stepSize: count, gamma: aboveZero } },
  'multi-step': { defaults: { gamma: 0.1 }, rules: { milestones, gamma: aboveZero } },
  'one-cycle': {
    defaults: { per: 'step', pctStart: 0.3, anneal: 'cos', divFactor: 25, finalDivFactor: 1e4, threePhase: false },
    rules: {
      pctStart: share,
      anneal: oneOf('cos', 'linear'),
      divFactor: aboveZero,
      finalDivFactor: aboveZero,
      threePhase: truth,
    },
  },
};
const timing: Record<string, Rule> = {
  per: oneOf('epoch', 'step'),
  repeat: count,
  warmup: { words: 'an object such as { epochs: 1 }', holds: value => typeof value === 'object' && value !== null },
};
const warmupRules = {
  epochs: countOrZero,
  steps: countOrZero,
  kind: oneOf('constant', 'linear'),
  lr: atLeastZero,
  from: share,
};

/**
 * Checks a schedule's settings and fills in the defaults.
 *
 * @param settings default: the published prompt learners' schedule
 * @returns every setting, in a fixed order, for records and comparisons
 * @throws one sentence for a schedule or a setting that does not exist or is missing, and for a value out of its range
 *
 * @example
 * ```ts
 * import { scheduleSettings } from '@dgprompt/engine/optim';
 *
 * console.log(JSON.stringify(scheduleSettings({ name: 'step', stepSize: 20 })));
 * // {"name":"step","per":"epoch","gamma":0.1,"stepSize":20}
 * ```
 */
export function scheduleSettings(settings: ScheduleSettings = publishedSchedule): ScheduleSettings {
  const { name, ...given } = settings;
  if (!Object.hasOwn(known, name)) throw new Error(unknownName('schedule', String(name), Object.keys(known)));
  const { defaults, rules } = known[name];
  const defaultTiming = { per: 'epoch', warmup: undefined, repeat: undefined };
  const of = `schedule ${name}`;
  const all = { name, ...filled(of, given, { ...defaultTiming, ...defaults }, { ...rules, ...timing }) };
  const { warmup, repeat, ...once } = all as unknown as ScheduleSettings;
  const rest = (repeat === undefined ? once : { ...once, repeat }) as ScheduleSettings;
  if (warmup === undefined) return rest;
  if (name === 'one-cycle') throw new Error('schedule one-cycle has its own rise; leave warmup out and set pctStart.');
  return { ...rest, warmup: filledWarmup(of, warmup, rest.per!) };
}

function filledWarmup(of: string, warmup: Warmup, per: 'epoch' | 'step'): Warmup {
  const defaults = { epochs: undefined, steps: undefined, kind: 'constant', lr: undefined, from: undefined };
  const { epochs, steps, kind, lr, from } = filled(`warmup of ${of}`, warmup, defaults, warmupRules) as Warmup;
  if ((epochs === undefined) === (steps === undefined))
    throw new Error(`warmup of ${of} needs either epochs or steps, its length.`);
  if (steps !== undefined && per === 'epoch')
    throw new Error(`warmup of ${of}: steps needs a schedule per step; set per: "step", or epochs instead of steps.`);
  if (from !== undefined && (kind === 'constant' || lr !== undefined))
    throw new Error(`warmup of ${of}: from is for kind "linear" without lr; set lr or from, not both.`);
  const length = steps === undefined ? { epochs } : { steps };
  return from === undefined ? { ...length, kind, lr: lr ?? 1e-5 } : { ...length, kind, from };
}
