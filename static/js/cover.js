// Draw rectangles over a photo with a pointer. Without this script two corners are chosen by cells.
"use strict";
{
  const photo = document.querySelector("[data-cover] .cover-photo");
  const tools = document.querySelector("[data-cover-tools]");
  const kept = document.querySelector("input[name=drawn]");
  if (photo && tools && kept) {
    const svg = photo.querySelector("svg");
    const count = tools.querySelector("[data-cover-count]");
    const whole = 1000;
    const least = 4;
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
      const part = (value, size) => Math.round(Math.min(Math.max(value / size, 0), 1) * whole);
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
      if (now && now.values[2] >= least && now.values[3] >= least) drawn.push(now);
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
}
