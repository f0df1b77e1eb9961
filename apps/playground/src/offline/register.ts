import { signal } from '@preact/signals';

/** Whether the page and everything it needs at first are cached in this browser. */
export const offline = signal(false);

/** Sets up offline use, only for a built page, since development servers change their files all the time. */
export function registerOffline(): void {
  if (!import.meta.env.PROD || !navigator.serviceWorker) return;
  const scope = new URL('.', document.baseURI);
  navigator.serviceWorker.register(new URL('service-worker.js', scope)).catch(() => {});
  void navigator.serviceWorker.ready.then(() => {
    offline.value = true;
  });
}
