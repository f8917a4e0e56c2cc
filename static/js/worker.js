// Keeps two pages without anything personal for times without a network, and nothing else: that of a
// report and that of a collector's check. The server writes VERSION, PAGE, SHELL, ROUND and CHECK.
// Where a city has switched it off there is no VERSION: all is forgotten, and the worker leaves.
"use strict";

const CACHE = `gongzhi-${VERSION}`;
const OWN = /^\/(desk|admin|audit|me|sign-in)\b/;

const fill = async () => {
  if (!VERSION) return;
  const cache = await caches.open(CACHE);
  // as nobody: what is kept here is the same for everyone who holds this device
  const ask = async (file) => {
    const answer = await fetch(file, { credentials: "omit" });
    if (!answer.ok) throw new Error(`${file}: ${answer.status}`);
    return answer;
  };
  for (const address of [SHELL, CHECK]) {
    const shell = await ask(address);
    const page = await shell.clone().text();
    const files = page.matchAll(/(?:href|src)="(\/static\/[^"#]+)/g);
    for (const file of new Set([...files].map((found) => found[1].replaceAll("&amp;", "&")))) {
      await cache.put(file, await ask(file));
    }
    await cache.put(address, shell);
  }
};

const tidy = async () => {
  for (const name of await caches.keys()) if (name !== CACHE) await caches.delete(name);
  await (VERSION ? clients.claim() : registration.unregister());
};

const kept = async (address) => (await caches.open(CACHE)).match(address, { ignoreVary: true });

addEventListener("install", (event) => event.waitUntil(fill().then(() => skipWaiting())));
addEventListener("activate", (event) => event.waitUntil(tidy()));
addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (!VERSION || request.method !== "GET" || url.origin !== location.origin) return;
  const round = url.pathname === ROUND || url.pathname === `${ROUND}/check`;
  if (request.mode === "navigate" && (round || !OWN.test(url.pathname))) {
    const instead = round ? CHECK : SHELL;
    event.respondWith(fetch(request).catch(async () => (await kept(instead)) ?? Response.error()));
    if (round || url.pathname === PAGE) event.waitUntil(fill().catch(() => {}));
  } else if (url.pathname.startsWith("/static/")) {
    event.respondWith(kept(url.pathname + url.search).then((found) => found ?? fetch(request)));
  }
});
