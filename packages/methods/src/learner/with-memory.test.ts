import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Clip, loadClip, normalised } from '@dgprompt/clip';
import { classSubset, fewShot } from '@dgprompt/datasets';
import { seededRandom, useDevice } from '@dgprompt/engine';
import { openSafetensors } from '@dgprompt/io';
import { loadTask, miniClip } from '@dgprompt/pictograms';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { checkMethod } from '../check/check-method.js';
import { evaluate } from '../evaluation/evaluate.js';
import { defineMethod, methodVariant } from '../method/define.js';
import { imageViews, items, names, tinyClip, values } from '../testing/tiny.js';
import { lossAndGradients } from '../training/loss.js';
import { train } from '../training/train.js';
import { resolveMethod } from '../zoo/all.js';
import { loadMethod } from '../zoo/load.js';
import type { LossTerms, Method, PromptLearner } from './types.js';

const golden = fileURLToPath(new URL('../../../../../shared/golden-memory/weather.safetensors', import.meta.url));

let clip: Clip;
beforeAll(async () => {
  await useDevice({ threads: 1 });
  clip = await loadClip(miniClip);
});

describe('a method with a class memory', () => {
  it.skipIf(!existsSync(golden))(
    'has the accuracy of an independent implementation, also with base and new classes together',
    async () => {
      const file = openSafetensors(golden);
      const right = JSON.parse(file.metadata.right!) as Record<
        'base' | 'new',
        Record<string, number> & { joint: Record<string, number> }
      >;
      file.close();
      const weather = fewShot(await loadTask('weather'), 16, 1);
      const [base, rest] = [classSubset(weather, 'base'), classSubset(weather, 'new')];
      const middle = base.classNames.length;
      const among = (isBase: boolean) => ({
        ...weather,
        test: weather.test.filter(({ label }) => label < middle === isBase),
      });
      const near = (found: number, expected: number) =>
        expect(Math.abs(found - expected), `${found} and ${expected}`).toBeLessThanOrEqual(1);
      for (const joint of ['mass', 'offset']) {
        const method = resolveMethod(`clip:memory+memory.joint=${joint}`)(clip, base);
        for await (const _ of train(method));
        near((await evaluate(method, base)).correct, right.base.memory_seen_centred_unseen!);
        near((await evaluate(method, rest)).correct, right.new.memory_seen_centred_unseen!);
        near((await evaluate(method, among(true))).correct, right.base.joint[joint]!);
        near((await evaluate(method, among(false))).correct, right.new.joint[joint]!);
        method.dispose();
      }
    },
  );

  it.each([
    'clip:memory',
    'coop:memory',
    'maple:memory',
    'cocoop:memory+reduction=1',
    'dgprompt-first:memory',
    'kgcoop:memory',
  ])('%s satisfies the contract', id => checkMethod(resolveMethod(id), { clip: tinyClip() }));

  it("a method's own gradients compare the prompts without the memory with the frozen CLIP, as its loss does", () => {
    const small = tinyClip();
    const text = normalised(seededRandom(1).normal([names.length, small.config.embedDim], 1)); // [C, e]
    const seen: Record<string, number[]> = {};
    for (const key of ['loss', 'gradients'] as const) {
      const look = (terms: LossTerms) => {
        seen[key] = [terms.logits, terms.crossEntropy].flatMap(x => [...x.dataSync()]);
        return terms.crossEntropy;
      };
      const x = tf.variable(tf.scalar(1));
      const build = (): PromptLearner => ({
        variables: { x },
        frozen: {},
        textFeatures: () => tf.mul(text, x),
        ...(key === 'loss' ? { loss: look } : { gradients: terms => [look(terms()), { x }] }),
      });
      const mine = defineMethod({ name: 'mine', options: {}, recipe: () => ({ lr: 1, epochs: 1, batch: 2 }), build });
      const method = methodVariant(mine, 'memory')(small, names);
      const { evidence, texts } = method.learner.state!.memory as Record<string, tf.Variable>;
      for (const one of [evidence!, texts!]) one.assign(text);
      const batch = { images: tf.ones<tf.Rank.R4>([2, 3, 8, 8]), labels: tf.tensor1d([0, 1], 'int32') };
      lossAndGradients(method, { ...batch, mask: tf.ones([2]) }, { frozen: text });
    }
    expect(seen.gradients).toEqual(seen.loss);
  });

  it('throws one sentence if there are no text features to guide', () => {
    expect(() => resolveMethod('linear-probe:memory')(clip, ['sun', 'moon'])).toThrow(
      /linear-probe:memory has no text features that other classes share, so a class memory cannot guide it/,
    );
    expect(() => resolveMethod('coop:memory+memory.ridge=0')(clip, ['sun', 'moon'])).toThrow(
      /memory.ridge is 0; it must be/,
    );
  });

  describe('with unusual input', () => {
    const small = tinyClip();
    const learned = async (id: string, shots = items(4), classNames: readonly string[] = names) => {
      const method = resolveMethod(id)(small, classNames);
      for await (const _ of train(method, shots, { transform: imageViews() }));
      return method;
    };
    const top1 = async (method: Method, on = items(6)) =>
      (await evaluate(method, on, { transform: imageViews() })).top1;

    it('a class without training images is named', async () => {
      await expect(
        learned(
          'clip:memory',
          items(4).filter(({ label }) => label !== 1),
        ),
      ).rejects.toThrow(
        'clip:memory: "big dog" has no training images; a class memory needs at least one of every class.',
      );
    });

    it('learns classes whose images are all the same, and names that are the same tokens', async () => {
      const [first] = items(1);
      const alike = items(4).map(item => (item.label === 0 ? first! : item));
      expect(await top1(await learned('clip:memory', alike))).toBeGreaterThan(0);
      const same = [names[0]!, names[1]!, names[0]!.toUpperCase()];
      const shots = items(4).map(item => ({ ...item, classname: same[item.label]! }));
      const close = await learned('clip:memory+memory.ridge=1e-6', shots, same);
      expect(values(close)['state.memory.evidence']!.every(Number.isFinite)).toBe(true);
    });

    it('other CLIPs and settings out of range throw one sentence', async () => {
      const folder = join(mkdtempSync(join(tmpdir(), 'dgprompt-memory-')), 'saved');
      const method = resolveMethod('clip:memory')(clip, ['sun', 'moon']);
      await method.save(folder);
      await expect(loadMethod(folder, small)).rejects.toThrow(/trained on the CLIP .*, and this is another one/);
      for (const [setting, sentence] of [
        ['strength=-1', /clip: memory.strength is -1; it must be/],
        ['ridge=-1', /clip: memory.ridge is -1; it must be/],
        ['centring=11', /clip: memory.centring is 11; it must be/],
        ['joint=never', /clip: Unknown memory.joint "never". Known/],
      ] as const)
        expect(() => resolveMethod(`clip:memory+memory.${setting}`)(clip, ['sun', 'moon'])).toThrow(sentence);
    });

    it('the margin is computed only for the rule that needs it', async () => {
      const margin = async (id: string) => values(await learned(id))['state.memory.margin']![0];
      expect(await margin('clip:memory')).toBe(0);
      expect(await margin('clip:memory+memory.joint=offset')).not.toBe(0);
    });

    it('classifies lists of classes with none, one and all of them unseen', async () => {
      const method = await learned('clip:memory');
      const own = await top1(method);
      expect(await top1(method.forClasses(names))).toBe(own);
      for (const classNames of [
        [...names, 'wolf'],
        ['wolf', 'crow'],
      ]) {
        const other = method.forClasses(classNames);
        const on = items(2).map(item => ({ ...item, label: 0, classname: classNames[0]! }));
        expect(await top1(other, on)).toBeGreaterThanOrEqual(0);
      }
    });
  });
});
