import { readFileSync } from 'node:fs';
import { loadClip } from '@dgprompt/clip';
import { compile, useDevice } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs-core';

/**
 * Loads one checkpoint, computes one image and two texts, and reports the cost. A separate process, for `measure.ts`.
 */
await useDevice();
const images = tf.tensor4d(
  Float32Array.from({ length: 3 * 224 * 224 }, (_, i) => Math.sin(i / 97)),
  [1, 3, 224, 224],
);
const start = performance.now();
const clip = await loadClip(process.argv[2]!, { activation: 'quick_gelu' });
const loaded = performance.now();
const towers = compile((x: tf.Tensor) => [clip.vision(x), clip.text(['tabby cat', 'terrier'])]);
const outputs = await towers(images);
const done = performance.now();
const features = outputs.flatMap(x => [...x.dataSync()]);
// Linux includes memory of the parent process in maxRSS; the process's own high-water mark is elsewhere.
const own = process.platform === 'linux' && /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
const peak = (own ? Number(own) : process.resourceUsage().maxRSS) * 1024;
console.log(JSON.stringify({ load: (loaded - start) / 1e3, batch: (done - loaded) / 1e3, peak, features }));
