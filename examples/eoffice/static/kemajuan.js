// Progress of a job, told by the server as it happens. Without this script the
// page loads itself again every two seconds.
"use strict";
(() => {
  const box = document.querySelector("[data-antrean]");
  if (!box || box.dataset.selesai === "ya") return;
  const bar = box.querySelector("progress");
  const text = box.querySelector("[data-teks]");
  const rows = box.querySelectorAll("[data-naskah]");
  const source = new EventSource(`/antrean/${encodeURIComponent(box.dataset.antrean)}/peristiwa`);
  source.onmessage = (event) => {
    const view = JSON.parse(event.data);
    bar.value = view.done;
    text.textContent = `${view.done} dari ${view.total} naskah`;
    view.items.forEach((item, i) => {
      if (!rows[i]) return;
      rows[i].textContent = item.text;
      rows[i].dataset.keadaan = item.state;
    });
    if (view.ended) {
      source.close();
      location.reload();
    }
  };
})();
