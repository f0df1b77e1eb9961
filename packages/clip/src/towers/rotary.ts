import * as tf from '@tensorflow/tfjs-core';
import { classTokens, type VisionConfig } from '../config.js';

/** The slowest rotation has a period of this many positions (Su et al., 2021). */
const BASE = 10_000;

/**
 * Rotary positions of a vision tower (EVA-02, Fang et al., 2023): pairs of neighbouring dimensions of queries and keys
 * are rotated by angles that grow with the patch's row (first half of a head) and column. Class token and prompts have
 * no position and are not rotated.
 *
 * @param count N, tokens in a layer: class token, patches, prompts
 * @returns a function of heads [B, H, N, D/H]; undefined for a tower without rotary positions
 */
export function rotary(vision: VisionConfig, count: number): ((heads: tf.Tensor4D) => tf.Tensor4D) | undefined {
  if (!vision.rotary) return undefined;
  const depth = vision.width / vision.heads;
  const { cos, sin } = tables(vision, count, depth);
  const turn = quarterTurn(depth);
  return heads => {
    const [batch, h] = heads.shape;
    const rows = tf.reshape(heads, [batch * h * count, depth]) as tf.Tensor2D;
    const turned = tf.reshape(tf.matMul(rows, turn), [batch, h, count, depth]);
    return tf.add(tf.mul(heads, cos), tf.mul(turned, sin)) as tf.Tensor4D;
  };
}

/** Cosines and sines of all tokens, [N, D/H] each. */
function tables(vision: VisionConfig, count: number, depth: number): { cos: tf.Tensor2D; sin: tf.Tensor2D } {
  const grid = vision.imageSize / vision.patchSize;
  const bands = depth / 4;
  const cos = new Float32Array(count * depth).fill(1);
  const sin = new Float32Array(count * depth);
  for (let patch = 0; patch < grid * grid; patch++) {
    const place = [Math.floor(patch / grid), patch % grid]; // row, column
    const start = (classTokens(vision) + patch) * depth;
    for (let i = 0; i < depth; i++) {
      const axis = i < depth / 2 ? 0 : 1;
      const band = Math.floor((i % (depth / 2)) / 2);
      const angle = ((place[axis]! / grid) * vision.rotary!) / BASE ** (band / bands);
      cos[start + i] = Math.cos(angle);
      sin[start + i] = Math.sin(angle);
    }
  }
  return { cos: tf.tensor2d(cos, [count, depth]), sin: tf.tensor2d(sin, [count, depth]) };
}

/** Multiplied from the right, it turns each pair (a, b) of neighbours into (-b, a): [D/H, D/H]. */
function quarterTurn(depth: number): tf.Tensor2D {
  const values = new Float32Array(depth * depth);
  for (let i = 0; i < depth; i += 2) {
    values[(i + 1) * depth + i] = -1;
    values[i * depth + i + 1] = 1;
  }
  return tf.tensor2d(values, [depth, depth]);
}
