/** How far below zero negative indices are moved, so that ONNX Runtime rejects them. */
export const FAR_BELOW = 2 ** 30;

/** The error to report for a failed run: tfjs-cpu's for an index, ours for a lost GPU, otherwise ONNX Runtime's own. */
export function runError(error: unknown): unknown {
  const message = error instanceof Error ? error.message : String(error);
  const range = /idx=(-?\d+) must be within the inclusive range \[-\d+,(-?\d+)\]/.exec(message);
  if (/device (was|is) lost/i.test(message))
    return new Error(
      'The GPU was lost while it computed: start again, or choose the device cpu; training resumes from its checkpoint.',
      { cause: error },
    );
  if (!range) return error;
  const [index, last] = range.slice(1).map(Number) as [number, number];
  const given = index < 0 ? index + FAR_BELOW : index;
  return new Error(`GatherV2: the index value ${given} is not in [0, ${last}]`, { cause: error });
}
