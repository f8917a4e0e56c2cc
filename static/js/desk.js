// What only staff load: the keys of the desk, covering what a photo shows, a collector's round.
"use strict";

// ---- the desk by single keys: each only presses a link or a button that is on the page anyway
const keys = document.querySelector("[data-keys]");
if (keys) {
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

// ---- rectangles over a photo, drawn with a pointer; without a script two corners are chosen by cells
const photo = document.querySelector("[data-cover] .cover-photo");
if (photo) {
  const tools = document.querySelector("[data-cover-tools]");
  const kept = document.querySelector("input[name=drawn]");
  const svg = photo.querySelector("svg");
  const count = tools.querySelector("[data-cover-count]");
  const WHOLE = 1000, LEAST = 4;
  const drawn = [];
  let start = null;
  let now = null;

  const shape = (values) => {
    const rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    ["x", "y", "width", "height"].forEach((name, at) => rect.setAttribute(name, values[at]));
    svg.append(rect);
    return rect;
  };
  const at = (event) => {
    const box = photo.getBoundingClientRect();
    const part = (value, size) => Math.round(Math.min(Math.max(value / size, 0), 1) * WHOLE);
    return [part(event.clientX - box.left, box.width), part(event.clientY - box.top, box.height)];
  };
  const between = (a, b) => [
    Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.abs(a[0] - b[0]), Math.abs(a[1] - b[1]),
  ];
  const tell = () => {
    kept.value = drawn.map((one) => one.values.join(",")).join(" ");
    count.value = `${count.dataset.words} ${drawn.length}`;
  };
  const end = () => {
    if (now && now.values[2] >= LEAST && now.values[3] >= LEAST) drawn.push(now);
    else now?.rect.remove();
    start = now = null;
    tell();
  };
  photo.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    event.preventDefault();
    photo.setPointerCapture(event.pointerId);
    start = at(event);
  });
  photo.addEventListener("pointermove", (event) => {
    if (!start) return;
    now?.rect.remove();
    const values = between(start, at(event));
    now = { values, rect: shape(values) };
  });
  photo.addEventListener("pointerup", end);
  photo.addEventListener("pointercancel", end);
  tools.querySelector("[data-cover-back]").addEventListener("click", () => {
    drawn.pop()?.rect.remove();
    tell();
  });
  // what was drawn before the form came back with an error
  for (const text of kept.value.split(" ").filter(Boolean)) {
    const values = text.split(",").map(Number);
    drawn.push({ values, rect: shape(values) });
  }
  photo.classList.add("cover-ready");
  tools.hidden = false;
  tell();
}

// ---- a collector's list: the nearest first, and the numbers taken along to places without a network.
// Neither her position nor the list leaves the device.
{
  const DAY = 86_400_000;
  const list = document.getElementById("round");
  const tools = document.getElementById("round-tools");
  const said = tools?.querySelector("[data-said]");

  const taken = () => {
    try {
      const found = JSON.parse(localStorage.getItem("round") ?? "null");
      if (found && Date.now() - found.at < DAY) return found.rows;
    } catch { /* what cannot be read is as good as nothing */ }
    localStorage.removeItem("round");
    return null;
  };

  const away = (row, { latitude, longitude }) => {
    const east = (row.dataset.lon - longitude) * Math.cos(latitude * Math.PI / 180);
    return Math.hypot(east, row.dataset.lat - latitude) * 111_195;
  };

  const sort = (coords, words) => {
    const rows = [...list.querySelectorAll("[data-number]")];
    const far = (row) => (row.dataset.lat ? away(row, coords) : Infinity);
    rows.sort((one, other) => far(one) - far(other));
    for (const row of rows) {
      if (row.dataset.lat) {
        row.querySelector("[data-away]").textContent = words.replace("METRES", Math.round(far(row)));
      }
    }
    // headings of places make no sense in another order
    list.replaceChildren(...rows);
  };

  if (list && tools) {
    tools.hidden = false;
    const nearest = tools.querySelector("[data-nearest]");
    nearest.hidden = !(navigator.geolocation && isSecureContext);
    nearest.addEventListener("click", () => {
      locate(said, nearest.dataset, (coords) => sort(coords, nearest.dataset.away));
    });
    tools.querySelector("[data-along]").addEventListener("click", () => {
      const rows = [...list.querySelectorAll("[data-number]")].map((row) => [
        row.dataset.number,
        [".queue-kind", ".queue-where bdi"].map((part) => row.querySelector(part)?.textContent.trim())
          .join(" · "),
      ]);
      localStorage.setItem("round", JSON.stringify({ at: Date.now(), rows }));
      said.textContent = said.dataset.kept;
    });
  }

  const options = document.getElementById("round-list");
  const rows = options && taken();
  if (rows) {
    const forget = document.querySelector("[data-forget]");
    const number = document.querySelector("input[name=number]");
    options.replaceChildren(...rows.map(([value, words]) => new Option(words, value)));
    number.setAttribute("list", options.id);
    forget.hidden = false;
    forget.addEventListener("click", () => {
      localStorage.removeItem("round");
      options.replaceChildren();
      forget.hidden = true;
    });
  }
}
