// Switched off in this city: whatever was kept is forgotten, and the worker takes its leave.
"use strict";

const leave = async () => {
  for (const name of await caches.keys()) await caches.delete(name);
  await registration.unregister();
};

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(leave()));
