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
        form.elements.point.value = `${coords.longitude.toFixed(6)}, ${coords.latitude.toFixed(6)}`;
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
