import { addNode } from '../tracing/trace.js';
import type { KernelTable } from './kernel.js';

export const LAYER_NORM = 'DgLayerNorm';
export const QUICK_GELU = 'DgQuickGelu';
export const GELU = 'DgGelu';
export const GELU_TANH = 'DgGeluTanh';

/**
 * Operators that ONNX Runtime has and tfjs lacks: only the ops in `fused` call them, while a function is compiled.
 */
export const fusedKernels: KernelTable = {
  /** Also returns the mean and the inverse deviation, which the gradient needs. */
  [LAYER_NORM]: (backend, { x, weight, bias }, { eps }) => {
    const inputs = [x, weight, bias].map(t => backend.nameOf(t));
    const attributes = { axis: -1, epsilon: { float: eps } };
    const [y, mean, inverse] = addNode(backend.trace!, 'LayerNormalization', inputs, attributes, { outputs: 3 });
    const rows = [...x.shape.slice(0, -1), 1];
    return [
      backend.symbolic(y!, x.shape, 'float32'),
      backend.symbolic(mean!, rows, 'float32'),
      backend.symbolic(inverse!, rows, 'float32'),
    ];
  },
  [QUICK_GELU]: (backend, { x }, { alpha }) =>
    backend.emit('QuickGelu', [backend.nameOf(x)], x.shape, 'float32', { alpha: { float: alpha } }, 'com.microsoft'),
  /** ONNX Runtime's FastGelu takes no scalars. */
  [GELU_TANH]: (backend, { x }) => {
    const value = x.shape.length === 0 ? backend.reshaped(backend.nameOf(x), [1]) : backend.nameOf(x);
    const y = backend.node('FastGelu', [value], {}, 'com.microsoft');
    return backend.symbolic(x.shape.length === 0 ? backend.reshaped(y, []) : y, x.shape, 'float32');
  },
  [GELU]: (backend, { x }) => backend.emit('Gelu', [backend.nameOf(x)], x.shape, 'float32', {}, 'com.microsoft'),
};
