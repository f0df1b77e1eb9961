import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom, useDevice } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inference } from '../evaluation/inference.js';
import type { Method } from '../learner/types.js';
import { savedRun } from '../method/saved-run.js';
import { namedVariables } from '../method/variables.js';
import { names, tinyClip } from '../testing/tiny.js';
import { resolveMethod } from './all.js';
import { loadMethod } from './load.js';

const root = mkdtempSync(join(tmpdir(), 'dgprompt-other-'));
const clip = tinyClip();
beforeAll(() => useDevice({ backend: 'cpu' }));
afterAll(() => rmSync(root, { recursive: true }));

/** A method whose variables and state have some values, as after training. */
function filled(id: string): Method {
  const method = resolveMethod(id)(clip, names, { shots: 2 } as never);
  const random = seededRandom(3);
  for (const variable of namedVariables(method.learner).values())
    tf.tidy(() => variable.assign(random.normal(variable.shape, 0.3)));
  return method;
}

async function logitsOf(method: Method): Promise<number[]> {
  const ready = inference(method);
  const logits = await ready.logits(tf.randomUniform<tf.Rank.R4>([2, 3, 8, 8], -1, 1, 'float32', 7));
  await ready.dispose();
  return [...logits];
}

describe('a method saved on other classes', () => {
  const others = [
    ['cow', 'pig', 'hen'],
    ['owl', 'cow'],
  ];
  it.each(['clip:memory', 'coop:memory', 'dgprompt', 'gda', 'coop', 'mmrl', 'dept'])(
    '%s gives the same logits once loaded',
    async id => {
      const made = filled(id);
      for (const classNames of others) {
        const saved = made.forClasses(classNames);
        const folder = join(root, `${id.replace(':', '-')}-${classNames.length}`);
        await saved.save(folder);
        const loaded = await loadMethod(folder, clip);
        expect(loaded.classNames).toEqual(classNames);
        expect(await logitsOf(loaded)).toEqual(await logitsOf(saved));
        const again = `${folder}-again`;
        await loaded.save(again);
        expect(await savedRun(again)).toEqual(await savedRun(folder));
        expect((await savedRun(folder)).madeFor).toEqual(names);
        const kept = tf.memory().numTensors;
        loaded.dispose();
        expect(tf.memory().numTensors).toBeLessThan(kept);
      }
      made.dispose();
    },
  );

  it('its own classes are stored once', async () => {
    const folder = join(root, 'own');
    await filled('clip:memory').forClasses(names).save(folder);
    expect(await savedRun(folder)).toMatchObject({ classNames: names });
    expect((await savedRun(folder)).madeFor).toBeUndefined();
  });
});
