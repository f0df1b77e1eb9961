import type { NamedArray } from '@dgprompt/io';
import * as tf from '@tensorflow/tfjs-core';
import type { ClipConfig } from '../config.js';
import type { ConvNextTree } from './convnext-parameters.js';
import type { Parameter } from './parameter.js';
import type { ClipTree, TextTree, VisionTree } from './parameters.js';
import { leafAt, mapParameters } from './parameters.js';
import type { ResNetTree } from './resnet-parameters.js';

/** The weights of a CLIP: a plain tree of frozen tensors, or of variables if the towers are trained. */
export type ClipWeights<T extends tf.Tensor = tf.Tensor> = ClipTree<T>;
export type VisionWeights<T extends tf.Tensor = tf.Tensor> = VisionTree<T>;
export type ResNetWeights<T extends tf.Tensor = tf.Tensor> = ResNetTree<T>;
export type ConvNextWeights<T extends tf.Tensor = tf.Tensor> = ConvNextTree<T>;
/** A vision tower of any kind. */
export type VisionTowerWeights<T extends tf.Tensor = tf.Tensor> = ClipTree<T>['vision'];
export type TextWeights<T extends tf.Tensor = tf.Tensor> = TextTree<T>;

/** A random generator for `initClipWeights`, such as `seededRandom` of `@dgprompt/engine`. */
export interface NormalAndUniform {
  normal(shape: number[], std: number): tf.Tensor;
  uniform(shape: number[], low: number, high: number): tf.Tensor;
}

/**
 * Random weights for pretraining, initialised as in OpenAI's model file (Radford et al., ICML 2021).
 *
 * @returns tensors, which the caller disposes; `mapTree((t: tf.Tensor) => tf.variable(t), weights)` makes them
 *   trainable
 *
 * @example
 * ```ts
 * import { disposeWeights, initClipWeights } from '@dgprompt/clip/weights';
 * import { seededRandom, useDevice } from '@dgprompt/engine';
 *
 * await useDevice();
 * const config = {
 *   embedDim: 64,
 *   activation: 'quick_gelu',
 *   vision: { imageSize: 32, patchSize: 8, width: 64, layers: 1, heads: 1 },
 *   text: { contextLength: 16, vocabSize: 300, width: 64, layers: 1, heads: 1 },
 * } as const;
 * const weights = initClipWeights(config, seededRandom(1));
 * console.log(weights.text.tokenEmbedding.shape); // [ 300, 64 ]
 * disposeWeights(config, weights);
 * ```
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
 *
 * @param read returns the values of a parameter in the file's shape; it throws if the file does not have it in the
 *   shape `stored`
 *
 * @example
 * ```ts
 * import { clipWeightsFromNames, clipWeightsToNames, initClipWeights } from '@dgprompt/clip/weights';
 * import { seededRandom, useDevice } from '@dgprompt/engine';
 *
 * await useDevice();
 * const config = {
 *   embedDim: 64,
 *   activation: 'quick_gelu',
 *   vision: { imageSize: 32, patchSize: 8, width: 64, layers: 1, heads: 1 },
 *   text: { contextLength: 16, vocabSize: 300, width: 64, layers: 1, heads: 1 },
 * } as const;
 * const named = clipWeightsToNames(config, initClipWeights(config, seededRandom(1)));
 * const weights = clipWeightsFromNames(config, ({ name }) => named.get(name)!.data);
 * console.log(weights.text.projection.shape); // [ 64, 64 ]
 * ```
 */
export function clipWeightsFromNames(config: ClipConfig, read: (parameter: Parameter) => Float32Array): ClipWeights {
  return mapParameters(config, parameter => {
    const { stored, shape, transposed } = parameter;
    const data = read(parameter);
    return tf.tensor(transposed ? transpose(data, stored[0]!) : data, shape, 'float32');
  });
}

/**
 * Parameters by their OpenAI names, for `writeSafetensors` of `@dgprompt/io`; the inverse of `clipWeightsFromNames`. It
 * reads the values synchronously, so it cannot be called inside `compile`.
 *
 * @throws a sentence naming the first parameter that these weights do not have in the config's shape
 *
 * @example
 * ```ts
 * import { clipWeightsToNames, initClipWeights } from '@dgprompt/clip/weights';
 * import { seededRandom, useDevice } from '@dgprompt/engine';
 *
 * await useDevice();
 * const config = {
 *   embedDim: 64,
 *   activation: 'quick_gelu',
 *   vision: { imageSize: 32, patchSize: 8, width: 64, layers: 1, heads: 1 },
 *   text: { contextLength: 16, vocabSize: 300, width: 64, layers: 1, heads: 1 },
 * } as const;
 * const named = clipWeightsToNames(config, initClipWeights(config, seededRandom(1)));
 * console.log(named.get('visual.conv1.weight')!.shape); // [ 64, 3, 8, 8 ]
 * ```
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

/**
 * Disposes every tensor of the tree.
 *
 * @example
 * ```ts
 * import { disposeWeights, initClipWeights } from '@dgprompt/clip/weights';
 * import { seededRandom, useDevice } from '@dgprompt/engine';
 *
 * await useDevice();
 * const config = {
 *   embedDim: 64,
 *   activation: 'quick_gelu',
 *   vision: { imageSize: 32, patchSize: 8, width: 64, layers: 1, heads: 1 },
 *   text: { contextLength: 16, vocabSize: 300, width: 64, layers: 1, heads: 1 },
 * } as const;
 * disposeWeights(config, initClipWeights(config, seededRandom(1)));
 * console.log('freed'); // freed
 * ```
 */
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
