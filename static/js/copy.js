// Adds a button that copies a text which can be selected without it.
"use strict";

for (const text of document.querySelectorAll("textarea[data-copy]")) {
  const button = document.createElement("button");
  const said = document.createElement("span");
  button.type = "button";
  button.className = "button button-secondary button-small";
  button.textContent = text.dataset.copy;
  said.setAttribute("role", "status");
  said.className = "hint";
  button.addEventListener("click", async () => {
    text.select();
    try {
      await navigator.clipboard.writeText(text.value);
    } catch {
      document.execCommand("copy");
    }
    said.textContent = text.dataset.copied;
  });
  text.addEventListener("focus", () => text.select());
  text.after(button, " ", said);
}
