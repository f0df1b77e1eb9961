import { MessageChannel, type MessagePort } from 'node:worker_threads';

let nowhere: MessagePort | undefined;

/**
 * Frees an array's memory at once, without waiting for the garbage collector: each training step makes a new copy of
 * every variable, and ten of them may pile up. The array is empty afterwards.
 */
export function freeMemory({ buffer }: Float32Array): void {
  const { transfer } = buffer as ArrayBuffer & { transfer?(length: number): ArrayBuffer };
  if (transfer) {
    transfer.call(buffer, 0); // Node 22 and newer
    return;
  }
  if (!nowhere) {
    const { port1, port2 } = new MessageChannel();
    port2.close();
    port1.unref();
    nowhere = port1;
  }
  nowhere.postMessage(null, [buffer as ArrayBuffer]); // nobody receives it: it is freed
}

/**
 * Asks V8 to collect garbage before something large is allocated, by requesting memory outside its heap that is never
 * touched; takes about ten milliseconds. On a busy machine, V8 may finish a little later.
 *
 * @example
 * ```ts
 * import { collectGarbage } from '@dgprompt/engine';
 *
 * collectGarbage();
 * console.log(process.memoryUsage().heapUsed > 0); // true
 * ```
 */
export function collectGarbage(): void {
  try {
    for (let i = 0; i < 3; i++) new ArrayBuffer(128 * 2 ** 20);
  } catch {
    // fails on systems that do not overcommit memory; V8 then collects later
  }
}

let keeps = false;

/**
 * Makes glibc keep freed memory for the next step instead of returning it to the system and requesting it again, page
 * by page. glibc keeps arrays up to the size of the largest one freed so far, at most 32 MiB; this frees one of nearly
 * that size, never touched.
 */
export function keepFreedMemory(): void {
  if (keeps) return;
  keeps = true;
  freeMemory(new Float32Array((31 * 2 ** 20) / 4));
}
