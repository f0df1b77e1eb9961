/** Frees an array's memory at once; it is empty afterwards. */
export function freeMemory({ buffer }: Float32Array): void {
  structuredClone(undefined, { transfer: [buffer as ArrayBuffer] });
}

/** A page cannot ask for it. */
export function collectGarbage(): void {}

export function keepFreedMemory(): void {}
