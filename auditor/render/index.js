"use strict";
const PAGE = 100;
const body = document.querySelector("#groups tbody");
const rows = [...body.rows];
const filter = document.querySelector("#filter"), kind = document.querySelector("#kind");
let shown = rows, page = 0;
document.querySelector(".tools").hidden = false;

function draw() {
  const pages = Math.max(1, Math.ceil(shown.length / PAGE));
  page = Math.min(Math.max(page, 0), pages - 1);
  body.replaceChildren(...shown.slice(page * PAGE, (page + 1) * PAGE));
  document.querySelector("#place").textContent = `${shown.length} of ${rows.length} groups, page ${page + 1} of ${pages}`;
}
function choose() {
  const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
  shown = rows.filter(r => (!kind.value || r.dataset.kinds.split(" ").includes(kind.value))
    && words.every(w => r.dataset.text.toLowerCase().includes(w)));
  page = 0;
  draw();
}
filter.addEventListener("input", choose);
kind.addEventListener("change", choose);
document.querySelector("#back").addEventListener("click", () => { page--; draw(); });
document.querySelector("#on").addEventListener("click", () => { page++; draw(); });
document.querySelectorAll("#groups th[data-column]").forEach(head => head.querySelector("button").addEventListener("click", () => {
  const down = head.getAttribute("aria-sort") !== "descending", n = head.cellIndex;
  document.querySelectorAll("#groups th").forEach(h => h.removeAttribute("aria-sort"));
  head.setAttribute("aria-sort", down ? "descending" : "ascending");
  const compare = new Intl.Collator(undefined, { numeric: true }).compare;
  rows.sort((a, b) => (down ? -1 : 1) * compare(a.cells[n].textContent, b.cells[n].textContent));
  choose();
}));
const items = [...document.querySelectorAll("#items tbody tr")].map(r => r.cells[0].textContent + ": " + r.cells[1].textContent);
body.addEventListener("mousemove", event => {
  const cell = event.target.closest(".heat");
  if (!cell || !items.length) return;
  const box = cell.firstElementChild.getBoundingClientRect(), last = cell.lastElementChild.getBoundingClientRect();
  const n = Math.floor((event.clientX - box.left) / (last.right - box.left) * items.length);
  cell.title = items[n] || "";
});
draw();
