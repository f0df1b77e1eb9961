import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clip } from '@dgprompt/clip';
import { learningRate, useDevice } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { evaluate } from '../evaluation/evaluate.js';
import type { Method } from '../learner/types.js';
import { defineMethod } from '../method/define.js';
import { distance, imageViews, items, names, tinyClip, values } from '../testing/tiny.js';
import { resolveMethod } from '../zoo/all.js';
import { coop } from '../zoo/coop.js';
import { dgpromptFirst } from '../zoo/dgprompt-first.js';
import { maple } from '../zoo/maple.js';
import { zeroshot } from '../zoo/zeroshot.js';
import type { Epoch } from './history.js';
import { type Step, type TrainOptions, type TrainProgress, train } from './train.js';

let clip: Clip;
beforeAll(async () => {
  await useDevice({ backend: 'cpu' });
  clip = tinyClip();
});

/** Trains to the end, on generated images. */
async function trained(method: Method, options: TrainOptions = {}, each = 4): Promise<Epoch[]> {
  const epochs: Epoch[] = [];
  for await (const epoch of train(method, items(each), { transform: imageViews(), ...options })) epochs.push(epoch);
  return epochs;
}

/** Receives the steps of the progress. */
const onStep = (use: (step: Step) => void) => (progress: TrainProgress) => {
  if (progress.phase === 'steps') use(progress);
};

const largest = (a: Record<string, number[]>, b: Record<string, number[]>) =>
  Math.max(...Object.keys(a).map(name => distance(a[name]!, b[name]!)));

