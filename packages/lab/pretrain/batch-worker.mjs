// Plain JavaScript, because a worker's entry is loaded before tsx can be registered.
import { parentPort, workerData } from 'node:worker_threads';
import { register } from 'tsx/esm/api';

register();
const { batch, openCorpus } = await import('./batches.js');
const { cacheDir, bytes, options } = workerData;
const corpus = openCorpus(cacheDir, bytes);
parentPort.on('message', step => {
  const { captions, entries, ...made } = batch(corpus, { ...options, step });
  parentPort.postMessage(
    { step, batch: made },
    Object.values(made).map(array => array.buffer),
  );
});
