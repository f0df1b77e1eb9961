import { say } from '../state/notices.js';
import { t } from '../strings/index.js';

/** Sets up work without a network: a built page only, since development servers change their files all the time. */
export function registerOffline(): void {
  if (!import.meta.env.PROD || !navigator.serviceWorker) return;
  const scope = new URL('.', document.baseURI);
  navigator.serviceWorker.register(new URL('service-worker.js', scope)).catch(() => {});
  if (!navigator.serviceWorker.controller) void navigator.serviceWorker.ready.then(() => say('info', t().page.offline));
}
