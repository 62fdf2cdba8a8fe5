/**
 * Keeps the pages themselves for when there is no network: what they show of a user comes from the API, which is never
 * kept here. A page is asked for anew as long as somebody answers; its parts, whose names say what is in them, are not.
 */
declare const SHELL: readonly string[];

interface Lifetime extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface Fetching extends Lifetime {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}

const cacheName = `eco2 ${SHELL.join().length} ${hash(SHELL.join())}`;
const pages = new Set(SHELL.filter((path) => !path.startsWith("/assets/")));
const drawings = /^\/api\/v1\/character\/images\/[\w-]+\.svg$/;

addEventListener("install", (event) => {
  (event as Lifetime).waitUntil(caches.open(cacheName).then((cache) => cache.addAll([...SHELL])));
});

addEventListener("activate", (event) => {
  (event as Lifetime).waitUntil(forgetOthers());
});

addEventListener("fetch", (event) => {
  const { request } = event as Fetching;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  const isPart = url.pathname.startsWith("/assets/") || drawings.test(url.pathname);
  if (isPart) (event as Fetching).respondWith(keptFirst(request));
  else if (pages.has(url.pathname))
    (event as Fetching).respondWith(newestFirst(request, url.pathname));
});

async function forgetOthers(): Promise<void> {
  for (const name of await caches.keys()) if (name !== cacheName) await caches.delete(name);
}

async function keptFirst(request: Request): Promise<Response> {
  const cache = await caches.open(cacheName);
  const kept = await cache.match(request);
  if (kept) return kept;
  const response = await fetch(request);
  if (response.ok) await cache.put(request, response.clone());
  return response;
}

async function newestFirst(request: Request, path: string): Promise<Response> {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await (await caches.open(cacheName)).match(path);
    if (!kept) throw error;
    return kept;
  }
}

/** Names a release: others' caches are of no use to it. */
function hash(text: string): string {
  let value = 0;
  for (const char of text) value = (Math.imul(value, 31) + char.charCodeAt(0)) | 0;
  return (value >>> 0).toString(36);
}
