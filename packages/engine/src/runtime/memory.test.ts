import { setTimeout as wait } from 'node:timers/promises';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { compile } from '../compile.js';
import { useDevice } from '../devices/device.js';
import { collectGarbage, freeMemory, keepFreedMemory } from './memory.js';

test('memory is freed at once', () => {
  const array = new Float32Array(1000);
  freeMemory(array);
  expect(array.length).toBe(0);
});

/** Memory pages that the system gave this process during `work`. */
function pagesFor(work: () => void): number {
  const before = process.resourceUsage().minorPageFault;
  work();
  return process.resourceUsage().minorPageFault - before;
}

const usesGlibc = 'glibcVersionRuntime' in (process.report.getReport() as { header: object }).header;

test.runIf(usesGlibc)('freed memory is reused', async () => {
  keepFreedMemory();
  await wait(0); // Node 20 frees the first array a moment later
  const step = () => {
    const arrays = Array.from({ length: 10 }, () => new Float32Array(2 ** 20).fill(1));
    for (const array of arrays) freeMemory(array);
  };
  step();
  const pages = 10 * 1024; // of 4 KiB, in a step's arrays
  expect(pagesFor(step)).toBeLessThan(pages / 4);
});

/** A variable and a compiled function that adds to it. */
async function counter() {
  await useDevice();
  const variable = tf.variable(tf.zeros([2, 3]));
  const add = compile((by: tf.Scalar) => {
    variable.assign(tf.add(variable, by) as typeof variable);
    return by;
  });
  return { variable, add: async () => tf.dispose(await add(tf.scalar(1))) };
}

test('values that were read do not change when the variable is updated', async () => {
  const { variable, add } = await counter();
  await add();
  const read = variable.dataSync();
  const awaited = await variable.data();
  await add();
  await add();
  expect([...read]).toEqual(new Array(6).fill(1));
  expect([...awaited]).toEqual(new Array(6).fill(1));
  expect([...variable.dataSync()]).toEqual(new Array(6).fill(3));
});

test('clones, views, slices and products of a variable do not change when it is updated', async () => {
  const { variable, add } = await counter();
  await add();
  const made = [tf.clone(variable), tf.reshape(variable, [6]), tf.slice(variable, [0, 0], [1, 3]), tf.mul(variable, 2)];
  await add();
  await add();
  expect(made.map(tensor => [...tensor.dataSync()])).toEqual([
    new Array(6).fill(1),
    new Array(6).fill(1),
    new Array(3).fill(1),
    new Array(6).fill(2),
  ]);
});

test('updates that nobody reads leave no memory behind', async () => {
  await useDevice();
  const variable = tf.variable(tf.zeros([1000, 1000]));
  const add = compile((by: tf.Scalar) => {
    variable.assign(tf.add(variable, by) as typeof variable);
    return by;
  });
  for (let i = 0; i < 3; i++) tf.dispose(await add(tf.scalar(1)));
  const before = process.memoryUsage().arrayBuffers;
  for (let i = 0; i < 8; i++) tf.dispose(await add(tf.scalar(1)));
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8e6); // each update makes 4 MB
  expect(variable.dataSync()[0]).toBe(11);
});

test('garbage is collected soon after the request, without using memory', async () => {
  const garbage = () => new WeakRef(Array.from({ length: 300_000 }, (_, i) => ({ i: [i] })));
  const reference = garbage();
  await new Promise(setImmediate); // a new reference keeps its target alive for this long
  const { rss } = process.memoryUsage();
  for (let i = 0; i < 50; i++) {
    collectGarbage(); // V8 may start at one request and finish at a later one
    await wait(20);
    if (!reference.deref()) break;
    await wait(0); // deref() also keeps it alive
  }
  expect(reference.deref()).toBeUndefined();
  expect(process.memoryUsage().rss).toBeLessThan(rss + 64e6);
});
