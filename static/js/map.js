// A map to move with the finger, on a tap only. Without this file the drawn map does everything.
"use strict";

const section = document.getElementById("map");
const words = section.dataset;
const drawn = section.querySelector(".drawing");
const ways = section.querySelector(".map-ways");
const said = make("p", { class: "map-said", role: "status" });
const button = make("button", { type: "button", class: "button button-secondary map-button" }, words.open);
section.prepend(button, said);
tell(said, "");

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
    tell(said, words.failed);
  }
  button.disabled = false;
});

function load() {
  if (window.L) return Promise.resolve();
  const sheet = make("link", { rel: "stylesheet", href: words.style });
  const script = make("script", { src: words.script });
  const loaded = (element) => new Promise((onload, onerror) => {
    document.head.append(Object.assign(element, { onload, onerror }));
  });
  return Promise.all([loaded(sheet), loaded(script)]);
}

function open() {
  const place = make("div", { class: "moving", role: "application", "aria-label": words.label });
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

// The filters with a box; the edge of a small map may lie beyond that of the world.
function narrowed(bounds) {
  const bbox = bounds.toBBoxString().split(",").map((edge, at) => {
    const most = at % 2 ? 90 : 180;
    return Math.max(-most, Math.min(edge, most)).toFixed(5);
  });
  return new URLSearchParams({ ...JSON.parse(words.filters), bbox });
}

async function show(map, pins) {
  try {
    const answer = await fetch(`${words.points}?${narrowed(map.getBounds())}`);
    if (!answer.ok) throw new Error(answer.status);
    const found = await answer.json();
    pins.clearLayers();
    for (const feature of heaped(map, found.features)) pin(map, feature).addTo(pins);
    tell(said, "");
  } catch {
    tell(said, words.failed);
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
  const box = make("div", { class: "mark-popup" });
  if (photo) box.append(make("img", { src: photo, alt: "", width: 320, height: 240 }));
  box.append(make("a", { href: url }, name));
  return box;
}

// Cases at one point (the middle of a community) never part: the list shows them.
function closer(map, mark, count) {
  const place = mark.getLatLng();
  if (map.getZoom() < CLOSEST) return map.setView(place, map.getZoom() + 2);
  const link = make("a", { href: `${words.list}?${narrowed(place.toBounds(100))}` }, words.several.replace("{n}", count));
  mark.unbindPopup().bindPopup(link).openPopup();
}
