// A map to move with the finger, on a tap only. Without this file the drawn map does everything.
"use strict";

const section = document.getElementById("map");
const words = section.dataset;
const drawn = section.querySelector(".drawing");
const ways = section.querySelector(".map-ways");
const button = document.createElement("button");
button.type = "button";
button.className = "button button-secondary map-button";
button.textContent = words.open;
section.prepend(button);

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const CLOSEST = 16;
let moving = null;

button.addEventListener("click", async () => {
  if (moving) return close();
  button.disabled = true;
  try {
    await load();
    open();
  } catch {
    close();
    say(words.failed);
  }
  button.disabled = false;
});

function load() {
  if (window.L) return Promise.resolve();
  const sheet = Object.assign(document.createElement("link"), { rel: "stylesheet", href: words.style });
  const script = Object.assign(document.createElement("script"), { src: words.script });
  const loaded = (element) =>
    new Promise((resolve, reject) => {
      element.addEventListener("load", resolve);
      element.addEventListener("error", reject);
      document.head.append(element);
    });
  return Promise.all([loaded(sheet), loaded(script)]);
}

function open() {
  const place = document.createElement("div");
  place.className = "moving";
  place.setAttribute("role", "application");
  place.setAttribute("aria-label", words.label);
  drawn.before(place);
  drawn.style.display = "none";
  ways.style.display = "none";
  button.textContent = words.back;
  const [west, south, east, north] = words.box.split(",").map(Number);
  const map = L.map(place, { zoomSnap: 0.5 }).fitBounds([[south, west], [north, east]]);
  map.attributionControl.setPrefix(false); // its default shows a flag
  const tiles = JSON.parse(words.tiles);
  for (const { url, ...options } of tiles) L.tileLayer(url, options).addTo(map);
  const pins = L.layerGroup().addTo(map);
  moving = { map, place };
  outlines(map, tiles.length === 0);
  show(map, pins);
  map.on("moveend", () => show(map, pins));
}

function close() {
  moving?.map.remove();
  moving?.place.remove();
  moving = null;
  drawn.style.display = "";
  ways.style.display = "";
  button.textContent = words.open;
}

async function outlines(map, filled) {
  const answer = await fetch(words.outlines);
  if (!answer.ok || moving?.map !== map) return;
  const style = { color: colour("--line-strong"), weight: 1.5, fill: filled, fillColor: colour("--paper"), fillOpacity: 1 };
  map.createPane("outlines").style.zIndex = 350; // above tiles, below pins
  L.geoJSON(await answer.json(), { style, interactive: false, pane: "outlines" }).addTo(map);
}

async function show(map, pins) {
  const bounds = map.getBounds();
  const edges = [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()];
  const limits = [-180, -90, 180, 90];
  const box = edges.map((edge, at) => (at < 2 ? Math.max(edge, limits[at]) : Math.min(edge, limits[at])).toFixed(5));
  const query = new URLSearchParams({ ...JSON.parse(words.filters), bbox: box.join(",") });
  try {
    const answer = await fetch(`${words.points}?${query}`);
    if (!answer.ok) throw new Error(answer.status);
    const found = await answer.json();
    pins.clearLayers();
    for (const feature of found.features) pin(map, feature).addTo(pins);
    say("");
  } catch {
    say(words.failed);
  }
}

function pin(map, { geometry, properties }) {
  const [lon, lat] = geometry.coordinates;
  const several = properties.count > 1;
  const mark = L.circleMarker([lat, lon], {
    radius: several ? 9 + 5 * Math.log10(properties.count) : 8,
    color: colour("--paper"),
    weight: 2,
    fillColor: colour(several ? "--brand" : properties.open ? "--warm" : "--good"),
    fillOpacity: 1,
  });
  if (several) {
    mark.bindTooltip(String(properties.count), { permanent: true, direction: "center", className: "pin-count" });
    mark.on("click", () => closer(map, mark, properties.count));
    return mark;
  }
  const link = document.createElement("a");
  link.href = properties.url;
  link.textContent = `${properties.number} · ${properties.state}`;
  return mark.bindPopup(link);
}

// Cases at one point (the middle of a community) never part: the list shows them.
function closer(map, mark, count) {
  const { lat, lng } = mark.getLatLng();
  if (map.getZoom() < CLOSEST) return map.setView([lat, lng], map.getZoom() + 2);
  const box = [lng - 0.0005, lat - 0.0005, lng + 0.0005, lat + 0.0005].map((edge) => edge.toFixed(5));
  const link = document.createElement("a");
  link.href = `${words.list}?${new URLSearchParams({ ...JSON.parse(words.filters), bbox: box.join(",") })}`;
  link.textContent = words.several.replace("{n}", count);
  mark.unbindPopup().bindPopup(link).openPopup();
}

function say(text) {
  let line = section.querySelector(".map-said");
  if (!line) {
    line = document.createElement("p");
    line.className = "map-said";
    line.setAttribute("role", "status");
    button.after(line);
  }
  line.textContent = text;
  line.hidden = !text;
}