describe('train', () => {
  it('lowers the loss, epoch by epoch, along the published schedule', async () => {
    const epochs = await trained(coop(clip, names), { epochs: 6, batch: 4, lr: 0.05 });
    expect(epochs.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(epochs.map(({ lr }) => lr)).toEqual(epochs.map((_, i) => learningRate(i + 1, { lr: 0.05, epochs: 6 })));
    expect(epochs.at(-1)!.loss).toBeLessThan(epochs[1]!.loss - 0.05);
  });

  it('follows the recipe of the method unless options override it', async () => {
    const steps: Step[] = [];
    const epochs = await trained(maple(clip, names), { onProgress: onStep(step => steps.push(step)) });
    expect(epochs).toHaveLength(5);
    expect(steps).toHaveLength(5 * 3); // 12 images in batches of 4
    expect(steps[4]).toMatchObject({ epoch: 2, step: 2, steps: 3, lr: 0.0035 });
  });

  it('is a function of the seed, to the bit', async () => {
    const run = async (seed: number) => {
      const method = dgpromptFirst(clip, names, { guidance: { rank: 4 }, seed });
      await trained(method, { epochs: 2, transform: imageViews({ fixed: false }) });
      return values(method);
    };
    const [first, again, other] = [await run(1), await run(1), await run(2)];
    expect(again).toEqual(first);
    expect(largest(first, other)).toBeGreaterThan(1e-3);
  });

  it('shuffles and augments with its own seed if one is given', async () => {
    const run = async (seed: number) => {
      const method = coop(clip, names, { seed: 1 });
      await trained(method, { epochs: 2, batch: 4, seed });
      return values(method);
    };
    expect(largest(await run(1), await run(2))).toBeGreaterThan(0);
  });

  it('computes frozen image features once if views are fixed, with the same result', async () => {
    const [fixed, random] = [imageViews(), imageViews({ fixed: false })];
    const run = async (views: typeof fixed) => {
      const method = coop(clip, names);
      await trained(method, { epochs: 3, batch: 4, transform: views });
      return values(method);
    };
    expect(largest(await run(fixed), await run(random))).toBeLessThan(1e-6);
    expect(fixed.loads).toBe(12);
    expect(random.loads).toBe(3 * 12);
  });

  it('does the same for retention, and for the states', async () => {
    const [fixed, random] = [imageViews(), imageViews({ fixed: false })];
    const run = async (views: typeof fixed) => {
      const method = dgpromptFirst(clip, names, { guidance: { rank: 4 }, retention: { states: 5 }, lr: 0.01 });
      await trained(method, { epochs: 2, transform: views });
      return values(method);
    };
    expect(largest(await run(fixed), await run(random))).toBeLessThan(1e-5);
  });

  it('drops a short last batch unless asked to keep it, and pads a training set smaller than a batch', async () => {
    const steps: Step[] = [];
    await trained(coop(clip, names), { epochs: 1, batch: 5, onProgress: onStep(step => steps.push(step)) });
    expect(steps.map(({ steps: all }) => all)).toEqual([2, 2]); // 12 images
    const all: Step[] = [];
    await trained(coop(clip, names, { keepLast: true }), { epochs: 1, batch: 5, onProgress: onStep(s => all.push(s)) });
    expect(all.map(({ steps }) => steps)).toEqual([3, 3, 3]);

    const run = async (batch: number) => {
      const method = dgpromptFirst(clip, names, { guidance: { rank: 4 }, retention: { states: 1 } });
      const [epoch] = await trained(method, { epochs: 1, batch }, 1);
      return { ...values(method), loss: [epoch!.loss] };
    };
    expect(largest(await run(3), await run(8))).toBeLessThan(1e-5); // 3 images, alone and with five rows of padding
  });

  it('stops at a loss that is not finite, naming the step, the learning rate and what to try', async () => {
    const method = coop(clip, names);
    const onProgress = onStep(({ step, epoch }) => {
      if (epoch === 2 && step === 1)
        (method.learner.variables.context as tf.Variable).assign(tf.fill([16, 8], Number.NaN));
    });
    await expect(trained(method, { epochs: 3, batch: 4, lr: 0.02, onProgress })).rejects.toThrow(
      /coop: the loss became NaN in epoch 2, step 2, at a learning rate of 0.02.*lr: 0.005/,
    );
  });

  it('stops before the next step when it is aborted, and frees what it holds', async () => {
    const method = coop(clip, names);
    const controller = new AbortController();
    const before = tf.memory().numTensors;
    let steps = 0;
    const onProgress = onStep(() => {
      if (++steps === 4) controller.abort();
    });
    const views = imageViews({ fixed: false });
    await expect(
      trained(method, { epochs: 3, batch: 4, signal: controller.signal, onProgress, transform: views }),
    ).rejects.toThrow(/aborted/);
    expect(steps).toBe(4);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('frees what it holds if it ends before its first step', async () => {
    const method = resolveMethod('kgcoop')(clip, names); // compares with text features
    const before = tf.memory().numTensors;
    const missing = { fixed: true, load: () => Promise.reject(new Error('gone')) };
    await expect(trained(method, { epochs: 1, transform: missing })).rejects.toThrow('gone');
    expect(tf.memory().numTensors).toBe(before);
    const controller = new AbortController();
    const onProgress = ({ phase }: TrainProgress) => phase === 'features' && controller.abort();
    const more = { epochs: 1, checkpoint: join(tmpdir(), 'never-written'), signal: controller.signal, onProgress };
    await expect(trained(method, more)).rejects.toThrow(/aborted/);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('leaks nothing, trained to the end or left early', async () => {
    const method = dgpromptFirst(clip, names, { guidance: { rank: 4, image: 'prototype' } });
    const before = tf.memory().numTensors;
    await trained(method, { epochs: 1 });
    for await (const _ of train(method, items(4), { transform: imageViews() })) break;
    expect(tf.memory().numTensors).toBe(before);
    method.dispose();
    expect(tf.memory().numTensors).toBeLessThan(before);
  });

  it('averages the states of the training images into the prototype', async () => {
    const method = dgpromptFirst(clip, names, { guidance: { rank: 4, image: 'prototype' } });
    await trained(method, { epochs: 1 }, 1);
    const views = imageViews();
    const all = await Promise.all(items(1).map(({ path }) => views.load(path, { next: () => 0 })));
    const { states } = clip.visionStates(
      tf.tensor(
        all.flatMap(one => [...one]),
        [3, 3, 8, 8],
      ),
    );
    const expected = states.flatMap(state => [...tf.mean(state, 0).dataSync()]);
    expect(distance(values(method)['state.prototype']!, expected)).toBeLessThan(1e-5);
  });

  it('gives a group of variables its own rate', async () => {
    const run = async (lrScale: number) => {
      const method = dgpromptFirst(clip, names, { guidance: { rank: 4, lrScale } });
      const start = values(method);
      // The first epoch's rate is fixed, so one step of it is the learning rate times the gradient.
      await trained(method, { epochs: 1, batch: 12 });
      const moved = (name: string) => values(method)[name]!.map((x, i) => x - start[name]![i]!);
      return [moved('toVision.layer1.output'), moved('text.0')] as const;
    };
    const [[slow, text], [fast, sameText]] = [await run(1), await run(4)];
    expect(
      distance(
        fast,
        slow.map(x => 4 * x),
      ),
    ).toBeLessThan(1e-7);
    expect(Math.max(...fast.map(Math.abs))).toBeGreaterThan(1e-6);
    expect(sameText).toEqual(text);
  });

  it('averages the prompts over epochs if a method requests it', async () => {
    const options = { guidance: { image: 'none', text: 'none' } } as const;
    const plain = dgpromptFirst(clip, names, options);
    const weighted = dgpromptFirst(clip, names, { ...options, average: { mean: 2, std: 1 } });
    const seen: number[][] = [];
    for await (const _ of train(plain, items(4), { transform: imageViews(), epochs: 3 }))
      seen.push(values(plain)['text.0']!);
    await trained(weighted, { epochs: 3 });
    const heights = [1, 2, 3].map(e => Math.exp(-((e - 2) ** 2) / 2));
    const total = heights.reduce((a, b) => a + b);
    const expected = seen[0]!.map((_, i) => heights.reduce((s, h, e) => s + (h / total) * seen[e]![i]!, 0));
    expect(distance(values(weighted)['text.0']!, expected)).toBeLessThan(1e-6);
  });

  it('accumulates gradients: k batches give what one batch of their images gives', async () => {
    const run = async (id: string, options: TrainOptions) => {
      const method = resolveMethod(id)(clip, names, { lr: 0.05 });
      await trained(method, { epochs: 2, ...options });
      return values(method);
    };
    for (const id of ['maple', 'promptsrc']) {
      const big = await run(id, { batch: 12 });
      expect(largest(await run(id, { batch: 3, accumulate: 4 }), big)).toBeLessThan(2e-6);
      expect(largest(await run(id, { batch: 3, accumulate: 9 }), big)).toBeLessThan(2e-6); // the epoch ends first
      expect(largest(await run(id, { batch: 3 }), big)).toBeGreaterThan(1e-5);
    }
  });

  it('scales gradients down to a given norm', async () => {
    const moves = async (clipGradients?: number) => {
      const method = coop(clip, names);
      const start = values(method).context!;
      // The first step of the first epoch: a rate of 1e-5 times gradient and weight decay.
      await trained(method, { epochs: 1, batch: 12, clipGradients });
      return values(method).context!.map((x, i) => (start[i]! - x) / 1e-5 - 5e-4 * start[i]!);
    };
    const norm = (g: number[]) => Math.sqrt(g.reduce((sum, x) => sum + x * x, 0));
    const free = await moves();
    const limit = norm(free) / 4;
    const held = await moves(limit);
    expect(norm(held) / limit).toBeCloseTo(1, 1);
    expect(
      distance(
        held,
        free.map(g => g / 4),
      ),
    ).toBeLessThan(0.02 * norm(free));
    expect(await moves(100 * norm(free))).toEqual(free);
  });

  it('reports the accuracy on validation images after every epoch if some are given', async () => {
    const method = coop(clip, names);
    const validation = items(2);
    const views = imageViews();
    const epochs = await trained(method, { epochs: 3, lr: 0.05, validation, transform: views });
    expect(epochs.map(epoch => epoch.validation)).toHaveLength(3);
    expect(epochs.at(-1)!.validation).toBe((await evaluate(method, validation, { transform: views })).top1);
    expect((await trained(coop(clip, names), { epochs: 1 }))[0]).not.toHaveProperty('validation');
    await expect(trained(method, { validation: items(1, ['ant', 'bee', 'cow']) })).rejects.toThrow(/"ant".*"cat"/);
  });

  it("hands a method's own gradients and hooks what they need", async () => {
    const calls: string[] = [];
    const own = defineMethod({
      name: 'own',
      options: {},
      recipe: () => ({ lr: 1, epochs: 2, batch: 12 }),
      build(_clip, _options, random) {
        const bias = tf.variable(random.normal([3], 1) as tf.Tensor1D);
        return {
          variables: { bias },
          logits: ({ image, text }) => tf.add(tf.matMul(image, text, false, true), bias) as tf.Tensor2D,
          gradients: (terms, variables) => {
            const loss = terms().crossEntropy;
            return [loss, { bias: tf.onesLike(variables.bias as tf.Variable) as never }];
          },
          fit: async ({ features, text }) => void calls.push(`fit ${features.shape} ${text?.shape}`),
          afterEpoch: (epoch, epochs) => void calls.push(`${epoch}/${epochs}`),
        };
      },
    });
    const method = own(clip, names);
    const [start] = Object.values(values(method));
    await trained(method, { epochs: 1 });
    expect(calls).toEqual(['fit 12,8 3,8', '1/1']);
    const moved = values(method).bias!.map((x, i) => x - start![i]!);
    expect(
      distance(
        moved,
        start!.map(x => -1e-5 * (1 + 5e-4 * x)),
      ),
    ).toBeLessThan(1e-6);
  });

  it('throws one sentence for what cannot be trained', async () => {
    const start = (method: Method, list = items(2), options: TrainOptions = {}) =>
      train(method, list, { transform: imageViews(), ...options }).next();
    await expect(start(zeroshot(clip, names))).rejects.toThrow(/clip has nothing to train/);
    await expect(start(coop(clip, names), [])).rejects.toThrow(/the list of items is empty/);
    await expect(start(coop(clip, names), items(1, ['cat', 'big dog', 'owl', 'ant']))).rejects.toThrow(
      /label 3.*3 classes/,
    );
    await expect(start(coop(clip, names), items(1, ['owl', 'cat', 'big dog']))).rejects.toThrow(
      /"owl".*label 0.*"cat"/,
    );
    await expect(start(coop(clip, names), items(1), { epochs: 0 })).rejects.toThrow(/epochs is 0/);
    await expect(start(coop(clip, names), items(1), { lr: -1 })).rejects.toThrow(/lr.*-1/);
    await expect(start(coop(clip, names), items(1), { accumulate: 0 })).rejects.toThrow(/accumulate is 0/);
    expect(() => coop(clip, names, { clipGradients: -1 })).toThrow(/clipGradients is -1/);
  });

  it('throws one sentence for a fit that reads augmented views without saying so', async () => {
    const own = defineMethod({
      name: 'own',
      options: {},
      recipe: () => ({ lr: 1, epochs: 0, batch: 1 }),
      build: () => ({ variables: {}, fit: async ({ augmented }) => void augmented?.(x => x as never, 0) }),
    });
    const fit = train(own(clip, names), items(2), { transform: imageViews() }).next();
    await expect(fit).rejects.toThrow('own: its fit reads augmented views, so build must return readsAugmented: true.');
  });
});

describe('train on ONNX Runtime', () => {
  it.each(['coop', 'maple', 'image', 'prototype'] as const)(
    'gives the same as eagerly: %s',
    async which => {
      const run = async (backend: 'cpu' | 'onnxruntime') => {
        await useDevice({ backend });
        const own = tinyClip();
        const make = {
          coop: () => coop(own, names),
          maple: () => maple(own, names),
          image: () => dgpromptFirst(own, names, { guidance: { rank: 4 }, retention: { states: 1 } }),
          prototype: () => dgpromptFirst(own, names, { guidance: { rank: 4, image: 'prototype' } }),
        }[which];
        const method = make();
        const epochs = await trained(method, { epochs: 2, batch: 4, lr: 0.01 });
        await trained(method, { epochs: 1, batch: 2, accumulate: 3, clipGradients: 0.5 });
        const result = { ...values(method), losses: epochs.map(({ loss }) => loss) };
        await useDevice({ backend: 'cpu' });
        return result;
      };
      expect(largest(await run('onnxruntime'), await run('cpu'))).toBeLessThan(1e-4);
    },
    300_000,
  );
});
