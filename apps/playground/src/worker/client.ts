import type { CallName, Calls, Request, Response } from './protocol.js';

/** A worker's answer to a stopped call, and the end of a call whose worker was terminated. */
export class Stopped extends Error {}

/** The failure of the worker itself, which `onCrash` reports. */
export class Crashed extends Error {}

interface Waiting {
  resolve(result: unknown): void;
  reject(error: Error): void;
  onEvent?(event: unknown): void;
}

export interface CallOptions<N extends CallName> {
  signal?: AbortSignal;
  onEvent?(event: Calls[N]['event']): void;
}

export interface Client {
  call<N extends CallName>(name: N, params: Calls[N]['params'], options?: CallOptions<N>): Promise<Calls[N]['result']>;
  /** Ends the pending calls of a worker that was terminated, which never answers. */
  end(): void;
}

/**
 * Typed calls to a worker.
 *
 * @param onCrash called if the worker fails, e.g. out of memory; pending calls are rejected with the same error
 */
export function clientOf(worker: Worker, onCrash: (error: Error) => void): Client {
  const waiting = new Map<number, Waiting>();
  let last = 0;
  const send = (request: Request) => worker.postMessage(request);
  worker.onmessage = ({ data }: MessageEvent<Response>) => {
    const one = waiting.get(data.id);
    if (!one) return;
    if (data.type === 'event') return one.onEvent?.(data.event);
    waiting.delete(data.id);
    if (data.type === 'result') one.resolve(data.result);
    else one.reject(data.stopped ? new Stopped(data.message) : new Error(data.message));
  };
  const end = (error: Error) => {
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  const crash = (message: string) => {
    const error = new Crashed(message);
    end(error);
    onCrash(error);
  };
  worker.onerror = event => crash(event.message || 'The worker could not be started.');
  worker.onmessageerror = () => crash('The worker sent what this page cannot read.');
  return {
    end: () => end(new Stopped('Stopped.')),
    call(name, params, { signal, onEvent } = {}) {
      const id = ++last;
      return new Promise((resolve, reject) => {
        waiting.set(id, {
          resolve: resolve as Waiting['resolve'],
          reject,
          onEvent: onEvent as Waiting['onEvent'],
        });
        signal?.addEventListener('abort', () => send({ type: 'stop', id }), { once: true });
        send({ type: 'call', id, name, params } as Request);
        if (signal?.aborted) send({ type: 'stop', id });
      });
    },
  };
}
