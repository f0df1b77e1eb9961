import * as tf from '@tensorflow/tfjs-core';
import { graphType } from '../tracing/graph-value.js';
import { freshName, type Trace } from '../tracing/trace.js';
import type { OnnxBackend } from './backend.js';

/**
 * Replaces a variable's data with a symbol, so that reads and assignments are recorded. Variables made inside the
 * function (an optimizer's buffers at its first step) get their symbol when they are first read.
 */
export function standIn(backend: OnnxBackend, trace: Trace, variable: tf.Variable): void {
  if (trace.variables.has(variable) || variable.dtype === 'string' || variable.dtype === 'complex64') return;
  const symbol = { name: freshName(trace, 's'), shape: variable.shape, dtype: graphType(variable.dtype) };
  const symbolic = tf.engine().makeTensorFromTensorInfo(backend.symbolic(symbol.name, symbol.shape, symbol.dtype));
  tf.keep(symbolic);
  trace.variables.set(variable, { real: variable.dataId, symbolic, symbol });
  backend.incRef(symbolic.dataId);
  variable.dataId = symbolic.dataId;
}

/**
 * Restores the data of every variable, and disposes variables that have none because they were made inside the function
 * from a traced value.
 *
 * @returns whether there were any such variables
 */
export function restoreVariables(backend: OnnxBackend, trace: Trace): boolean {
  for (const [variable, { real, symbolic }] of trace.variables) {
    backend.disposeData(variable.dataId);
    variable.dataId = real;
    symbolic.dispose();
  }
  const lost = Object.values(tf.engine().registeredVariables).filter(variable => backend.isSymbolic(variable));
  for (const variable of lost) variable.dispose();
  return lost.length > 0;
}
