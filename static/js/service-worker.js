// Keeps one page for when the phone has no network. Nothing else is kept: money and access are never shown stale.
const KEPT = "offline-1";
const PAGE = "/offline";

self.addEventListener("install", (event) => event.waitUntil(caches.open(KEPT).then((cache) => cache.add(PAGE))));

self.addEventListener("activate", (event) => {
  const old = (names) => names.filter((name) => name !== KEPT).map((name) => caches.delete(name));
  event.waitUntil(caches.keys().then((names) => Promise.all(old(names))));
});

self.addEventListener("fetch", (event) => {
  if (event.request.mode !== "navigate") return;
  event.respondWith(fetch(event.request).catch(() => caches.match(PAGE)));
});
