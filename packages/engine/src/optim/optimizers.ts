import * as tf from '@tensorflow/tfjs';
import { leaves, mapTree, type Tree } from '../tree.js';

type Variables = Tree<tf.Variable>;

/** One step of descent: assigns new values to the variables, inside `compile` or eagerly. */
export interface Optimizer<State> {
  (variables: Variables, gradients: Tree<tf.Tensor>, lr: tf.Scalar): void;
  /** Its buffers, made for the variables of the first step (or put there to go on with a saved run). */
  state: State | undefined;
  /** Makes the buffers for these variables, all zero, unless they are there. */
  init(variables: Variables): State;
  dispose(): void;
}

const zerosFor = (variables: Variables): Variables =>
  mapTree((v: tf.Variable) => tf.variable(tf.zeros(v.shape), false), variables);

function optimizer<State extends Tree<tf.Variable>>(
  make: (variables: Variables) => State,
  step: (state: State, variables: tf.Variable[], gradients: tf.Tensor[], lr: tf.Scalar) => void,
): Optimizer<State> {
  const update = ((variables: Variables, gradients: Tree<tf.Tensor>, lr: tf.Scalar) => {
    tf.tidy(() => step(update.init(variables), leaves(variables), leaves(gradients), lr));
  }) as Optimizer<State>;
  update.state = undefined;
  update.init = variables => {
    update.state ??= tf.tidy(() => make(variables) as never) as State;
    return update.state;
  };
  update.dispose = () => {
    if (update.state) for (const buffer of leaves<tf.Variable>(update.state)) buffer.dispose();
    update.state = undefined;
  };
  return update;
}

/**
 * Stochastic gradient descent as PyTorch has it and every published prompt method uses it: weight decay is added to the
 * gradient, momentum without dampening, no Nesterov: m ← momentum·m + (g + decay·v); v ← v − lr·m.
 */
export function sgd({ momentum = 0.9, weightDecay = 5e-4 } = {}): Optimizer<Tree<tf.Variable>> {
  return optimizer(zerosFor, (state, variables, gradients, lr) => {
    const buffers = leaves<tf.Variable>(state);
    variables.forEach((variable, i) => {
      const decayed = weightDecay ? tf.add(gradients[i]!, tf.mul(variable, weightDecay)) : gradients[i]!;
      const buffer = tf.add(tf.mul(buffers[i]!, momentum), decayed);
      buffers[i]!.assign(buffer);
      variable.assign(tf.sub(variable, tf.mul(buffer, lr)));
    });
  });
}

/**
 * AdamW (Loshchilov & Hutter, 2019), with bias correction. Weight decay is decoupled, and applied to matrices only:
 * vectors (biases, norms) and scalars stay free of it.
 */
export function adamW({ beta1 = 0.9, beta2 = 0.98, eps = 1e-6, weightDecay = 0.1 } = {}): Optimizer<{
  step: tf.Variable;
  mean: Variables;
  square: Variables;
}> {
  return optimizer(
    variables => ({
      step: tf.variable(tf.scalar(0), false),
      mean: zerosFor(variables),
      square: zerosFor(variables),
    }),
    (state, variables, gradients, lr) => {
      const step = tf.add(state.step, 1);
      state.step.assign(step as tf.Scalar);
      const rate = tf.div(lr, tf.sub(1, tf.pow(beta1, step)));
      const correction = tf.sqrt(tf.sub(1, tf.pow(beta2, step)));
      const [means, squares] = [leaves<tf.Variable>(state.mean), leaves<tf.Variable>(state.square)];
      variables.forEach((variable, i) => {
        const gradient = gradients[i]!;
        const mean = tf.add(tf.mul(means[i]!, beta1), tf.mul(gradient, 1 - beta1));
        const square = tf.add(tf.mul(squares[i]!, beta2), tf.mul(tf.square(gradient), 1 - beta2));
        means[i]!.assign(mean);
        squares[i]!.assign(square);
        const change = tf.div(tf.mul(mean, rate), tf.add(tf.div(tf.sqrt(square), correction), eps));
        const decay = variable.rank > 1 ? tf.mul(variable, tf.mul(lr, weightDecay)) : 0;
        variable.assign(tf.sub(variable, tf.add(change, decay)));
      });
    },
  );
}
