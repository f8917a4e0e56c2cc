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
const CLOSEST = 17, CELL = 44;
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
    for (const feature of heaped(map, found.features)) pin(map, feature).addTo(pins);
    say("");
  } catch {
    say(words.failed);
  }
}

// Shape, colour and number by style sheet, so that every colour scheme reaches them.
function icon(kind, text, size) {
  return L.divIcon({ className: `mark mark-${kind}`, html: text, iconSize: [size, size] });
}

// What would lie upon each other becomes one mark with a number.
function heaped(map, features) {
  const heaps = [];
  for (const feature of features) {
    const [lon, lat] = feature.geometry.coordinates;
    const at = map.project([lat, lon]);
    const heap = heaps.find((known) => known.at.distanceTo(at) < CELL);
    if (heap) heap.all.push(feature);
    else heaps.push({ at, all: [feature] });
  }
  return heaps.map(({ all }) => (all.length === 1 ? all[0] : joined(all)));
}

function joined(cell) {
  let count = 0, lon = 0, lat = 0;
  for (const { geometry, properties } of cell) {
    count += properties.count;
    lon += geometry.coordinates[0] * properties.count;
    lat += geometry.coordinates[1] * properties.count;
  }
  return { geometry: { coordinates: [lon / count, lat / count] }, properties: { count } };
}

function pin(map, { geometry, properties }) {
  const [lon, lat] = geometry.coordinates;
  const { count, number, kind, state } = properties;
  if (count > 1) {
    const size = Math.round(26 + 12 * Math.log10(count));
    const mark = L.marker([lat, lon], { icon: icon("several", String(count), size), alt: String(count) });
    return mark.on("click", () => closer(map, mark, count));
  }
  const name = `${kind || number} · ${state}`;
  const mark = L.marker([lat, lon], { icon: icon(properties.open ? "open" : "done", "", 22), alt: name, title: name });
  return mark.bindPopup(() => popup(properties, name));
}

function popup({ url, photo }, name) {
  const box = document.createElement("div");
  box.className = "mark-popup";
  if (photo) box.append(Object.assign(document.createElement("img"), { src: photo, alt: "", width: 320, height: 240 }));
  box.append(Object.assign(document.createElement("a"), { href: url, textContent: name }));
  return box;
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
