import type { ZipEntry } from './zip-entry.js';

export type { ZipEntry } from './zip-entry.js';

export async function openZip(
  _path: string,
  _most: number,
): Promise<{ entries: Map<string, ZipEntry>; close(): void }> {
  throw new Error('it is a PyTorch archive, which browsers cannot read here; save it as .safetensors');
}
