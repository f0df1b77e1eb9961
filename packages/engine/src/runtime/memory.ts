import { MessageChannel, type MessagePort } from 'node:worker_threads';

let nowhere: MessagePort | undefined;

/**
 * Gives an array's memory back at once, instead of when the garbage collector comes by: a training step makes a new copy of every variable, and
 * ten of those may wait for it. The array is empty afterwards.
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
  nowhere.postMessage(null, [buffer as ArrayBuffer]); // to nobody: what is sent is freed
}

/**
 * Asks V8 to collect garbage, as it does by itself when so much memory outside its heap is wanted; none of it is ever touched, so it
 * takes no memory and some ten milliseconds. On a busy machine V8 may only begin, and end a little later. For the moment before something large is made.
 */
export function collectGarbage(): void {
  try {
    for (let i = 0; i < 3; i++) new ArrayBuffer(128 * 2 ** 20);
  } catch {
    // where memory is not even promised that is not there: then later
  }
}

let keeps = false;

/**
 * Lets glibc keep freed memory for the next step instead of giving it to the system and getting it back empty, page by page. It does so for
 * arrays of up to the size of the largest that was freed, and 32 MiB at most: one of nearly that size, never touched, is freed here.
 */
export function keepFreedMemory(): void {
  if (keeps) return;
  keeps = true;
  freeMemory(new Float32Array((31 * 2 ** 20) / 4));
}
