import type { NamedArray } from '@dgprompt/io';
import * as tf from '@tensorflow/tfjs';
import type { ClipConfig } from '../config.js';
import type { Parameter } from './parameter.js';
import type { ClipTree, TextTree, VisionTree } from './parameters.js';
import { leafAt, mapParameters } from './parameters.js';
import type { ResNetTree } from './resnet-parameters.js';

/** The weights of a CLIP: a plain tree of frozen tensors, or of variables when the towers themselves are trained. */
export type ClipWeights<T extends tf.Tensor = tf.Tensor> = ClipTree<T>;
export type VisionWeights<T extends tf.Tensor = tf.Tensor> = VisionTree<T>;
export type ResNetWeights<T extends tf.Tensor = tf.Tensor> = ResNetTree<T>;
export type TextWeights<T extends tf.Tensor = tf.Tensor> = TextTree<T>;

/** What `initClipWeights` draws from; `seededRandom` of `@dgprompt/engine` is one. */
export interface NormalAndUniform {
  normal(shape: number[], std: number): tf.Tensor;
  uniform(shape: number[], low: number, high: number): tf.Tensor;
}

/**
 * Fresh random weights for pretraining, started as OpenAI's model file starts them (Radford et al., ICML 2021).
 * @returns tensors of the caller's; `mapTree(t => tf.variable(t), weights)` makes them trainable
 */
export function initClipWeights(config: ClipConfig, random: NormalAndUniform): ClipWeights {
  return mapParameters(config, ({ shape, start }) => {
    if ('normal' in start) return random.normal(shape, start.normal);
    if ('uniform' in start) return random.uniform(shape, -start.uniform, start.uniform);
    return tf.fill(shape, start.constant);
  });
}

/**
 * Weights from parameters by their OpenAI names.
 * @param read gives the values of a parameter; it throws where the file has none, or one of another shape than `stored`
 */
export function clipWeightsFromNames(config: ClipConfig, read: (parameter: Parameter) => Float32Array): ClipWeights {
  return mapParameters(config, parameter => {
    const { stored, shape, transposed } = parameter;
    const data = read(parameter);
    return tf.tensor(transposed ? transpose(data, stored[0]!) : data, shape, 'float32');
  });
}

/**
 * Parameters by their OpenAI names, as `writeSafetensors` takes them; the inverse of `clipWeightsFromNames`.
 * Reads the values synchronously, so it is called outside of `compile`.
 * @throws naming the first parameter that these weights do not have in the config's shape
 */
export function clipWeightsToNames(config: ClipConfig, weights: ClipWeights): Map<string, NamedArray> {
  const named = new Map<string, NamedArray>();
  mapParameters(config, ({ name, stored, shape, transposed }, path) => {
    const tensor = leafAt(weights, path);
    if (tensor === undefined || tensor.shape.join() !== shape.join())
      throw new Error(`Weights to write: ${path.join('.')} is [${tensor?.shape}], but the config makes it [${shape}].`);
    const data = tensor.dataSync<'float32'>();
    named.set(name, { shape: stored, data: transposed ? transpose(data, shape[0]!) : Float32Array.from(data) });
  });
  return named;
}

/** Frees every tensor of the tree. */
export function disposeWeights(config: ClipConfig, weights: ClipWeights): void {
  mapParameters(config, (_, path) => leafAt(weights, path)?.dispose());
}

/** Row-major [rows, columns] → [columns, rows]. */
export function transpose(data: Float32Array, rows: number): Float32Array {
  const columns = data.length / rows;
  const out = new Float32Array(data.length);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) out[column * rows + row] = data[row * columns + column]!;
  return out;
}
