// Crosshair, big caption, back and forward, read aloud: only a script can do these, so only a script
// draws their buttons. What is on is remembered in a cookie, so that leaving forgets it as well.
"use strict";

(() => {
  const box = document.querySelector(".aids");
  if (!box) return;
  const KNOWN = ["cross", "caption"];
  const ACTIONS = "a[href], button, input, select, textarea, summary, label, [role=img]";
  const TEXTS = "h1, h2, h3, h4, p, li, dt, dd, th, td, figcaption, legend, img, .tel";
  const words = box.dataset;
  const buttons = {};
  const running = {};

  // something drawn over the page, and who listens to pointer and keyboard until it is taken away
  const over = (name) => {
    const made = make("div", { class: name, "aria-hidden": true }); // said in another way already
    document.body.append(made);
    return made;
  };

  const listen = (pointer, pointed, focused, ...drawn) => {
    const until = new AbortController();
    const { signal } = until;
    addEventListener(pointer, pointed, { passive: true, signal });
    addEventListener("focusin", focused, { signal });
    return () => {
      until.abort();
      for (const element of drawn) element.remove();
    };
  };

  const kept = () => {
    const found = document.cookie.match(/(?:^|; )aids=([a-z.]*)/)?.[1].split(".") ?? [];
    return KNOWN.filter((name) => found.includes(name));
  };

  const keep = () => {
    const on = KNOWN.filter((name) => running[name]).join(".");
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `aids=${on}; Path=/; SameSite=Lax; Max-Age=${on ? 31536000 : 0}${secure}`;
  };

  // ---- crosshair: two lines follow the pointer and the keyboard
  const cross = () => {
    const across = over("aid-line aid-across");
    const down = over("aid-line aid-down");
    const put = (x, y) => {
      across.style.transform = `translateY(${Math.round(y)}px)`;
      down.style.transform = `translateX(${Math.round(x)}px)`;
    };
    const point = (event) => put(event.clientX, event.clientY);
    const focus = () => {
      const place = document.activeElement;
      if (!place || place === document.body) return;
      const { left, bottom } = place.getBoundingClientRect();
      put(left, bottom + 4);
    };
    put(innerWidth / 2, innerHeight / 2);
    return listen("pointermove", point, focus, across, down);
  };

  // ---- big caption: what is pointed at or focused, large at the edge of the screen
  const nameOf = (element) => {
    const labels = [...(element.labels || [])].map((label) => label.innerText).join(" ");
    const referred = (element.getAttribute("aria-labelledby") || "").split(" ");
    const named = referred.map((id) => document.getElementById(id)?.textContent).join(" ").trim();
    const value = element.matches("input:not([type=password], [type=checkbox], [type=radio]), textarea")
      ? element.value
      : element.selectedOptions?.[0]?.text || "";
    const said = named || element.getAttribute("aria-label") || labels || element.alt;
    const text = said ? `${said} ${value}` : value || element.innerText || element.textContent || "";
    const flat = [...text.replace(/\s+/g, " ").trim()];
    return flat.slice(0, 90).join("") + (flat.length > 90 ? "…" : "");
  };

  const caption = () => {
    const strip = over("aid-caption");
    const show = (element) => {
      const text = element && nameOf(element);
      if (!text) return;
      strip.textContent = text;
      const { top, height } = element.getBoundingClientRect();
      strip.classList.toggle("aid-caption-top", top + height / 2 > innerHeight / 2);
      strip.hidden = false;
    };
    const point = ({ target }) => show(target.closest?.(ACTIONS) || target.closest?.(TEXTS));
    strip.hidden = true;
    return listen("pointerover", point, ({ target }) => show(target), strip);
  };

  // ---- read aloud: the page's own words, piece by piece, where the device has a voice for them
  const voice = () => {
    const wanted = document.documentElement.lang.toLowerCase();
    const voices = speechSynthesis.getVoices();
    const begins = (start) => voices.find((one) => one.lang.toLowerCase().replace("_", "-").startsWith(start));
    return begins(wanted === "zh-hant" ? "zh-tw" : wanted === "zh-hans" ? "zh-cn" : wanted) || begins(wanted.slice(0, 2));
  };

  const pieces = () =>
    [...document.querySelectorAll("main :is(h1, h2, h3, h4, p, li, dt, dd, th, td, figcaption, legend, label, .button)")]
      .filter((element) => element.checkVisibility?.() ?? element.offsetParent)
      .filter((element, _place, all) => !all.some((other) => other !== element && other.contains(element)))
      .filter((element) => element.innerText.trim());

  const speak = () => {
    const queue = pieces();
    let here = null;
    let ended = false;
    const next = () => {
      here?.classList.remove("aid-spoken");
      here = queue.shift();
      if (ended || !here) {
        if (!ended) toggle("speak", false);
        return;
      }
      const line = new SpeechSynthesisUtterance(here.innerText);
      line.voice = voice();
      line.lang = line.voice?.lang || document.documentElement.lang;
      line.rate = 0.9;
      line.onend = next;
      line.onerror = next;
      here.classList.add("aid-spoken");
      here.scrollIntoView({ block: "nearest" });
      speechSynthesis.speak(line);
    };
    speechSynthesis.cancel();
    next();
    return () => {
      ended = true;
      here?.classList.remove("aid-spoken");
      speechSynthesis.cancel();
    };
  };

  const STARTS = { cross, caption, speak };

  const toggle = (name, on) => {
    if (on === Boolean(running[name])) return;
    if (on) {
      running[name] = () => {};
      running[name] = STARTS[name]();
    } else {
      const end = running[name];
      delete running[name];
      end();
    }
    buttons[name]?.setAttribute("aria-pressed", String(on));
    keep();
  };

  const button = (name, act) => {
    const made = make("button", { type: "button", class: `tool tool-${name}` }, words[name]);
    made.addEventListener("click", act);
    box.append(made);
    buttons[name] = made;
    return made;
  };

  const switched = (name) => {
    button(name, () => toggle(name, !running[name])).setAttribute("aria-pressed", "false");
  };

  button("back", () => history.back());
  button("forward", () => history.forward());
  switched("cross");
  switched("caption");
  for (const part of document.querySelectorAll(".aids, .aids-section")) part.hidden = false;

  if ("speechSynthesis" in window) {
    const offer = () => {
      if (!buttons.speak && voice()) switched("speak");
    };
    offer();
    speechSynthesis.addEventListener?.("voiceschanged", offer);
    addEventListener("pagehide", () => speechSynthesis.cancel());
  }

  addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const name of Object.keys(running)) toggle(name, false);
  });

  for (const name of kept()) toggle(name, true);
})();
