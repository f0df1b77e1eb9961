import type { SeededRandom } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs-core';
import { type Mapper, mappedBy, mapper, type Reader, readBy, reader } from './cross-attention.js';

/** Prompts of the layers, in order. */
interface Prompts {
  text: tf.Variable[]; // L × [M, d_t]
  visual: tf.Variable[]; // L × [M, d_v]
}

interface FlowOptions {
  /** Number of layers in which visual prompts read text prompts; in the others it is the other way round. */
  cross: number;
  heads: number;
  /** Whether the networks get gradients; if not, their output is a constant that replaces the prompts' values. */
  asWritten: boolean;
}

/** A proxy for each layer that is read, which summarises its prompts, and the network that reads the proxies. */
type Direction = { readers: Reader[]; proxies: tf.Variable[]; mapper: Mapper };

/** How HiCroPL's prompts read each other. */
export function promptFlow(random: SeededRandom, { text, visual }: Prompts, { cross, heads, asWritten }: FlowOptions) {
  const [textWidth, visionWidth] = [text[0]!.shape[1]!, visual[0]!.shape[1]!];
  const weights = {
    toVision: direction(random, visionWidth, textWidth, cross),
    toText: direction(random, textWidth, visionWidth, text.length - cross),
  };
  const readings = {
    toVision: { reading: visual.slice(0, cross), read: text.slice(0, cross) },
    toText: { reading: text.slice(cross), read: visual.slice(cross) },
  };
  /** The prompts after reading, layer by layer; with gradients only to themselves unless `asWritten`. */
  const mapped = (way: keyof typeof weights): tf.Tensor[] => {
    const { reading, read } = readings[way];
    const { readers, proxies, mapper } = weights[way];
    const others = () =>
      tf.concat(
        read.map((prompts, i) => readBy(readers[i]!, proxies[i]!, prompts, heads)),
        0,
      ); // [K, d']
    const rows = tf.concat(reading, 0); // [L · M, d]
    const become = (given: tf.Tensor) => mappedBy(mapper, given, others(), heads);
    const made = asWritten ? become(rows) : replaced(rows, become); // [L · M, d]
    const [tokens] = reading[0]!.shape as [number];
    return reading.map((_, i) => tf.slice(made, [i * tokens, 0], [tokens, -1])); // [M, d] each
  };
  return {
    weights,
    /** The visual prompts of the lower layers, [M, d_v] each. */
    lowerVisual: () => mapped('toVision'),
    /** The text prompts of the upper layers, [M, d_t] each. */
    upperText: () => mapped('toText'),
    /** Overwrites the prompts with the result. */
    write() {
      for (const way of ['toVision', 'toText'] as const)
        mapped(way).forEach((values, i) => void readings[way].reading[i]!.assign(values));
    },
  };
}

/** Networks for the layers that are read start with the same values, as published. */
function direction(random: SeededRandom, width: number, from: number, layers: number): Direction {
  const first = reader(random, from);
  const proxy = tf.tidy(() => tf.variable(random.normal([1, from], 1)));
  return {
    readers: Array.from({ length: layers }, (_, l) => (l === 0 ? first : copied(first))),
    proxies: Array.from({ length: layers }, (_, l) => (l === 0 ? proxy : copied(proxy))),
    mapper: mapper(random, width, from),
  };
}

function copied<T extends object>(tree: T): T {
  if (tree instanceof tf.Variable) return tf.tidy(() => tf.variable(tree.clone())) as unknown as T;
  return Object.fromEntries(Object.entries(tree).map(([key, value]) => [key, copied(value as object)])) as T;
}

/** Replaces the values of rows, which get the gradient of the new values. */
function replaced(rows: tf.Tensor, fn: (rows: tf.Tensor) => tf.Tensor): tf.Tensor {
  const run = tf.customGrad(given => ({ value: fn(given as tf.Tensor), gradFunc: dy => tf.mul(dy as tf.Tensor, 1) }));
  return run(rows);
}
