/** ONNX Runtime's error about a graph that it runs, in one sentence where it is about a value, as tfjs-cpu has it. */
export function runError(error: unknown): unknown {
  const message = error instanceof Error ? error.message : String(error);
  const range = /idx=(-?\d+) must be within the inclusive range \[-\d+,(-?\d+)\]/.exec(message);
  if (!range) return error;
  const [index, last] = range.slice(1).map(Number) as [number, number];
  // A negative one is recorded as the first that is too large.
  const which = index === last + 1 ? `an index value, negative or ${index},` : `the index value ${index}`;
  return new Error(`GatherV2: ${which} is not in [0, ${last}]`, { cause: error });
}
