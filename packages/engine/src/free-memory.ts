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
