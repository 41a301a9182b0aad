"use strict";
const PAGE = 100;
const $ = (id) => document.getElementById(id);
const table = $("groups"), body = table.tBodies[0];
const rows = [...body.rows];
const heads = [...table.querySelectorAll("th.item")];
const words = { a: "ticked, and nothing shows it", s: "ticked, and there", q: "not verifiable", o: "open, and there: no fault", e: "open, and not there", b: "checklist not filled in", m: "left out of the checklist" };
const texts = heads.map((h) => h.querySelector("a").title);
const names = heads.map((h) => h.textContent.trim());
let shown = rows, page = 0, item = -1, wanted = "";
document.querySelector(".tools .script").hidden = false;

const start = heads[0]?.cellIndex ?? 0;
// a group without a checklist, or without an audit, has one wide cell in their place
const cellsOf = (row) => [...row.cells].some((c) => c.colSpan > 1) ? [] : [...row.cells].slice(start, start + heads.length);
const links = () => [...body.rows].map((r) => cellsOf(r).map((c) => c.querySelector("a")));
const stateOf = (row, n) => { const cell = cellsOf(row)[n]; return cell && cell.colSpan === 1 ? cell.className : ""; };

// what a window is too narrow for: how many items are out of sight, to which side
const wide = document.querySelector(".wide"), frame = document.querySelector(".frame");
function beyond() {
  const box = wide.getBoundingClientRect();
  const left = body.rows[0]?.cells[0]?.getBoundingClientRect().right ?? box.left;
  const right = heads.filter((h) => h.getBoundingClientRect().right > box.right + 2).length;
  const before = heads.filter((h) => h.getBoundingClientRect().left < left - 2).length;
  frame.classList.toggle("more", wide.scrollLeft + wide.clientWidth < wide.scrollWidth - 2);
  $("beyond").hidden = !right && !before;
  $("beyond").textContent = [before && `← ${before} of ${heads.length} items to the left`, right && `${right} of ${heads.length} items to the right: scroll the table →`].filter(Boolean).join("; ");
}
wide.addEventListener("scroll", beyond, { passive: true });
window.addEventListener("resize", beyond);
$("stats").addEventListener("change", beyond);

function draw() {
  const pages = Math.max(1, Math.ceil(shown.length / PAGE));
  page = Math.min(Math.max(page, 0), pages - 1);
  body.replaceChildren(...shown.slice(page * PAGE, (page + 1) * PAGE));
  $("place").textContent = (shown.length < rows.length ? `${shown.length} of ${rows.length} groups` : "") + (pages > 1 ? `${shown.length < rows.length ? "" : `${rows.length} groups`}, page ${page + 1} of ${pages}` : "");
  $("pages").hidden = pages < 2;
  let first = true;
  for (const row of body.rows) cellsOf(row).forEach((cell, n) => {
    let link = cell.querySelector("a");
    if (!link && row.dataset.page && cell.textContent && cell.colSpan === 1) { // of very many groups those that are shown
      link = document.createElement("a");
      link.href = row.dataset.page + heads[n].querySelector("a").hash.replace("#of-", "#");
      link.textContent = cell.textContent;
      link.setAttribute("aria-label", `${names[n]}: ${words[cell.className]}`);
      cell.replaceChildren(link);
    }
    if (!link) return;
    link.tabIndex = first ? 0 : -1; // one stop of the tab key for the whole map; arrows go on from there
    first = false;
  });
  beyond();
}
function choose() {
  const said = $("filter").value.toLowerCase().split(/\s+/).filter(Boolean);
  const kind = $("kind").value;
  shown = rows.filter((r) => (!kind || r.dataset.kinds.split(" ").includes(kind))
    && (item < 0 || stateOf(r, item) === wanted)
    && said.every((w) => r.dataset.text.toLowerCase().includes(w)));
  page = 0;
  draw();
}
$("filter").addEventListener("input", choose);
$("kind").addEventListener("change", choose);
$("back").addEventListener("click", () => { page--; draw(); });
$("on").addEventListener("click", () => { page++; draw(); });

// a column's head: the groups of that item, those first whose box says more than the repository
function only(n) {
  heads.forEach((h, k) => h.classList.toggle("chosen", k === n));
  item = n;
  if (n >= 0) wanted = ["a", "o", "q", "m", "e", "s"].find((state) => rows.some((r) => stateOf(r, n) === state)) || "";
  $("one").hidden = n < 0;
  $("one").querySelector("b").textContent = n < 0 ? "" : `${names[n]}: ${words[wanted] || "of no group"}`;
  choose();
}
heads.forEach((head, n) => head.querySelector("a").addEventListener("click", (event) => {
  event.preventDefault();
  only(item === n ? -1 : n);
}));
$("all").addEventListener("click", () => only(-1));

table.querySelectorAll("th[data-column]").forEach((head) => head.querySelector("button").addEventListener("click", () => {
  const words = head.cellIndex === 0 || head.textContent.trim() === "report";
  const was = head.getAttribute("aria-sort");
  const down = was ? was === "ascending" : !words;
  const at = [...head.parentNode.cells].indexOf(head);
  table.querySelectorAll("th").forEach((h) => h.removeAttribute("aria-sort"));
  head.setAttribute("aria-sort", down ? "descending" : "ascending");
  const compare = new Intl.Collator(undefined, { numeric: true }).compare;
  const text = (row) => { // a cell that spans others counts as many
    let n = 0;
    for (const cell of row.cells) { if (n === at) return cell.textContent.trim(); n += cell.colSpan; }
    return "";
  };
  rows.sort((a, b) => (down ? -1 : 1) * compare(text(a), text(b)));
  choose();
}));

// what a cell says, for whoever points, tabs or taps
function tell(link) {
  const cell = link.closest("td"), row = link.closest("tr"), n = cellsOf(row).indexOf(cell);
  if (n < 0) return;
  const to = document.createElement("a");
  to.href = link.href;
  to.tabIndex = -1;
  to.textContent = `${row.cells[0].textContent.trim()} →`;
  $("cell").replaceChildren(to, ` ${texts[n]}: ${words[cell.className]}`);
  $("cell").hidden = false;
}
let told = null, touched = false;
body.addEventListener("pointerdown", (event) => { touched = event.pointerType === "touch"; });
body.addEventListener("mouseover", (event) => { const link = event.target.closest("td a"); if (link && !touched) tell(link); });
body.addEventListener("focusin", (event) => { const link = event.target.closest("td a"); if (link) tell(link); });
body.addEventListener("click", (event) => { // the first tap says what it is, the second one follows
  const link = event.target.closest("td a");
  if (!link || !touched || told === link) return;
  event.preventDefault();
  told = link;
  tell(link);
});
body.addEventListener("keydown", (event) => {
  const by = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
  const link = event.target.closest("td a");
  if (!by || !link) return;
  const grid = links();
  let y = [...body.rows].indexOf(link.closest("tr")), x = cellsOf(link.closest("tr")).indexOf(link.closest("td"));
  if (x < 0) return;
  event.preventDefault();
  do { y += by[0]; x += by[1]; } while (grid[y] && x >= 0 && x < heads.length && !grid[y][x]);
  const next = grid[y]?.[x];
  if (!next) return;
  link.tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
});
draw();
