// What a report needs: photos made smaller before they travel, one's own position, and waiting on this
// device for a network. Everything but the waiting works without.
"use strict";

// ---- photos are shown and made smaller; what fails is sent as it is
{
  const SIDE = 2048, QUALITY = 0.85, SMALL = 1_500_000;
  const at = document.currentScript?.dataset ?? {};

  // The place that a camera wrote travels along: the server offers it, then drops it like all else.
  const exifOf = async (file) => {
    const bytes = new Uint8Array(await file.slice(0, 131072).arrayBuffer());
    const view = new DataView(bytes.buffer);
    if (view.getUint16(0) !== 0xffd8) return null;
    for (let here = 2; here + 10 < bytes.length; here += 2 + view.getUint16(here + 2)) {
      const mark = view.getUint16(here);
      if (mark < 0xffe0 || mark > 0xffef) return null;
      if (mark === 0xffe1 && view.getUint32(here + 4) === 0x45786966) {
        upright(view, here + 10);
        return bytes.slice(here, here + 2 + view.getUint16(here + 2));
      }
    }
    return null;
  };

  // The canvas has turned the picture already: its mark (tag 0x0112 of the first list) says so too.
  const upright = (view, start) => {
    const little = view.getUint16(start) === 0x4949;
    const list = start + view.getUint32(start + 4, little);
    for (let n = view.getUint16(list, little), entry = list + 2; n > 0; n -= 1, entry += 12) {
      if (view.getUint16(entry, little) === 0x0112) view.setUint16(entry + 8, 1, little);
    }
  };

  const shrunk = async (file) => {
    try {
      const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
      const scale = Math.min(1, SIDE / Math.max(picture.width, picture.height));
      if (scale === 1 && file.size < SMALL) return file;
      const width = Math.round(picture.width * scale), height = Math.round(picture.height * scale);
      const canvas = make("canvas", { width, height });
      const pen = canvas.getContext("2d");
      pen.fillStyle = "white";
      pen.fillRect(0, 0, width, height);
      pen.drawImage(picture, 0, 0, width, height);
      picture.close();
      const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
      if (!blob || blob.size >= file.size) return file;
      const exif = await exifOf(file).catch(() => null);
      const parts = exif ? [blob.slice(0, 2), exif, blob.slice(2)] : [blob];
      return new File(parts, `${file.name.replace(/\.\w+$/, "")}.jpg`, { type: "image/jpeg" });
    } catch {
      return file;
    }
  };

  const work = document.getElementById("photo-work");
  const shown = document.getElementById("photo-chosen");
  const say = (words) => {
    work.hidden = !words;
    work.querySelector("[role=status]").textContent = words;
  };

  const show = (files) => {
    for (const image of shown.querySelectorAll("img")) URL.revokeObjectURL(image.src);
    shown.replaceChildren(...[...files].map((file, index) => {
      const alt = `${work.dataset.alt.trim()} ${index + 1}`;
      const row = make("li", {});
      row.append(make("img", { width: 120, height: 120, src: URL.createObjectURL(file), alt }));
      return row;
    }));
    shown.hidden = !files.length;
  };

  for (const input of work ? document.querySelectorAll("input[type=file]") : []) {
    let busy = null;
    input.addEventListener("change", () => {
      const chosen = [...input.files];
      if (!chosen.length) return show(chosen);
      say(work.dataset.shrinking);
      busy = Promise.all(chosen.map(shrunk)).then((files) => {
        const kept = new DataTransfer();
        for (const file of files) kept.items.add(file);
        if (input.files.length === files.length) input.files = kept.files;
        show(input.files);
      }).catch(() => {}).finally(() => {
        busy = null;
        say("");
      });
      return busy;
    });
    input.form.addEventListener("reset", () => show([]));
    input.form.addEventListener("submit", (event) => {
      if (busy) {
        event.preventDefault();
        busy.then(() => input.form.requestSubmit(event.submitter));
      } else if (input.files.length && !event.defaultPrevented) {
        say(work.dataset.sending);
      }
    });
  }
  addEventListener("pageshow", () => work && say(""));

  if (at.worker && navigator.serviceWorker) {
    navigator.serviceWorker.register(at.worker).catch(() => {});
  }
}

