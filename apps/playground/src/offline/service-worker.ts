/// <reference lib="webworker" />
declare const self: ServiceWorkerGlobalScope;

/** Written by the build: every file of the page, and their hash. */
declare const files: readonly string[];
declare const version: string;

const cacheName = `playground-${version}`;

self.addEventListener('install', event => {
  event.waitUntil(
    caches
      .open(cacheName)
      .then(cache => cache.addAll(files.map(file => new Request(file, { cache: 'no-cache' }))))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener('activate', event => {
  const others = async () => {
    for (const name of await caches.keys())
      if (name.startsWith('playground-') && name !== cacheName) await caches.delete(name);
    await self.clients.claim();
  };
  event.waitUntil(others());
});

self.addEventListener('fetch', event => {
  const { request } = event;
  if (request.method !== 'GET' || !request.url.startsWith(self.registration.scope)) return;
  event.respondWith(answer(request));
});

/** Answers from the cache, isolated from other origins, because threads share memory only on such pages. */
async function answer(request: Request): Promise<Response> {
  const cached = await caches.match(request.mode === 'navigate' ? self.registration.scope : request, {
    cacheName,
    ignoreSearch: true,
  });
  const response = cached ?? (await fetched(request));
  if (response.status === 0) return response;
  const headers = new Headers(response.headers);
  headers.set('Cross-Origin-Opener-Policy', 'same-origin');
  headers.set('Cross-Origin-Embedder-Policy', 'require-corp');
  headers.set('Cross-Origin-Resource-Policy', 'same-origin');
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}

/** Caches files that are not preloaded on first use. */
async function fetched(request: Request): Promise<Response> {
  const response = await fetch(request);
  if (response.status === 200) {
    const cache = await caches.open(cacheName);
    await cache.put(request, response.clone()).catch(() => {}); // the storage is full
  }
  return response;
}

export {};
