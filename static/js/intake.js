// Photos are made smaller before they travel, and shown; what fails is sent as it is.
"use strict";
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
      const canvas = document.createElement("canvas");
      canvas.width = Math.round(picture.width * scale);
      canvas.height = Math.round(picture.height * scale);
      const pen = canvas.getContext("2d");
      pen.fillStyle = "white";
      pen.fillRect(0, 0, canvas.width, canvas.height);
      pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
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
      const image = new Image(120, 120);
      image.src = URL.createObjectURL(file);
      image.alt = `${work.dataset.alt.trim()} ${index + 1}`;
      const row = document.createElement("li");
      row.append(image);
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
