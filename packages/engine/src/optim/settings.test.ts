import { describe, expect, it } from 'vitest';
import { adam, makeOptimizer, type OptimizerSettings, optimizerSettings, sgd } from './index.js';

/** As if read from a file: the type is unknown. */
const read = (settings: object) => optimizerSettings(settings as OptimizerSettings);

describe('optimizerSettings', () => {
  it('fills in the defaults, PyTorch’s for Adam and AdamW', () => {
    expect(read({ name: 'sgd' })).toEqual({ name: 'sgd', momentum: 0.9, nesterov: false, weightDecay: 5e-4 });
    const adams = { beta1: 0.9, beta2: 0.999, eps: 1e-8 };
    expect(read({ name: 'adam', eps: undefined })).toEqual({ name: 'adam', ...adams, weightDecay: 0 });
    expect(read({ name: 'adamw' })).toEqual({ name: 'adamw', ...adams, weightDecay: 0.01, decayVectors: true });
  });

  it('gives the same JSON for the same settings in another order', () => {
    const [one, other] = [
      { name: 'adam', eps: 1, beta1: 0 },
      { beta1: 0, name: 'adam', eps: 1 },
    ].map(read);
    expect(JSON.stringify(one)).toBe(JSON.stringify(other));
  });

  it.each([
    [{ name: 'adamm' }, 'Unknown optimizer "adamm". Did you mean "adam"? Known: sgd, adam, adamw.'],
    [{}, 'Unknown optimizer "undefined". Known: sgd, adam, adamw.'],
    [
      { name: 'sgd', momentun: 0.5 },
      'Unknown setting of optimizer sgd "momentun". Did you mean "momentum"? Known: momentum, nesterov, weightDecay.',
    ],
    [{ name: 'sgd', momentum: 1 }, 'optimizer sgd: momentum must be a number of at least 0 and below 1, not 1.'],
    [{ name: 'sgd', nesterov: 'yes' }, 'optimizer sgd: nesterov must be true or false, not "yes".'],
    [
      { name: 'sgd', momentum: 0, nesterov: true },
      'optimizer sgd: nesterov needs a momentum above 0; set momentum, or leave nesterov out.',
    ],
    [{ name: 'adam', beta2: -0.1 }, 'optimizer adam: beta2 must be a number of at least 0 and below 1, not -0.1.'],
    [{ name: 'adam', eps: 0 }, 'optimizer adam: eps must be a number above 0, not 0.'],
    [
      { name: 'adamw', weightDecay: Number.NaN },
      'optimizer adamw: weightDecay must be a number of at least 0, not NaN.',
    ],
  ])('rejects %j in one sentence', (settings, message) => {
    expect(() => read(settings)).toThrow(new Error(message));
    expect(() => makeOptimizer(settings as OptimizerSettings)).toThrow(new Error(message));
  });

  it('also checks the options of the functions', () => {
    expect(() => sgd({ momentum: 2 })).toThrow('momentum must be');
    expect(() => adam({ beta1: 1 })).toThrow('beta1 must be');
  });
});
