// Enhancements only: every page works without this file. The other scripts come after it, and use
// make, tell and locate.
"use strict";

const make = (tag, attributes, text = "") => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.textContent = text;
  return made;
};

const tell = (place, words) => {
  place.textContent = words;
  place.hidden = !words;
};

// where the device is; "said" tells how far that is, in the words of who asked
const locate = (said, { searching, failed }, found) => {
  said.textContent = searching;
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      said.textContent = "";
      found(coords);
    },
    () => { said.textContent = failed; },
    { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 },
  );
};

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
  const name = make("span", { class: "upload-name", "aria-live": "polite" });
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
  const count = make("p", {});
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

// A text that can be selected without it gets a button that copies it.
for (const text of document.querySelectorAll("textarea[data-copy]")) {
  const { copy, copied } = text.dataset;
  const button = make("button", { type: "button", class: "button button-secondary button-small" }, copy);
  const said = make("span", { class: "hint", role: "status" });
  button.addEventListener("click", async () => {
    text.select();
    try {
      await navigator.clipboard.writeText(text.value);
    } catch {
      document.execCommand("copy");
    }
    said.textContent = copied;
  });
  text.addEventListener("focus", () => text.select());
  text.after(button, " ", said);
}

// A print button, where there is a printer's dialogue to open.
for (const button of document.querySelectorAll("button[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