// ---- one's own position, where a device can tell it
{
  const form = document.querySelector("form[data-position]");
  if (form && navigator.geolocation && isSecureContext) {
    const { point } = form.elements;
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      if (point.value) return;
      event.preventDefault();
      locate(form.querySelector("[role=status]"), form.dataset, ({ longitude, latitude }) => {
        // what stands in an address is kept by histories and logs: a hundred metres are enough there
        const digits = form.method === "get" ? 3 : 6;
        point.value = `${longitude.toFixed(digits)}, ${latitude.toFixed(digits)}`;
        form.requestSubmit();
      });
    });
  }
}

// ---- reports (or a collector's checks, in a box of their own) that wait on this device until the person
// sends them. Never sent by themselves.
{
  const form = document.querySelector("form[data-offline]");
  const part = (name) => document.getElementById(name);
  const slot = (place, name) => place.querySelector(`[data-${name}]`);
  const OURS = ["csrf_token", "idempotency_key", "draft_key", "version"];
  const MOST = 3;
  let editing = null;

  // put, delete or getAll of what is kept
  const act = (what, ...given) => new Promise((done, failed) => {
    const opening = indexedDB.open(form.dataset.box ?? "gongzhi", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("drafts", { keyPath: "id" });
    opening.onerror = failed;
    opening.onsuccess = () => {
      const turn = opening.result.transaction("drafts", "readwrite");
      const asked = turn.objectStore("drafts")[what](...given);
      turn.oncomplete = () => {
        opening.result.close();
        done(asked.result);
      };
      turn.onerror = turn.onabort = failed;
    };
  });

  const chance = () => [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, "0")).join("");

  // What stands in the form. Photos kept before stay, new ones come after them.
  const written = () => {
    const data = new FormData(form);
    const files = data.getAll("photos").filter((file) => file.size);
    const fields = [...data].filter(([name, value]) => typeof value === "string" && !OURS.includes(name));
    return {
      id: chance(), key: null, at: Date.now(), ...editing,
      fields, photos: [...(editing?.photos ?? []), ...files].slice(0, MOST),
    };
  };

  // what is asked about the chosen kind
  const further = () => {
    for (const part of form.querySelectorAll("[data-further]")) {
      part.hidden = part.disabled = part.dataset.further !== form.elements.category.value;
    }
  };

  const keep = async () => {
    const draft = written();
    await act("put", draft);
    editing = null;
    form.reset();
    further();
    await list();
    return draft;
  };

  const problem = (id, words) => {
    const place = part(`draft-${id}`);
    if (place) tell(slot(place, "problem"), words);
  };

  const send = async (draft) => {
    const button = slot(part(`draft-${draft.id}`), "send");
    if (button.disabled) return;
    button.disabled = true;
    problem(draft.id, form.dataset.sending);
    try {
      const fresh = await (await fetch(form.dataset.offline, { cache: "no-store" })).json();
      // made once and kept before the first try: a lost answer must not become a second report
      draft.key ??= `${fresh.now}-${chance()}`;
      await act("put", draft);
      const body = new FormData();
      for (const [name, value] of draft.fields) body.append(name, value);
      draft.photos.forEach((photo, index) => body.append("photos", photo, `${index + 1}.jpg`));
      body.append("csrf_token", fresh.csrf_token);
      body.append("draft_key", draft.key);
      const answer = await fetch(form.getAttribute("action"), {
        method: "POST", body, headers: { Accept: "application/json" },
      });
      const told = await answer.json();
      if (told.number) {
        await act("delete", draft.id);
        await list();
        thank(told);
      } else {
        // whom to call is told once
        if (told.calls) {
          draft.fields.unshift(["warned", "yes"]);
          await act("put", draft);
          slot(part(`draft-${draft.id}`), "calls").hidden = false;
        }
        problem(draft.id, told.errors.map((one) => one.text).join(" ") || form.dataset.failed);
      }
    } catch {
      problem(draft.id, form.dataset.failed);
    }
    button.disabled = false;
  };

  const thank = (told) => {
    const place = part("sent");
    slot(place, "number").textContent = told.number;
    // a check has no look-up code
    const code = slot(place, "code");
    if (code) code.textContent = told.code ?? "–";
    slot(place, "link").href = told.link;
    slot(place, "again").hidden = !told.again;
    place.hidden = false;
    place.focus();
  };

  const change = (draft) => {
    editing = draft;
    form.reset();
    for (const [name, value] of draft.fields) {
      for (const control of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
        if (control.type === "radio" || control.type === "checkbox") {
          control.checked = control.value === value;
        } else if (control.type !== "file") control.value = value;
      }
    }
    further();
    form.scrollIntoView();
    form.elements.words.focus();
  };

  const row = (draft) => {
    const made = part("draft").content.cloneNode(true).firstElementChild;
    const value = Object.fromEntries(draft.fields);
    // the words of what was chosen: of a button, or in a list
    const named = (name) => {
      if (!value[name]) return "";
      const chosen = `[value="${CSS.escape(value[name])}"]`;
      const found = form.querySelector(`[name="${name}"]${chosen}, [name="${name}"] ${chosen}`);
      return (found?.labels?.[0] ?? found)?.textContent.trim();
    };
    const photos = slot(made, "photos");
    made.id = `draft-${draft.id}`;
    slot(made, "when").textContent =
      new Date(draft.at).toLocaleString(document.documentElement.lang);
    slot(made, "words").textContent = value.words;
    slot(made, "kind").textContent = named(form.dataset.kind ?? "category") ?? "";
    slot(made, "place").textContent =
      [named("street"), value.where, value.number].filter(Boolean).join(" · ");
    photos.textContent = photos.dataset.text.replace("COUNT", draft.photos.length);
    slot(made, "send").addEventListener("click", () => send(draft));
    slot(made, "change").addEventListener("click", () => change(draft));
    slot(made, "delete").addEventListener("click", async ({ target }) => {
      if (!target.dataset.asked) {
        target.dataset.asked = "1";
        target.textContent = target.dataset.sure;
        return;
      }
      await act("delete", draft.id);
      if (editing?.id === draft.id) editing = null;
      await list();
    });
    return made;
  };

  const list = async () => {
    const drafts = (await act("getAll")).sort((one, other) => other.at - one.at);
    part("drafts").replaceChildren(...drafts.map(row));
    part("kept").hidden = !drafts.length;
  };

  const network = (changed) => {
    const place = part("network");
    place.hidden = navigator.onLine && !changed;
    place.textContent = place.dataset[navigator.onLine ? "on" : "off"];
  };

  if (form && globalThis.indexedDB) {
    // a page from the device's own store is drawn the way its reader chose before
    const root = document.documentElement;
    if (!("shell" in form.dataset)) localStorage.setItem("look", root.className);
    else if (!location.pathname.endsWith("/shell")) root.className = localStorage.getItem("look") ?? root.className;
    const keeper = slot(form, "keep");
    const full = () => tell(part("network"), form.dataset.full);
    form.elements.category?.addEventListener("change", further);
    keeper.hidden = false;
    keeper.addEventListener("click", () => keep().then(() => part("kept").focus(), full));
    form.addEventListener("submit", (event) => {
      if (event.defaultPrevented) return;
      event.preventDefault();
      keep().then(send, () => ("shell" in form.dataset ? full() : form.submit()));
    });
    addEventListener("online", () => network(true));
    addEventListener("offline", () => network(false));
    network(false);
    list().catch(() => {});
  }
}
