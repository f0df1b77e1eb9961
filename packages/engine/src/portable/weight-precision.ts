import { float32ToFloat16 } from '@dgprompt/io';
import { FULL_RANGE, quantiseChannels } from '../int8/quantise.js';
import {
  elementCount,
  onnxType,
  type PortableConstant,
  type PortableGraph,
  type PortableNode,
} from './portable-graph.js';

/** Precision in which a file stores its weights; computation is in float32. */
export type Precision = 'fp32' | 'fp16' | 'int8';

/** Constants with fewer values stay float32: biases, norms and scales, where saving bytes costs accuracy. */
const manyValues = 1024;

/**
 * Stores weights in fewer bits: as float16 followed by a Cast, or as int8 per output channel followed by a
 * DequantizeLinear. Only large float32 constants change; int8 is used for matrices that are right factors, since they
 * have output channels.
 *
 * @throws one sentence if a matrix is not finite, in int8
 *
 * @example
 * ```ts
 * import { useDevice } from '@dgprompt/engine';
 * import { recordPortable, withPrecision } from '@dgprompt/engine/portable';
 * import * as tf from '@tensorflow/tfjs-core';
 *
 * await useDevice();
 * const weights = tf.randomUniform([64, 64]);
 * const graph = recordPortable((x: tf.Tensor2D) => tf.matMul(x, weights as tf.Tensor2D), [tf.zeros([1, 64])]);
 * console.log([...withPrecision(graph, 'int8').constants.values()].map(({ dtype }) => dtype)); // [ 'int8', 'float32' ]
 * ```
 */
export function withPrecision(graph: PortableGraph, precision: Precision): PortableGraph {
  if (precision === 'fp32') return graph;
  const constants = new Map(graph.constants);
  const unpacking: PortableNode[] = [];
  const channels = precision === 'int8' ? outputChannels(graph) : undefined;
  for (const [name, constant] of graph.constants) {
    if (constant.dtype !== 'float32' || elementCount(constant.shape) < manyValues) continue;
    const axis = channels?.get(name);
    if (channels && axis === undefined) continue;
    constants.delete(name);
    const stored = `${name}_${precision}`;
    if (axis === undefined) {
      constants.set(stored, asHalf(constant));
      unpacking.push(node('Cast', [stored], name, { to: onnxType('float32') }));
    } else {
      const { weights, scales } = asBytes(constant, axis);
      constants.set(stored, weights);
      constants.set(`${stored}_scale`, scales);
      unpacking.push(node('DequantizeLinear', [stored, `${stored}_scale`], name, { axis }));
    }
  }
  return { ...graph, constants, nodes: [...unpacking, ...graph.nodes] };
}

const node = (op: string, inputs: string[], output: string, attributes: PortableNode['attributes']): PortableNode => ({
  op,
  domain: '',
  inputs,
  outputs: [output],
  attributes,
});

/** The axis of output channels of each matrix that is only ever a right factor. */
function outputChannels({ nodes, constants }: PortableGraph): Map<string, number> {
  const axes = new Map<string, number | undefined>();
  for (const { op, inputs, attributes } of nodes)
    inputs.forEach((name, i) => {
      const rank = constants.get(name)?.shape.length;
      if (rank === undefined) return;
      const isFactor = i === 1 && (op === 'MatMul' || op === 'FusedMatMul') && rank >= 2;
      const axis = isFactor ? rank - (attributes.transB ? 2 : 1) : undefined;
      axes.set(name, !axes.has(name) || axes.get(name) === axis ? axis : undefined);
    });
  return new Map([...axes].filter((entry): entry is [string, number] => entry[1] !== undefined));
}

const floats = ({ bytes }: PortableConstant): Float32Array =>
  bytes.byteOffset % 4 === 0
    ? new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4)
    : new Float32Array(new Uint8Array(bytes).buffer);

/** The largest finite number in half precision. */
const largestHalf = 65504;

function asHalf(constant: PortableConstant): PortableConstant {
  const finite = floats(constant).map(x => Math.min(Math.max(x, -largestHalf), largestHalf)); // not to infinity
  const halves = float32ToFloat16(finite);
  return { dtype: 'float16', shape: constant.shape, bytes: new Uint8Array(halves.buffer) };
}

/** Symmetric int8: each channel's largest magnitude uses the full range, since computation is in float32. */
function asBytes(constant: PortableConstant, axis: number) {
  const { shape } = constant;
  const layout = { channels: shape[axis]!, inner: elementCount(shape.slice(axis + 1)) };
  const { values, scales } = quantiseChannels(floats(constant), layout, FULL_RANGE);
  const weights: PortableConstant = { dtype: 'int8', shape, bytes: new Uint8Array(values.buffer) };
  const dtype = 'float32';
  return { weights, scales: { dtype, shape: [layout.channels], bytes: new Uint8Array(scales.buffer) } as const };
}
