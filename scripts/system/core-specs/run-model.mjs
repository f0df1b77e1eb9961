import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { runError } from '../../../packages/engine/src/runtime/run-error.ts';

/** A tfjs kernel returns synchronously, but ONNX Runtime's own functions return promises; its binding does not. */
const require = createRequire(import.meta.url);
const { Tensor } = require('onnxruntime-node');
const { binding, initOrt } = require(join(dirname(require.resolve('onnxruntime-node')), 'binding.js'));

const options = {
  executionProviders: ['cpu'],
  intraOpNumThreads: 1,
  graphOptimizationLevel: 'all',
  logSeverityLevel: 4,
};

/** Runs the bytes of an ONNX model and returns its outputs, by name. */
export function runModel(model, feeds) {
  initOrt();
  const session = new binding.InferenceSession();
  session.loadModel(model.buffer, model.byteOffset, model.byteLength, options);
  try {
    const given = Object.entries(feeds).map(([name, { dtype, values, shape }]) => [
      name,
      new Tensor(dtype, values, shape),
    ]);
    const wanted = Object.fromEntries(session.outputMetadata.map(({ name }) => [name, null]));
    return session.run(Object.fromEntries(given), wanted, {});
  } catch (error) {
    throw runError(error);
  } finally {
    session.dispose();
  }
}
