// A collector's list: the nearest first, and the numbers taken along to places without a network.
// Neither her position nor the list leaves the device.
"use strict";
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
      said.textContent = nearest.dataset.searching;
      navigator.geolocation.getCurrentPosition(
        ({ coords }) => {
          sort(coords, nearest.dataset.away);
          said.textContent = "";
        },
        () => { said.textContent = nearest.dataset.failed; },
        { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 },
      );
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
