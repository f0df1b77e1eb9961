/** One backend's MaPLe training step, timed in a process of its own: prints one line of JSON. */
import { loadClip } from '@dgprompt/clip';
import { seededRandom, useDevice } from '@dgprompt/engine';
import { maple, trainingStep } from '@dgprompt/methods';
import { miniClip } from '@dgprompt/pictograms';
import * as tf from '@tensorflow/tfjs';
import { classNames } from './class-names.js';

const [backend = 'onnxruntime', repeats = '5', threads = '0'] = process.argv.slice(2);
const batch = 4;

if (backend === 'wasm') {
  const { setThreadsCount } = await import('@tensorflow/tfjs-backend-wasm');
  if (Number(threads) > 0) setThreadsCount(Number(threads));
  await tf.setBackend('wasm');
} else {
  await useDevice({ backend: backend as 'onnxruntime' | 'cpu' | 'tensorflow', threads: Number(threads) });
}
await tf.ready();

const clip = await loadClip(miniClip);
const method = maple(clip, classNames);
const step = trainingStep(method);
const random = seededRandom(1);
const images = random.normal([batch, 3, clip.imageSize, clip.imageSize], 1) as tf.Tensor4D;
const labels = tf.tensor1d([3, 17, 30, 42], 'int32');
const rows = tf.ones([batch]) as tf.Tensor1D;

const seconds: number[] = [];
let loss = 0;
for (let i = 0; i <= Number(repeats); i++) {
  const started = performance.now();
  loss = await step.run({ images, labels, rows }, {}, 0.0035);
  seconds.push((performance.now() - started) / 1000);
}
const [first, ...later] = seconds;
const median = [...later].sort((a, b) => a - b)[Math.floor(later.length / 2)];
console.log(JSON.stringify({ backend, first, median, loss, peakBytes: process.resourceUsage().maxRSS * 1024 }));
process.exit(0);
