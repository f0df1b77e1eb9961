import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compile } from '../compile.js';
import { useDevice } from '../devices/device.js';
import { backend } from '../testing/parity.js';
import { leaves, type Tree } from '../tree.js';
import torch from './fixtures/torch.json' with { type: 'json' };
import { learningRateAt, makeOptimizer, type OptimizerSettings, type ScheduleSettings } from './index.js';

beforeAll(() => useDevice({ backend }));
afterAll(() => tf.disposeVariables());

const steps = torch.rates.length;
const size = torch.start.length;
const row = (values: readonly number[], step: number) => values.slice(step * size, (step + 1) * size);

/** Cases titled by their settings. */
const named = <T extends { settings: object }>(cases: readonly T[]) =>
  cases.map(one => [JSON.stringify(one.settings), one] as const);

/** A 2 × 3 matrix and a vector of 3 with their own compiled step. */
function trainee(settings: OptimizerSettings, start: readonly number[]) {
  const variables = {
    matrix: tf.variable(tf.tensor(start.slice(0, 6), [2, 3])),
    vector: tf.variable(tf.tensor(start.slice(6))),
  };
  const update = makeOptimizer(settings);
  const state = leaves<tf.Variable>(update.init(variables));
  const step = compile((gradient: tf.Tensor1D, lr: tf.Scalar) => {
    const matrix = tf.reshape(tf.slice(gradient, 0, 6), [2, 3]);
    update(variables, { matrix, vector: tf.slice(gradient, 6, 3) } as Tree<tf.Tensor>, lr);
    return lr;
  });
  return {
    state,
    values: () => [...variables.matrix.dataSync(), ...variables.vector.dataSync()],
    async take(from: number, to: number, after?: (step: number) => void) {
      for (let at = from; at < to; at++) {
        await step(tf.tensor1d(row(torch.gradients, at)), tf.scalar(torch.rates[at]!));
        after?.(at);
      }
    },
    dispose: () => step.dispose(),
  };
}

describe.each(named(torch.optimizers))('%s', (_, { settings, values }) => {
  it(`takes PyTorch's ${steps} steps`, async () => {
    const run = trainee(settings as OptimizerSettings, torch.start);
    let worst = 0;
    await run.take(0, steps, step => {
      const expected = row(values, step);
      const scale = Math.max(...expected.map(Math.abs));
      run.values().forEach((value, i) => {
        worst = Math.max(worst, Math.abs(value - expected[i]!) / scale);
      });
    });
    await run.dispose();
    expect(worst).toBeLessThan(1e-6);
  });

  it('resumes from saved buffers bit for bit', async () => {
    const whole = trainee(settings as OptimizerSettings, torch.start);
    await whole.take(0, steps);
    const first = trainee(settings as OptimizerSettings, torch.start);
    await first.take(0, 25);
    const second = trainee(settings as OptimizerSettings, first.values());
    expect(second.state.length).toBe(first.state.length);
    for (const [i, buffer] of first.state.entries()) {
      expect(second.state[i]).toBeInstanceOf(tf.Variable);
      second.state[i]!.assign(tf.tensor(Array.from(buffer.dataSync()), buffer.shape));
    }
    await second.take(25, steps);
    expect(second.values()).toEqual(whole.values());
    for (const run of [whole, first, second]) await run.dispose();
  });
});

it.each(named(torch.schedules))('%s has PyTorch’s rates', (_, { settings, run, rates }) => {
  rates.forEach((expected, i) => {
    const place = { epoch: Math.floor(i / run.stepsPerEpoch) + 1, step: (i % run.stepsPerEpoch) + 1 };
    const rate = learningRateAt(settings as ScheduleSettings, { ...run, ...place });
    expect(Math.abs(rate - expected), `at ${i}`).toBeLessThanOrEqual(1e-12 * expected);
  });
});
