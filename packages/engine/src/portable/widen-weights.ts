import { bfloat16ToFloat32, float16ToFloat32 } from '@dgprompt/io';
import { onnxType, type PortableGraph } from './portable-graph.js';

/**
 * Replaces a checkpoint's half-precision weights, and the casts that widen them, with float32 weights, exactly, so that
 * later steps (folding, fewer bits) need not know how the checkpoint was stored.
 */
export function widenWeights(graph: PortableGraph): PortableGraph {
  const constants = new Map(graph.constants);
  const nodes = graph.nodes.filter(({ op, inputs, outputs, attributes }) => {
    const constant = graph.constants.get(inputs[0] ?? '');
    const widens = op === 'Cast' && attributes.to === onnxType('float32');
    if (!widens || (constant?.dtype !== 'float16' && constant?.dtype !== 'bfloat16')) return true;
    const halves = new Uint16Array(new Uint8Array(constant.bytes).buffer);
    const values = constant.dtype === 'float16' ? float16ToFloat32(halves) : bfloat16ToFloat32(halves);
    constants.set(outputs[0]!, { dtype: 'float32', shape: constant.shape, bytes: new Uint8Array(values.buffer) });
    return false;
  });
  const read = new Set([...nodes.flatMap(({ inputs }) => inputs), ...graph.outputs.map(({ name }) => name)]);
  return { ...graph, nodes, constants: new Map([...constants].filter(([name]) => read.has(name))) };
}
