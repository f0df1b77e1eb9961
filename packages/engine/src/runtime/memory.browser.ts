/** Frees an array's memory at once; it is empty afterwards. */
export function freeMemory({ buffer }: Float32Array): void {
  structuredClone(undefined, { transfer: [buffer as ArrayBuffer] });
}

/** Does nothing: pages cannot request it. */
export function collectGarbage(): void {}

export function keepFreedMemory(): void {}
