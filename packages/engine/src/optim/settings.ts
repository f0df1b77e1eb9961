import { unknownName } from '@dgprompt/io';
import { aboveZero, atLeastZero, belowOne, filled, type Rule, truth } from './check.js';

/** Stochastic gradient descent; see `sgd`. */
export interface SgdSettings {
  name: 'sgd';
  /** At least 0 and below 1. Default: 0.9 */
  momentum?: number;
  /** Nesterov momentum: looks ahead by the momentum, which must be above 0. Default: false */
  nesterov?: boolean;
  /** Added to the gradient (coupled). Default: 5e-4, as in the published prompt learners */
  weightDecay?: number;
}

/** See `adam`. */
export interface AdamSettings {
  name: 'adam';
  /** Decay of the mean, at least 0 and below 1. Default: 0.9 */
  beta1?: number;
  /** Decay of the mean square, at least 0 and below 1. Default: 0.999 */
  beta2?: number;
  /** Added to the root of the mean square. Default: 1e-8 */
  eps?: number;
  /** Added to the gradient (coupled). Default: 0 */
  weightDecay?: number;
}

/** See `adamW`. */
export interface AdamWSettings extends Omit<AdamSettings, 'name'> {
  name: 'adamw';
  /** Shrinks variables by this times the learning rate (decoupled). Default: 0.01 */
  weightDecay?: number;
  /** Whether vectors (biases, norms) and scalars also decay. Default: true */
  decayVectors?: boolean;
}

/** An optimizer as plain JSON data. */
export type OptimizerSettings = SgdSettings | AdamSettings | AdamWSettings;

const adamDefaults = { beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: 0 };
const adamRules = { beta1: belowOne, beta2: belowOne, eps: aboveZero, weightDecay: atLeastZero };

/** Defaults are PyTorch's, except SGD's, which are those of the published prompt learners. */
const known: Record<OptimizerSettings['name'], { defaults: Record<string, unknown>; rules: Record<string, Rule> }> = {
  sgd: {
    defaults: { momentum: 0.9, nesterov: false, weightDecay: 5e-4 },
    rules: { momentum: belowOne, nesterov: truth, weightDecay: atLeastZero },
  },
  adam: { defaults: adamDefaults, rules: adamRules },
  adamw: {
    defaults: { ...adamDefaults, weightDecay: 0.01, decayVectors: true },
    rules: { ...adamRules, decayVectors: truth },
  },
};

/**
 * Checks an optimizer's settings and fills in the defaults.
 *
 * @returns every setting, in a fixed order, for records and comparisons
 * @throws one sentence for an optimizer or a setting that does not exist, and for a value out of its range
 *
 * @example
 * ```ts
 * import { optimizerSettings } from '@dgprompt/engine/optim';
 *
 * console.log(JSON.stringify(optimizerSettings({ name: 'sgd', nesterov: true })));
 * // {"name":"sgd","momentum":0.9,"nesterov":true,"weightDecay":0.0005}
 * ```
 */
export function optimizerSettings<N extends OptimizerSettings['name']>(
  settings: Extract<OptimizerSettings, { name: N }>,
): Required<Extract<OptimizerSettings, { name: N }>> {
  const { name, ...given } = settings;
  if (!Object.hasOwn(known, name)) throw new Error(unknownName('optimizer', String(name), Object.keys(known)));
  const { defaults, rules } = known[name];
  const all = { name, ...filled(`optimizer ${name}`, given, defaults, rules) };
  if ('nesterov' in all && all.nesterov && 'momentum' in all && all.momentum === 0)
    throw new Error('optimizer sgd: nesterov needs a momentum above 0; set momentum, or leave nesterov out.');
  return all as unknown as Required<Extract<OptimizerSettings, { name: N }>>;
}
