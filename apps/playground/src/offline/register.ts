import { signal } from '@preact/signals';

/** Whether the page and all that it needs at first are kept in this browser. */
export const offline = signal(false);

/** Sets up work without a network: a built page only, since development servers change their files all the time. */
export function registerOffline(): void {
  if (!import.meta.env.PROD || !navigator.serviceWorker) return;
  const scope = new URL('.', document.baseURI);
  navigator.serviceWorker.register(new URL('service-worker.js', scope)).catch(() => {});
  void navigator.serviceWorker.ready.then(() => {
    offline.value = true;
  });
}
