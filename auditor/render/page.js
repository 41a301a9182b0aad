"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const earlier = JSON.parse($("earlier").textContent);
  const findings = [...document.querySelectorAll("details.finding")].map((node) => ({
    node,
    row: node.closest(".row"),
    number: node.querySelector(".num").textContent,
    entry: null,
    ...node.dataset,
  }));
  for (const f of findings) f.entry = document.querySelector(`.index [data-of="${f.number}"]`);
  const order = [...document.querySelectorAll(".index li")].map((li) => findings.find((f) => f.number === li.dataset.of));
  const quiet = [...document.querySelectorAll("details.quiet")];
  const words = { confirmed: "✓ confirmed", dismissed: "– dismissed", ask: "? to ask" };
  const chosen = new Map(earlier.decisions.map((d) => [d.fingerprint, d]));
  const store = `auditor:${earlier.submission}:${earlier.url}`;
  let current = null;

  // -- decisions: kept in this browser, exported by hand

  const keep = () => {
    try { localStorage.setItem(store, JSON.stringify([...chosen.values()])); } catch { /* no storage here: export does it */ }
  };
  const recall = () => {
    try { return JSON.parse(localStorage.getItem(store)) || []; } catch { return []; }
  };
  const valid = (d) => d && typeof d.fingerprint === "string" && d.decision in words && typeof (d.note || "") === "string";
  const take = (list) => {
    const good = Array.isArray(list) ? list.filter(valid) : [];
    for (const d of good) {
      chosen.set(d.fingerprint, {
        fingerprint: d.fingerprint, decision: d.decision, note: (d.note || "").slice(0, 5000),
        rule: String(d.rule || ""), claim: String(d.claim || ""),
      });
    }
    return good.length;
  };
  const say = (text) => { $("said").textContent = text; };

  const show = (f) => {
    const d = chosen.get(f.fingerprint);
    const choice = d ? d.decision : "";
    f.node.classList.toggle("dismissed", choice === "dismissed");
    f.node.querySelector("summary .decided").textContent = choice ? words[choice] : "";
    f.entry.querySelector(".decided").textContent = choice ? words[choice] : "";
    for (const b of f.node.querySelectorAll("[data-choice]")) b.setAttribute("aria-pressed", String(b.dataset.choice === choice));
    const note = f.node.querySelector("textarea");
    const said = d ? d.note : f.pending || "";
    if (note.value !== said) note.value = said;
  };
  const decide = (f, choice) => {
    const d = chosen.get(f.fingerprint);
    if (d && d.decision === choice) {
      f.pending = d.note;
      chosen.delete(f.fingerprint);
    } else {
      const note = f.node.querySelector("textarea").value;
      chosen.set(f.fingerprint, { fingerprint: f.fingerprint, decision: choice, note, rule: f.rule, claim: f.claim });
    }
    keep();
    for (const other of findings) if (other.fingerprint === f.fingerprint) show(other);
    count();
    say(`Finding ${f.number}: ${chosen.has(f.fingerprint) ? words[choice].slice(2) : "not decided"}.`);
  };

  for (const f of findings) {
    f.node.querySelector(".noted")?.remove();
    const controls = $("controls").content.cloneNode(true);
    controls.firstElementChild.setAttribute("aria-label", `Decide about finding ${f.number}`);
    for (const b of controls.querySelectorAll("[data-choice]")) b.addEventListener("click", () => decide(f, b.dataset.choice));
    controls.querySelector("textarea").addEventListener("input", (event) => {
      const d = chosen.get(f.fingerprint);
      if (d) { d.note = event.target.value; keep(); } else { f.pending = event.target.value; }
    });
    f.node.querySelector(".body").append(controls);
  }

  $("export").addEventListener("click", () => {
    const made = { ...earlier, decisions: [...chosen.values()] };
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([JSON.stringify(made, null, 2) + "\n"], { type: "application/json" }));
    link.download = `${earlier.submission.replace(/[^\w.-]+/g, "-") || "submission"}-decisions.json`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    say(`${made.decisions.length} decisions exported.`);
  });
  $("import").addEventListener("change", async (event) => {
    try {
      const read = JSON.parse(await event.target.files[0].text());
      const same = read.submission === earlier.submission || (earlier.url && read.url === earlier.url);
      if (!same) { say(`These decisions are about ${String(read.submission).slice(0, 80)}; nothing was imported.`); return; }
      const n = take(read.decisions);
      keep();
      findings.forEach(show);
      count();
      say(`${n} decisions imported.`);
    } catch {
      say("This is not a file of decisions.");
    } finally {
      event.target.value = "";
    }
  });

  // -- filters and steps

  const wanted = (f) => {
    const d = chosen.get(f.fingerprint);
    const is = (id, value) => !$(id).value || $(id).value === value;
    return is("by-level", f.level) && is("by-rule", f.rule) && is("by-where", f.where) && is("by-decision", d ? d.decision : "none");
  };
  const filter = () => {
    const label = $("by-label").value;
    for (const f of findings) {
      const on = wanted(f);
      f.entry.hidden = !on;
      f.node.hidden = !on || (label && label !== f.label);
      f.node.classList.toggle("off", f.node.hidden);
    }
    for (const f of findings) f.row?.classList.toggle("hit", findings.some((g) => g.row === f.row && !g.node.hidden));
    for (const node of quiet) node.hidden = Boolean(label && label !== node.dataset.label);
    count();
  };
  const shown = () => order.filter((f) => wanted(f));
  const count = () => {
    const list = shown();
    const at = list.indexOf(current);
    const done = findings.filter((f) => chosen.has(f.fingerprint)).length;
    const all = list.length < findings.length ? ` shown of ${findings.length}` : "";
    $("at").textContent = `${at < 0 ? "" : `${at + 1} of `}${list.length}${all}, ${done} decided`;
  };
  const go = (f, focus = true) => {
    current?.node.classList.remove("current");
    current = f;
    f.node.hidden = false;
    // one at a time: open notes push those below them away from their lines
    for (const other of findings) if (other !== f && other.stepped) { other.node.open = false; other.stepped = false; }
    if (!f.node.open) { f.node.open = true; f.stepped = true; }
    f.node.classList.add("current");
    if (focus) f.node.querySelector("summary").focus({ preventScroll: true });
    const note = f.node.getBoundingClientRect().top;
    const claim = (document.querySelector(`.ref[href="#f${f.number}"]`) || f.row || f.node).getBoundingClientRect().top;
    const top = Math.abs(note - claim) < innerHeight / 2 ? Math.min(note, claim - 40) : note;
    const tools = getComputedStyle($("tools")).position === "sticky" ? $("tools").offsetHeight : 0;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    scrollTo({ top: scrollY + top - tools - 12, behavior: still ? "auto" : "smooth" });
    count();
  };
  const step = (by) => {
    const list = shown();
    if (!list.length) return;
    const at = list.indexOf(current);
    go(list[at < 0 ? (by > 0 ? 0 : list.length - 1) : (at + by + list.length) % list.length]);
  };
  const follow = () => {
    const f = findings.find((x) => `#f${x.number}` === location.hash);
    if (f) go(f);
  };

  for (const id of ["by-level", "by-rule", "by-where", "by-decision", "by-label"]) $(id).addEventListener("change", filter);
  $("next").addEventListener("click", () => step(1));
  $("prev").addEventListener("click", () => step(-1));
  $("open").addEventListener("click", () => { for (const f of findings) f.node.open = !f.node.hidden; });
  $("close").addEventListener("click", () => { for (const n of [...findings.map((f) => f.node), ...quiet]) n.open = false; });
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.('a[href^="#f"]');
    const f = link && findings.find((x) => `#f${x.number}` === link.hash);
    if (!f) return;
    event.preventDefault();
    history.replaceState(null, "", link.hash);
    go(f);
  });
  document.addEventListener("focusin", (event) => {
    const f = findings.find((x) => x.node.contains(event.target));
    if (f && f !== current) { current?.node.classList.remove("current"); current = f; f.node.classList.add("current"); count(); }
  });
  document.addEventListener("keydown", (event) => {
    if (!$("keys").checked || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea")) return;
    const actions = {
      j: () => step(1), k: () => step(-1),
      o: () => current && (current.node.open = !current.node.open),
      c: () => current && decide(current, "confirmed"),
      d: () => current && decide(current, "dismissed"),
      a: () => current && decide(current, "ask"),
    };
    const action = actions[event.key];
    if (action) { event.preventDefault(); action(); }
  });
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = findings.map((f) => f.node).filter((n) => !n.open);
    for (const n of closed) n.open = true;
  });
  addEventListener("afterprint", () => { for (const n of closed) n.open = false; });
  addEventListener("hashchange", follow);

  take(recall());
  findings.forEach(show);
  for (const f of findings) f.stepped = f.node.open;
  $("tools").hidden = !findings.length;
  filter();
  follow();
})();
