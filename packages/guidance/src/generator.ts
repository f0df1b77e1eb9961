import { attention, layerNorm } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs-core';

/** Draws initial values, such as `seededRandom` from `@dgprompt/engine`. */
export interface Random {
  normal(shape: number[], std: number): tf.Tensor;
  uniform(shape: number[], low: number, high: number): tf.Tensor;
}

export interface GeneratorOptions {
  /** Width d of the guiding states. */
  from: number;
  /** Width of the guided prompt tokens. */
  to: number;
  /** M, prompt tokens per layer. */
  tokens: number;
  /** Maximum number of layers whose states are read, ≥ 1. */
  layers: number;
  /** Whether a set always has one member (an image's class token). */
  single?: boolean;
  /** Width r of the bottleneck. */
  rank: number;
  /** Whether a learned scalar starts at 0 instead of the output projection. */
  gate: boolean;
}

/** The learned parameters of one generator; without queries and key if there is only one state to attend to. */
export type GeneratorVariables = {
  queries?: tf.Variable; // [M, r]
  layerEmbedding: tf.Variable; // [layers, d]
  key?: tf.Variable; // [d, r]
  value: tf.Variable; // [d, r]
  output: tf.Variable; // [r, to]
  gate?: tf.Variable; // []
};

export interface Generator {
  variables: GeneratorVariables;
  /**
   * Generates the other modality's addition to the prompt tokens of this layer.
   * @param states of the other modality, lowest layer first, [n, d] each, or [B, n, d] for one set per image (the two
   *   may be mixed); n members of a set (the classes), or n = 1 (an image's class token)
   * @returns [M, to] or [B, M, to]
   * @throws if there are no states, or more than the generator has layers
   */
  generate(states: tf.Tensor[]): tf.Tensor;
}

/**
 * One prompt generator of DGPrompt, our reading of the paper's abstract: M learned queries attend, in a bottleneck of
 * rank r, to the other modality's states of every lower layer, layer-normalised and marked with a learned embedding of
 * their layer. Set members have no positions, so it works for any number of classes in any order.
 *
 * The output is initially zero, so that training starts from plain independent prompts. Either the output projection
 * starts at zero, or (`gate`) a scalar that scales it, with tanh, as in Flamingo (Alayrac et al., NeurIPS 2022).
 */
export function generator(options: GeneratorOptions, random: Random): Generator {
  const { from, to, tokens, layers, rank, gate, single = false } = options;
  const bound = from ** -0.5;
  const attends = !single || layers > 1;
  const queries = random.normal([tokens, rank], 1);
  const layerEmbedding = learned(random.normal([layers, from], 0.02));
  const key = random.uniform([from, rank], -bound, bound);
  const variables: GeneratorVariables = {
    ...(attends && { queries: learned(queries) }),
    layerEmbedding,
    ...(attends && { key: learned(key) }),
    value: learned(random.uniform([from, rank], -bound, bound)),
    output: learned(gate ? random.normal([rank, to], 0.02) : tf.zeros([rank, to])),
    ...(gate && { gate: learned(tf.scalar(0)) }),
  };
  if (!attends) tf.dispose([queries, key]); // drawn only so that the other values are the same as with attention
  return { variables, generate: states => generate(variables, tokens, states) };
}

function generate(variables: GeneratorVariables, tokens: number, states: tf.Tensor[]): tf.Tensor {
  const { queries, layerEmbedding, key, value, output, gate } = variables;
  const [layers, d] = layerEmbedding.shape as [number, number];
  if (states.length === 0 || states.length > layers)
    throw new Error(`A generator for ${layers} layers got the states of ${states.length}.`);
  const scale = tf.ones<tf.Rank.R1>([d]);
  const shift = tf.zeros<tf.Rank.R1>([d]);
  // [(B,) n, d]
  const marked = states.map((state, k) => tf.add(layerNorm(state, scale, shift), tf.slice(layerEmbedding, k, 1)));
  const batch = states.find(state => state.rank === 3)?.shape[0];
  const each = (x: tf.Tensor) =>
    batch === undefined || x.rank === 3 ? x : tf.tile(tf.expandDims(x, 0), [batch, 1, 1]);
  const set = tf.concat(marked.map(each), -2); // [(B,) n·layers, d]
  const read =
    queries && key
      ? attention(each(queries), product(set, key), product(set, value))
      : repeated(product(set, value), tokens); // [(B,) M, r]
  const added = product(read, output); // [(B,) M, to]
  return gate ? tf.mul(added, tf.tanh(gate)) : added;
}

/** What attention would read from a single state: its value, for each of the M tokens. */
function repeated(values: tf.Tensor, tokens: number): tf.Tensor {
  if (values.shape.at(-2) !== 1)
    throw new Error(`A generator for sets of one member got sets of ${values.shape.at(-2)}; leave out single.`);
  return tf.tile(values, values.rank === 3 ? [1, tokens, 1] : [tokens, 1]);
}

/** x·weight over the last axis, as one matrix product for any rank of x. */
function product(x: tf.Tensor, weight: tf.Tensor): tf.Tensor {
  const rows = tf.reshape(x, [-1, x.shape.at(-1)!]);
  return tf.reshape(tf.matMul(rows as tf.Tensor2D, weight as tf.Tensor2D), [...x.shape.slice(0, -1), weight.shape[1]!]);
}

function learned(start: tf.Tensor): tf.Variable {
  const variable = tf.variable(start);
  start.dispose();
  return variable;
}
