"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const earlier = JSON.parse($("earlier").textContent);
  // a card is what one sentence or box is told; each of its parts is a finding to decide about
  const findings = [...document.querySelectorAll("details.finding")].map((node) => ({
    node,
    row: node.closest(".row"),
    entry: document.querySelector(`.index [data-of="${node.dataset.number}"]`),
    ...node.dataset,
    parts: [...node.querySelectorAll(":scope > .body > .one")].map((box, n) => ({ box, ...(n ? box : node).dataset, number: node.dataset.number })),
  }));
  const parts = findings.flatMap((f) => f.parts);
  const order = [...document.querySelectorAll(".index li")].map((li) => findings.find((f) => f.number === li.dataset.of));
  // what nobody has settled can be decided about, too, and need not be
  const leads = [...document.querySelectorAll(".listing .lead")].map((box) => ({ box, ...box.dataset }));
  const deciding = Boolean($("controls")); // not on the group's own page, which is a list of what to do
  const quiet = [...document.querySelectorAll("details.quiet")];
  const words = { confirmed: "✓ confirmed", dismissed: "– dismissed", ask: "? to ask" };
  // a decision about what a finding was called formerly is about it; one made since comes later, and stands
  const nowCalled = new Map([...parts, ...leads].flatMap((p) => (p.formerly || "").split(" ").filter(Boolean).map((mark) => [mark, p.fingerprint])));
  const today = (d) => nowCalled.has(d.fingerprint) ? { ...d, fingerprint: nowCalled.get(d.fingerprint) } : d;
  const chosen = new Map(earlier.decisions.map(today).map((d) => [d.fingerprint, d]));
  const served = JSON.parse($("served")?.textContent || "null"); // by `auditor view`, which saves decisions
  const store = `auditor:${served ? `unsaved:${served.folder}:` : ""}${earlier.submission}:${earlier.url}`;
  let current = null;

  // -- decisions: saved by `auditor view`, or kept in this browser and exported by hand

  const unsaved = new Map(); // what a server has not taken yet
  let replaced = (earlier.history || []).map(today); // decisions that a later one has replaced
  const now = () => new Date().toISOString();
  const remember = () => {
    const list = served ? unsaved : chosen;
    try {
      if (served && !list.size) localStorage.removeItem(store);
      else localStorage.setItem(store, JSON.stringify([...list.values()]));
    } catch { /* no storage here: export does it */ }
  };
  const recall = () => {
    try { return JSON.parse(localStorage.getItem(store)) || []; } catch { return []; }
  };
  const valid = (d) => d && typeof d.fingerprint === "string" && (d.decision in words || d.decision === "undecided") && typeof (d.note || "") === "string";
  const take = (list, at) => {
    const good = Array.isArray(list) ? list.filter(valid).map(today) : [];
    for (const d of good) {
      const known = chosen.get(d.fingerprint);
      if (!served && !at && known && (known.at || "") > (d.at || "")) continue; // decided anew since this browser kept it
      put({
        fingerprint: d.fingerprint.slice(0, 100), decision: d.decision, note: (d.note || "").slice(0, 5000),
        rule: String(d.rule || "").slice(0, 200), claim: String(d.claim || "").slice(0, 20000), at: at || String(d.at || ""),
      });
    }
    return good.length;
  };
  const put = (d) => {
    chosen.set(d.fingerprint, d);
    if (served) unsaved.set(d.fingerprint, d);
    remember();
  };
  const choiceOf = (p) => { const d = chosen.get(p.fingerprint); return d && d.decision in words ? d.decision : ""; };
  const settled = (f) => f.parts.every(choiceOf);
  const say = (text) => { $("said").textContent = text; };

  let under = null, waiting = 0, saves = 0;
  const state = (text, failed) => { $("saving").textContent = text; $("saving").classList.toggle("failed", Boolean(failed)); };
  const stands = (stored) => { // what the server has, unless something newer is on its way there
    for (const mark of [...chosen.keys()]) if (!unsaved.has(mark)) chosen.delete(mark);
    for (const d of stored.decisions.map(today)) if (!unsaved.has(d.fingerprint)) chosen.set(d.fingerprint, d);
    replaced = stored.history.map(today);
    showAll();
    count();
  };
  const ask = async (options) => {
    let reply;
    try { reply = await fetch(served.save, options); } catch { throw new Error("auditor view does not answer; is it still running?"); }
    let told = null;
    try { told = await reply.json(); } catch { /* nothing to read */ }
    if (!reply.ok || !told) throw new Error((told && told.error) || (reply.status === 404 ? "this address is no longer served; start auditor view again" : `the server says ${reply.status}`));
    return told;
  };
  const posting = (list) => {
    const body = JSON.stringify({ decisions: list });
    return { method: "POST", headers: { "Content-Type": "application/json" }, body, keepalive: body.length < 50000 };
  };
  const save = async () => {
    clearTimeout(waiting);
    if (!served || under || !unsaved.size) return;
    const sent = [...unsaved.values()];
    under = ask(posting(sent));
    try {
      const stored = await under;
      saves += 1;
      for (const d of sent) if (unsaved.get(d.fingerprint) === d) unsaved.delete(d.fingerprint);
      remember();
      state(unsaved.size ? "Saving…" : "Saved.");
      stands(stored);
      under = null;
      if (unsaved.size) soon(50);
    } catch (error) {
      under = null;
      state(`Not saved: ${error.message} It is kept in this browser, and tried again.`, true);
      soon(5000);
    }
  };
  const soon = (milliseconds) => {
    if (!served) return;
    clearTimeout(waiting);
    waiting = setTimeout(save, milliseconds);
  };
  if (served) {
    document.addEventListener("visibilitychange", async () => {
      if (document.visibilityState === "hidden") { // on the way to another page, whose arrival ends what is under way
        if (unsaved.size) ask(posting([...unsaved.values()])).catch(() => {});
        return;
      }
      refresh();
    });
    // another tab or another person may have decided since: a window that comes to the front shows what stands now
    const refresh = async () => {
      const before = saves;
      try {
        const stored = await ask();
        if (saves === before) stands(stored); // else it was asked for before what was saved meanwhile
      } catch { /* the next save says so */ }
    };
    window.addEventListener("focus", refresh);
  }

  const showPart = (p) => {
    const d = chosen.get(p.fingerprint);
    const choice = choiceOf(p);
    for (const b of p.box.querySelectorAll("[data-choice]")) b.setAttribute("aria-pressed", String(b.dataset.choice === choice));
    const note = p.box.querySelector("textarea");
    const said = d ? d.note : "";
    if (note.value !== said && !(note === document.activeElement && unsaved.has(p.fingerprint))) note.value = said;
    p.box.querySelector(".noted").textContent = [choice && words[choice], said && `Note: ${said}`].filter(Boolean).join(" "); // on paper
    const past = replaced.filter((r) => r.fingerprint === p.fingerprint).at(-1);
    const before = p.box.querySelector(".earlier");
    before.hidden = !past;
    before.textContent = past ? `Before that${past.at ? ` (${past.at.slice(0, 16).replace("T", " ")} UTC)` : ""}: ${past.decision in words ? words[past.decision].slice(2) : "not decided"}${past.note ? `, “${past.note}”` : ""}` : "";
  };
  const show = (f) => {
    if (!deciding) return;
    f.parts.forEach(showPart);
    const choices = f.parts.map(choiceOf);
    const said = [...new Set(choices.filter(Boolean))].map((c) => words[c]).join(", ");
    f.node.classList.toggle("dismissed", choices.every((c) => c === "dismissed"));
    f.node.classList.toggle("settled", settled(f));
    f.entry.classList.toggle("done", settled(f));
    f.node.querySelector("summary .decided").textContent = said;
    f.entry.querySelector(".decided").textContent = said;
  };
  const showAll = () => {
    findings.forEach(show);
    if (deciding) leads.forEach(showLead);
  };
  const showLead = (p) => {
    showPart(p);
    p.box.classList.toggle("dismissed", choiceOf(p) === "dismissed");
    p.box.querySelector(".decided").textContent = words[choiceOf(p)] || "";
  };
  const undone = []; // what was decided, last one last, and how it stood before
  const set = (p, decision, note) => put({ fingerprint: p.fingerprint, decision, note, rule: p.rule, claim: p.claim, at: now() });
  const changed = () => {
    if (served) state("Saving…");
    soon(0);
    showAll();
    count();
    $("undo").disabled = !undone.length;
  };
  const ended = () => { // says that nothing is left to decide, and leads on to where something may be
    const open = leads.filter((p) => !choiceOf(p)).length;
    $("said").append(" All decided.", ...(open ? [" ", link("#leads", `${open} worth a look`)] : []));
    const next = document.querySelector("nav.groups a[rel=next]");
    if (next) $("said").append(" Next group: ", link(next.href, next.textContent));
  };
  const link = (href, text) => Object.assign(document.createElement("a"), { href, textContent: text });
  // what is decided already stays so: a key that is pressed twice takes nothing back
  const decide = (f, choice, which = f.parts) => {
    const same = which.every((p) => choiceOf(p) === choice);
    if (!same) choose(f, choice, which);
    const open = shown().slice(shown().indexOf(f) + 1).concat(shown()).find((x) => x !== f && !settled(x));
    say(`Finding ${f.number}: ${words[choice].slice(2)}${same ? " already" : ""}.`);
    if (findings.every(settled)) ended();
    if (!same && settled(f) && open) go(open);
  };
  const decideLead = (p, choice) => {
    const same = choiceOf(p) === choice;
    if (!same) choose(null, choice, [p]);
    say(`Worth a look: ${words[choice].slice(2)}${same ? " already" : ""}.`);
  };
  const choose = (f, choice, which) => {
    undone.push({ f, was: which.map((p) => ({ p, decision: choiceOf(p) || "undecided" })) });
    for (const p of which) set(p, choice, p.box.querySelector("textarea").value);
    changed();
  };
  const takeBack = (f, p) => { // by a click on the button that is pressed
    choose(f, "undecided", [p]);
    say(`${f ? `Finding ${f.number}` : "Worth a look"}: not decided.`);
  };
  const undo = () => {
    const last = undone.pop();
    if (!last) return;
    for (const { p, decision } of last.was) set(p, decision, p.box.querySelector("textarea").value);
    changed();
    say(`${last.f ? `Finding ${last.f.number}` : "Worth a look"}: taken back.`);
    if (last.f) go(last.f);
    else last.was[0].p.box.scrollIntoView({ block: "center", behavior: "instant" });
  };

  const controlled = (p, label, choosing, f) => {
    const controls = $("controls").content.cloneNode(true);
    controls.firstElementChild.setAttribute("aria-label", label);
    for (const b of controls.querySelectorAll("[data-choice]")) b.addEventListener("click", (event) => {
      if (choiceOf(p) !== b.dataset.choice) choosing(b.dataset.choice);
      else if (event.detail < 2) takeBack(f, p); // the second click of a double one is none
    });
    controls.querySelector("textarea").addEventListener("input", (event) => {
      set(p, choiceOf(p) || "undecided", event.target.value);
      p.box.querySelector(".noted").textContent = event.target.value && `Note: ${event.target.value}`;
      if (served) state("Saving…");
      soon(600);
    });
    p.box.querySelector(".noted").before(controls);
    const like = p.box.querySelector("[data-like]"); // what was decided about one that is gone and like it: offered, no more
    if (!like || !(like.dataset.like in words)) return;
    const same = Object.assign(document.createElement("button"), { type: "button", textContent: "Decide so, too" });
    same.addEventListener("click", () => {
      p.box.querySelector("textarea").value ||= like.dataset.said;
      if (choiceOf(p) !== like.dataset.like) choosing(like.dataset.like);
    });
    like.append(" ", same);
  };
  if (deciding) {
    for (const f of findings) for (const p of f.parts)
      controlled(p, `Decide about finding ${f.number}${f.parts.length > 1 ? `, part ${f.parts.indexOf(p) + 1}` : ""}`, (choice) => decide(f, choice, [p]), f);
    for (const [n, p] of leads.entries()) controlled(p, `Decide about ${n + 1} of what is worth a look`, (choice) => decideLead(p, choice), null);
  }

  $("undo")?.addEventListener("click", undo);
  $("export")?.addEventListener("click", () => {
    const made = { ...earlier, decisions: [...chosen.values()].filter((d) => d.decision !== "undecided" || d.note), history: replaced };
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([JSON.stringify(made, null, 2) + "\n"], { type: "application/json" }));
    link.download = `${earlier.submission.replace(/[^\w.-]+/g, "-") || "submission"}-decisions.json`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    say(`${made.decisions.length} decisions exported.`);
  });
  $("import")?.addEventListener("change", async (event) => {
    try {
      const read = JSON.parse(await event.target.files[0].text());
      const same = read.submission === earlier.submission || (earlier.url && read.url === earlier.url);
      if (!same) { say(`These decisions are about ${String(read.submission).slice(0, 80)}; nothing was imported.`); return; }
      const n = take(read.decisions, now());
      soon(0);
      showAll();
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
    const is = (id, values) => !$(id)?.value || values.includes($(id).value);
    const of = (key) => f.parts.map((p) => p[key]);
    return is("by-level", of("level")) && is("by-rule", of("rule")) && is("by-where", [f.where])
      && is("by-decision", f.parts.map((p) => choiceOf(p) || "none")) && !($("undecided")?.checked && settled(f));
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
    const done = parts.filter(choiceOf).length;
    const all = list.length < findings.length ? ` shown of ${findings.length}` : "";
    $("at").textContent = `${at < 0 ? "" : `${at + 1} of `}${list.length}${all}`;
    if (!deciding) return;
    // a lead counts once it is decided: nobody has to
    const more = leads.filter(choiceOf).length, left = leads.length - more;
    $("done").textContent = `${done + more} of ${parts.length + more} decided${left ? `, ${left} worth a look` : ""}`;
    $("progress").max = parts.length + more;
    $("progress").value = done + more;
    if ($("unsettled")) $("unsettled").textContent = unsettled(left);
  };
  const unsettled = (left) => {
    if (!left) return "decided";
    return `nobody has settled ${left < leads.length ? `${left} of these ${leads.length}` : left === 1 ? "this" : "these"}`;
  };
  const go = (f, { push = true } = {}) => {
    current?.node.classList.remove("current");
    current = f;
    f.node.hidden = false;
    // one at a time: open cards push what is below them away
    for (const other of findings) if (other !== f && other.stepped) { other.node.open = false; other.stepped = false; }
    if (!f.node.open) { f.node.open = true; f.stepped = true; }
    f.node.classList.add("current");
    const address = `#f${f.number}`;
    if (push && location.hash !== address) history.pushState(null, "", address); // so that Back leads to the one before
    f.node.querySelector("summary").focus({ preventScroll: true });
    const note = f.node.getBoundingClientRect().top;
    const claim = (document.querySelector(`.ref[href="#f${f.number}"]`) || f.node).getBoundingClientRect().top;
    const top = Math.abs(note - claim) < innerHeight / 2 ? Math.min(note, claim - 30) : note;
    const tools = $("tools");
    const above = !tools.hidden && getComputedStyle(tools).position === "sticky" ? tools.offsetHeight : 0;
    const far = Math.abs(top) > 2 * innerHeight || matchMedia("(prefers-reduced-motion: reduce)").matches;
    scrollTo({ top: scrollY + top - above - 12, behavior: far ? "instant" : "smooth" });
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
    if (f) go(f, { push: false });
    else if (location.hash.startsWith("#item-") || location.hash.startsWith("#box-")) { // from the map of the class
      const box = document.getElementById(location.hash.slice(1))?.querySelector("details");
      if (box) { box.open = true; box.scrollIntoView({ block: "center", behavior: "instant" }); }
    }
  };

  for (const id of ["by-level", "by-rule", "by-where", "by-decision", "by-label", "undecided"]) $(id)?.addEventListener("change", filter);
  $("next").addEventListener("click", () => step(1));
  $("prev").addEventListener("click", () => step(-1));
  $("open").addEventListener("click", () => { for (const f of findings) f.node.open = !f.node.hidden; });
  $("close").addEventListener("click", () => { for (const n of [...findings.map((f) => f.node), ...quiet]) n.open = false; });
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.('a[href^="#f"]');
    const f = link && findings.find((x) => `#f${x.number}` === link.hash);
    if (!f) return;
    event.preventDefault();
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
      ...(deciding && {
        c: () => chose("confirmed"), d: () => chose("dismissed"), a: () => chose("ask"),
        u: undo,
      }),
    };
    const action = actions[event.key];
    if (action) {
      event.preventDefault();
      if (!event.repeat || "jk".includes(event.key)) action(); // one that is held down decides once
    }
  });
  const chose = (choice) => { // about the lead in whose place the focus is, else about the finding that is open
    const lead = leads.find((p) => p.box.contains(document.activeElement));
    if (lead) decideLead(lead, choice);
    else if (current) decide(current, choice);
  };
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = findings.map((f) => f.node).filter((n) => !n.open);
    for (const n of closed) n.open = true;
  });
  addEventListener("afterprint", () => { for (const n of closed) n.open = false; });
  addEventListener("popstate", follow);

  if (deciding) take(recall());
  soon(0);
  showAll();
  for (const f of findings) f.stepped = f.node.open;
  $("tools").hidden = !findings.length && !(deciding && leads.length);
  filter();
  follow();
})();
