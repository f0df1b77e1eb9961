import { handlers } from './handlers.js';
import { jobQueue } from './jobs.js';
import type { CallName, Request, Response } from './protocol.js';

/** Calls that may run between two epochs of a training. */
const short: readonly CallName[] = ['picture', 'samples', 'classify', 'methods', 'kept'];

const queue = jobQueue();
const running = new Map<number, AbortController>();
const answer = (response: Response) => postMessage(response);

addEventListener('message', ({ data }: MessageEvent<Request>) => {
  if (data.type === 'stop') {
    running.get(data.id)?.abort(new DOMException('Stopped.', 'AbortError'));
    return;
  }
  const { id, name, params } = data;
  const controller = new AbortController();
  running.set(id, controller);
  const { signal } = controller;
  void queue.add({
    short: short.includes(name),
    async run() {
      try {
        signal.throwIfAborted();
        const handler = handlers[name] as (params: unknown, context: unknown) => Promise<unknown>;
        const onEvent = (event: unknown) => answer({ type: 'event', id, event });
        answer({ type: 'result', id, result: await handler(params, { signal, onEvent, breathe: queue.breathe }) });
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        answer({ type: 'error', id, message, stopped: signal.aborted });
      } finally {
        running.delete(id);
      }
    },
  });
});
