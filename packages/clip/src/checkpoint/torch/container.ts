import type { PickleValue } from './pickle-value.js';
import type { TorchStorage } from './tensor.js';

/** The description of a CLIP's tensors takes far less; a file that needs more was made to exhaust the memory. */
export const LARGEST_PICKLE = 64 * 2 ** 20;

/** A PyTorch file in one of its two layouts: what was saved, and where its data is. */
export interface Container {
  value: PickleValue;
  /** Whether it is a TorchScript. */
  script: boolean;
  /** The position of a storage's first byte in the file. @throws a sentence if the file does not have all of it */
  start(storage: TorchStorage): number | Promise<number>;
  close(): void;
}

/** The position of a storage in the file, from the position of its key's data. */
export function startInside(
  { key, type, size, first }: TorchStorage,
  data: { start: number; size: number } | undefined,
): number {
  if (!data) throw new Error(`its data "${key.slice(0, 50)}" is missing`);
  if (data.size < (first + size) * type.bytes)
    throw new Error(`its data "${key.slice(0, 50)}" is shorter than its description says`);
  return data.start + first * type.bytes;
}
