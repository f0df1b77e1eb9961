/** How a parameter is named and stored in a checkpoint, and how pretraining initialises it. */
export interface Parameter {
  /** OpenAI's name for it. */
  name: string;
  /** Shape in the file. */
  stored: number[];
  /** Shape in our tree. */
  shape: number[];
  /** Whether our tree has the file's matrix transposed (a convolution is flattened to [out, in] first). */
  transposed: boolean;
  start: Start;
}

/** Initial values: normal with a deviation, uniform within ± a bound, or constant. */
export type Start = { normal: number } | { uniform: number } | { constant: number };

/** A matrix that PyTorch stores as [out, in], and our tree as [in, out]. */
export function linear(name: string, from: number, to: number, start: Start): Parameter {
  return { name, stored: [to, from], shape: [from, to], transposed: true, start };
}

export function asStored(name: string, shape: number[], start: Start): Parameter {
  return { name, stored: shape, shape, transposed: false, start };
}
