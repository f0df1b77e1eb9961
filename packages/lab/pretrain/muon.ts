import { adamW, namedLeaves, type Tree } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs-core';

/** Coefficients of the quintic that moves singular values towards 1 (Jordan et al., 2024). */
const [A, B, C] = [3.4445, -4.775, 2.0315];

/**
 * Brings the singular values of matrices close to 1, preserving their singular vectors: five Newton-Schulz iterations.
 * @param x [L, rows, columns], matrix by matrix
 */
export function orthogonalise(x: tf.Tensor3D): tf.Tensor3D {
  const [, rows, columns] = x.shape;
  const tall = rows > columns;
  let y = tall ? (tf.transpose(x, [0, 2, 1]) as tf.Tensor3D) : x; // [L, short, long]
  y = tf.div(y, tf.add(tf.sqrt(tf.sum(tf.square(y), [1, 2], true)), 1e-7));
  for (let i = 0; i < 5; i++) {
    const gram = tf.matMul(y, y, false, true); // [L, short, short]
    const even = tf.add(tf.mul(gram, B), tf.mul(tf.matMul(gram, gram), C));
    y = tf.add(tf.mul(y, A), tf.matMul(even, y));
  }
  return tall ? tf.transpose(y, [0, 2, 1]) : y;
}

/** Matrices for Muon: the linear layers inside the blocks. AdamW updates embeddings, projections and vectors. */
const isHidden = (name: string) => /\bblocks\.\d+\.(attention|mlp)\..*Weight$/.test(name);

/** Moments as in CLIP's pretraining; biases, norms and scalars do not decay. */
export const adamOfClip = { beta2: 0.98, eps: 1e-6, decayVectors: false };

/**
 * Muon (Jordan et al., 2024) for the linear layers of the blocks, AdamW for everything else. Muon's steps are scaled to
 * the size of AdamW's (Liu et al., 2025: 0.2·√longer side), so that both share one learning rate and one weight decay.
 */
export function muon({ momentum = 0.95, weightDecay = 0.1 } = {}) {
  const adam = adamW({ ...adamOfClip, weightDecay });
  let state: { momentum: tf.Variable[]; adam: Tree<tf.Variable> } | undefined;
  const part = <T>(tree: Tree<T>, hidden: boolean): T[] =>
    namedLeaves(tree).flatMap(([name, leaf]) => (isHidden(name) === hidden ? [leaf] : []));

  /** Allocates the buffers, all zero. */
  function init(variables: Tree<tf.Variable>) {
    state ??= {
      momentum: part(variables, true).map(v => tf.variable(tf.zeros(v.shape), false)),
      adam: adam.init(part(variables, false)) as unknown as Tree<tf.Variable>,
    };
    return state;
  }

  /** One step; `lr` is a scalar. */
  function update(variables: Tree<tf.Variable>, gradients: Tree<tf.Tensor>, lr: tf.Scalar): void {
    const { momentum: buffers } = init(variables);
    adam(part(variables, false), part(gradients, false), lr);
    tf.tidy(() => {
      const matrices = part(variables, true);
      const ahead = part(gradients, true).map((gradient, i) => {
        const buffer = tf.add(tf.mul(buffers[i]!, momentum), gradient);
        buffers[i]!.assign(buffer);
        return tf.add(gradient, tf.mul(buffer, momentum)); // Nesterov's look-ahead
      });
      for (const [shape, places] of byShape(matrices)) {
        const [rows, columns] = shape.split(',').map(Number) as [number, number];
        const changes = tf.unstack(orthogonalise(tf.stack(places.map(i => ahead[i]!)) as tf.Tensor3D));
        places.forEach((place, i) => {
          const change = tf.mul(changes[i]!, 0.2 * Math.sqrt(Math.max(rows, columns)));
          const variable = matrices[place]!;
          variable.assign(tf.sub(variable, tf.mul(tf.add(change, tf.mul(variable, weightDecay)), lr)));
        });
      }
    });
  }
  return { init, update };
}

/** Indices of the matrices of each shape. */
function byShape(matrices: readonly tf.Variable[]): Map<string, number[]> {
  const places = new Map<string, number[]>();
  matrices.forEach((m, i) => {
    const key = m.shape.join();
    places.set(key, [...(places.get(key) ?? []), i]);
  });
  return places;
}
