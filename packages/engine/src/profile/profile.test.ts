import { mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, test } from 'vitest';
import { compile } from '../compile.js';
import { useDevice } from '../devices/device.js';
import { profileSessions, readProfiles } from './profile.js';

afterEach(() => profileSessions(undefined));

const product = () => compile((a: tf.Tensor2D, b: tf.Tensor2D) => tf.relu(tf.matMul(a, b)));
const inputs = () => [tf.ones([4, 3]), tf.ones([3, 5])] as [tf.Tensor2D, tf.Tensor2D];

describe('profiles of sessions', () => {
  test('sum the kernels of the requested number of calls after the first', async () => {
    await useDevice();
    const folder = await mkdtemp(join(tmpdir(), 'dgprompt-profile-'));
    profileSessions({ folder, calls: 3 });
    const f = product();
    for (let i = 0; i < 6; i++) tf.dispose(await f(...inputs()));
    const kernels = readProfiles(folder);
    expect(kernels.map(({ kernel, shapes, nodes, provider }) => [kernel, shapes, nodes, provider]).sort()).toEqual([
      ['MatMul', '4×3, 3×5', 3, 'CPU'],
      ['Relu', '4×5', 3, 'CPU'],
    ]);
    expect(Math.min(...kernels.map(({ seconds }) => seconds))).toBeGreaterThanOrEqual(0);
    await f.dispose();
  });

  test('cover only sessions made between start and stop', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'dgprompt-profile-'));
    profileSessions({ folder });
    profileSessions(undefined);
    const f = product();
    tf.dispose(await f(...inputs()));
    await f.dispose();
    expect(await readdir(folder)).toEqual([]);
  });

  test('are not mixed with earlier ones', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'dgprompt-profile-'));
    await writeFile(join(folder, 'session-001_x.json'), '[]');
    expect(() => profileSessions({ folder })).toThrow('contains profiles already');
  });

  test('that are truncated throw an error naming the file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'dgprompt-profile-'));
    await writeFile(join(folder, 'session-001_x.json'), '[{');
    expect(() => readProfiles(folder)).toThrow('session-001_x.json is not a complete profile');
  });
});
