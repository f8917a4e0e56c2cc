// Enhancements only: every page works without this file.
"use strict";

// A second press of the same button is not a second wish. (The server spends each key once anyway.)
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  setTimeout(() => delete form.dataset.sent, 8000);
  // the next at this phone does not find what a collector took along (round.js)
  if (new URL(form.action).pathname === "/sign-out") localStorage.removeItem("round");
});

// Coming back with the browser's button must not find a dead form.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// What went wrong is the first thing to be read.
document.querySelector("[data-focus]")?.focus();

// The file's name in the page's language instead of the browser's.
for (const input of document.querySelectorAll("input[type=file][data-none]")) {
  const name = document.createElement("span");
  name.className = "upload-name";
  name.setAttribute("aria-live", "polite");
  const say = () => {
    name.textContent = [...input.files].map((file) => file.name).join(", ") || input.dataset.none;
  };
  input.classList.add("visually-hidden");
  input.after(name);
  input.addEventListener("change", say);
  say();
}

// How much has been written, for fields with a limit.
for (const area of document.querySelectorAll("textarea[data-limit]")) {
  const count = document.createElement("p");
  const limit = Number(area.dataset.limit);
  const say = () => {
    const length = [...area.value].length;
    count.textContent = `${length} / ${limit}`;
    count.className = length > limit ? "count count-over" : "count";
  };
  area.after(count);
  area.addEventListener("input", say);
  say();
}
