// "Use my position" on the place page: only where a device can tell it. The page works without.
"use strict";

const form = document.querySelector("form[data-position]");
if (form && navigator.geolocation && window.isSecureContext) {
  const said = form.querySelector("[role=status]");
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    if (form.elements.point.value) return;
    event.preventDefault();
    said.textContent = form.dataset.searching;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        // what stands in an address is kept by histories and logs: a hundred metres are enough there
        const digits = form.method === "get" ? 3 : 6;
        const degrees = [coords.longitude, coords.latitude].map((value) => value.toFixed(digits));
        form.elements.point.value = degrees.join(", ");
        delete form.dataset.sent;
        form.requestSubmit();
      },
      () => {
        said.textContent = form.dataset.failed;
        delete form.dataset.sent;
      },
      { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 },
    );
  });
}
