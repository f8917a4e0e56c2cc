// The desk by single keys: each only presses a link or a button that is on the page anyway.
"use strict";
{
  const keys = document.querySelector("[data-keys]");
  const toggle = keys.querySelector("button");
  const rows = [...document.querySelectorAll("[data-row]")];
  const at = rows.findIndex((row) => row.hasAttribute("aria-current"));
  const press = (what) => document.querySelector(what)?.click();

  // kept in this browser only
  const kept = (value) => {
    try {
      if (value) localStorage.setItem("desk-keys", value);
      return localStorage.getItem("desk-keys");
    } catch {
      return value;
    }
  };
  let on = kept() !== "off";
  const say = () => {
    toggle.textContent = on ? toggle.dataset.off : toggle.dataset.on;
  };
  toggle.addEventListener("click", () => {
    on = !on;
    kept(on ? "on" : "off");
    say();
  });
  keys.hidden = false;
  say();

  const move = (step) => {
    const row = rows[at < 0 ? 0 : at + step];
    if (row) row.click();
    else if (step > 0) press(".pager [rel=next]");
  };
  const acts = {
    j: () => move(1),
    k: () => move(-1),
    a: () => press("[data-confirm]"),
    u: () => press("[data-undo]"),
    x: () => rows[at]?.closest("li").querySelector("input")?.click(),
    "?": () => {
      keys.open = !keys.open;
    },
  };

  addEventListener("keydown", (event) => {
    const { target, key } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
    if (target.closest("input:not([type=checkbox]), select, textarea")) return;
    const arrow = { ArrowDown: 1, ArrowUp: -1 }[key];
    let act = on && acts[key.toLowerCase()];
    if (arrow && target.closest(".queue")) act = () => move(arrow);
    else if (key === "Enter" && on && (target === document.body || target.id === "main")) act = acts.a;
    if (!act) return;
    event.preventDefault();
    act();
  });

  // ticking all needs no new page
  for (const link of document.querySelectorAll("[data-tick-all]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      const boxes = [...document.querySelectorAll(".queue input[name=case]")];
      const all = boxes.every((box) => box.checked);
      for (const box of boxes) box.checked = !all;
    });
  }
  const list = document.querySelector(".queue-scroll");
  if (list && rows[at]) list.scrollTop = rows[at].offsetTop - list.clientHeight / 3;
}
