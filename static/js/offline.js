// Reports (or a collector's checks, in a box of their own) that wait on this device until the person sends them. Never sent by themselves.
"use strict";
{
  const form = document.querySelector("form[data-offline]");
  const part = (name) => document.getElementById(name);
  const OURS = ["csrf_token", "idempotency_key", "draft_key", "version"];
  const MOST = 3;
  let editing = null;

  const act = (mode, what) => new Promise((done, failed) => {
    const opening = indexedDB.open(form.dataset.box ?? "gongzhi", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("drafts", { keyPath: "id" });
    opening.onerror = () => failed(opening.error);
    opening.onsuccess = () => {
      const turn = opening.result.transaction("drafts", mode);
      const asked = what(turn.objectStore("drafts"));
      turn.oncomplete = () => {
        opening.result.close();
        done(asked.result);
      };
      turn.onerror = turn.onabort = () => failed(turn.error);
    };
  });
  const put = (draft) => act("readwrite", (store) => store.put(draft));
  const forget = (id) => act("readwrite", (store) => store.delete(id));
  const all = () => act("readonly", (store) => store.getAll());

  const chance = () => [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, "0")).join("");

  // What stands in the form. Photos kept before stay, new ones come after them.
  const written = () => {
    const data = new FormData(form);
    const files = data.getAll("photos").filter((file) => file.size);
    const fields = [...data].filter(([name, value]) => typeof value === "string"
      && !OURS.includes(name) && name !== "photos-kept");
    return {
      id: chance(), key: null, at: Date.now(), ...editing,
      fields, photos: [...(editing?.photos ?? []), ...files].slice(0, MOST),
    };
  };

  // what is asked about the chosen kind; what belongs to others is not sent
  const further = () => {
    for (const part of form.querySelectorAll("[data-further]")) {
      part.hidden = part.disabled = part.dataset.further !== form.elements.category.value;
    }
  };

  const keep = async () => {
    const draft = written();
    await put(draft);
    editing = null;
    form.reset();
    further();
    await list();
    return draft;
  };

  const problem = (id, words) => {
    const place = part(`draft-${id}`)?.querySelector("[data-problem]");
    if (!place) return;
    place.textContent = words;
    place.hidden = !words;
  };

  const send = async (draft) => {
    const button = part(`draft-${draft.id}`).querySelector("[data-send]");
    if (button.disabled) return;
    button.disabled = true;
    problem(draft.id, form.dataset.sending);
    try {
      const fresh = await (await fetch(form.dataset.offline, { cache: "no-store" })).json();
      // made once and kept before the first try: a lost answer must not become a second report
      draft.key ??= `${fresh.now}-${chance()}`;
      await put(draft);
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
        await forget(draft.id);
        await list();
        thank(told);
      } else {
        problem(draft.id, told.errors.map((one) => one.text).join(" ") || form.dataset.failed);
      }
    } catch {
      problem(draft.id, form.dataset.failed);
    }
    button.disabled = false;
  };

  const thank = (told) => {
    const place = part("sent");
    place.querySelector("[data-number]").textContent = told.number;
    // a check has no look-up code
    const code = place.querySelector("[data-code]");
    if (code) code.textContent = told.code ?? "–";
    place.querySelector("[data-link]").href = told.link;
    place.querySelector("[data-again]").hidden = !told.again;
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
    const named = (name) => {
      const control = form.querySelector(`[name="${name}"][value="${CSS.escape(value[name] ?? "")}"]`);
      if (control) return control.labels?.[0]?.textContent.trim();
      return [...(form.elements[name]?.options ?? [])]
        .find((option) => option.value && option.value === value[name])?.textContent;
    };
    const photos = made.querySelector("[data-photos]");
    made.id = `draft-${draft.id}`;
    made.querySelector("[data-when]").textContent =
      new Date(draft.at).toLocaleString(document.documentElement.lang);
    made.querySelector("[data-words]").textContent = value.words;
    made.querySelector("[data-kind]").textContent = named(form.dataset.kind ?? "category") ?? "";
    made.querySelector("[data-place]").textContent =
      [named("street"), value.where, value.number].filter(Boolean).join(" · ");
    photos.textContent = photos.dataset.text.replace("COUNT", draft.photos.length);
    made.querySelector("[data-send]").addEventListener("click", () => send(draft));
    made.querySelector("[data-change]").addEventListener("click", () => change(draft));
    made.querySelector("[data-delete]").addEventListener("click", async ({ target }) => {
      if (!target.dataset.asked) {
        target.dataset.asked = "1";
        target.textContent = target.dataset.sure;
        return;
      }
      await forget(draft.id);
      if (editing?.id === draft.id) editing = null;
      await list();
    });
    return made;
  };

  const list = async () => {
    const drafts = (await all()).sort((one, other) => other.at - one.at);
    part("drafts").replaceChildren(...drafts.map(row));
    part("kept").hidden = !drafts.length;
  };

  const network = (changed) => {
    const place = part("network");
    place.hidden = navigator.onLine && !changed;
    place.textContent = place.dataset[navigator.onLine ? "on" : "off"];
  };

  if (form && globalThis.indexedDB) {
    // a page from the device's own store stands at the address that was asked for; it is drawn the way
    // its reader chose before
    const root = document.documentElement;
    if (!("shell" in form.dataset)) localStorage.setItem("look", root.className);
    else if (!location.pathname.endsWith("/shell")) root.className = localStorage.getItem("look") ?? root.className;
    const keeper = form.querySelector("[data-keep]");
    const full = () => {
      part("network").hidden = false;
      part("network").textContent = form.dataset.full;
    };
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
