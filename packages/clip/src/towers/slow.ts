import * as tf from '@tensorflow/tfjs-core';

/** Whether this process has already warned. */
export const slow = { warned: false };

/**
 * Warns once if a vision tower is about to run in JavaScript: on the backend `onnxruntime`, outside `compile`, if no
 * gradient is requested.
 */
export function warnIfSlow(): void {
  if (slow.warned || tf.getBackend() !== 'onnxruntime' || tf.engine().state.gradientDepth > 0) return;
  if ((tf.backend() as { trace?: unknown }).trace) return;
  slow.warned = true;
  console.warn(
    'A vision tower outside compile() computes in JavaScript, many times slower than a compiled one: use imageFeatures(clip, images) of @dgprompt/clip for image files, or call it inside compile().',
  );
}
