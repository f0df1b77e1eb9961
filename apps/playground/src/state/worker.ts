import { signal } from '@preact/signals';
import { t } from '../strings/index.js';
import { type Client, clientOf } from '../worker/client.js';
import type { Environment } from '../worker/protocol.js';
import { say } from './notices.js';
import { settings } from './settings.js';

export const environment = signal<Environment | undefined>(undefined);

let client: Client | undefined;
let thread: Worker | undefined;
let started: Promise<void> | undefined;

/** The worker, started on first use. */
export function worker(): Client {
  if (client) return client;
  thread = new Worker(new URL('../worker/worker.ts', import.meta.url), { type: 'module', name: 'dgprompt' });
  client = clientOf(thread, error => {
    restart();
    say(
      'error',
      /memory|allocat/i.test(error.message) ? t().problems.crashed : `${t().machine.noWorker} (${error.message})`,
    );
  });
  return client;
}

/** Terminates the worker; the next call starts a new one. Its private files remain. */
export function restart(): void {
  thread?.terminate();
  client?.end();
  thread = undefined;
  client = undefined;
  started = undefined;
  environment.value = undefined;
}

/** Starts the worker on the chosen device. */
export function start(): Promise<void> {
  started ??= worker()
    .call('start', { assets: new URL('.', document.baseURI).href, device: settings.value.device })
    .then(facts => {
      environment.value = facts;
    });
  return started;
}
