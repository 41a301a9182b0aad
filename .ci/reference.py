"""Writes docs/reference: a page for every rule, probe, kind of claim and form of sentence, from the code. `.ci/docs` calls it.

The folder is made anew each time and not committed. Addresses are `reference/<id>/`: ids are unique over all four sorts, which is
asked for here.
"""

import shutil
import sys
from pathlib import Path

from auditor.claims.case import Reader, Settler
from auditor.claims.case import load as load_claims
from auditor.probes import Probe
from auditor.probes import load as load_probes
from auditor.profile import load_profile
from auditor.rules import RULES

ROOT = Path(__file__).resolve().parent.parent


def cell(text: str) -> str:
    """Text as a table's cell."""
    return text.replace("|", "\\|").replace("<", "&lt;")


def words(text: str) -> str:
    """Text of a docstring in markdown: what looks like a tag is shown as it is."""
    return text.replace("<", "&lt;")


def fields(rows: list[tuple[str, str]]) -> str:
    """A table of what is known; rows without a value are left out."""
    return "\n".join(["| | |", "| --- | --- |", *(f"| {name} | {cell(value)} |" for name, value in rows if value)])


def code(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{n}`" for n in names)


def users(probe: str) -> str:
    """The checklist items of the course that ask for it."""
    profile = load_profile()
    return "; ".join(item.texts[-1] for item in profile.items if probe in item.probes)


def rule_page(id_: str) -> str:
    rule = RULES[id_]
    body = f"# `{id_}`\n\n*Rule.* {words(rule.title)}.\n\n" + fields([("level", rule.level)])
    body += f"\n\n## For whoever reads it\n\n{words(rule.help)}\n"
    return body + (f"\n## For the group\n\n{words(rule.hint)}\n" if rule.hint else "")


def probe_page(probe: Probe) -> str:
    known = [("looks in", code(probe.looks_in) or "the git history"), ("words", code(probe.mentions))]
    return (
        f"# `{probe.id}`\n\n*Probe.* {words(probe.asks)}\n\n{fields(known)}\n\n## What counts\n\n{words(probe.explains)}\n"
        + (f"\n## Used for\n\n{words(used)}\n" if (used := users(probe.id)) else "")
    )


def claim_page(entry: Settler | Reader) -> str:
    sort, verb = ("Kind of claim", "States") if isinstance(entry, Settler) else ("Form of sentence", "Takes")
    head = "What it is held against" if isinstance(entry, Settler) else "What it takes, and what it leaves alone"
    return f"# `{entry.id}`\n\n*{sort}.* {verb}: {words(entry.asks)}\n\n## {head}\n\n{words(entry.explains)}\n"


def main(target: Path) -> None:
    readers, settlers = load_claims()
    probes = load_probes()
    sorts: list[tuple[str, dict[str, tuple[str, str]]]] = [
        ("Rules: what is reported", {r.id: (r.title + ".", rule_page(r.id)) for r in RULES.values()}),
        ("Probes: what is asked of a repository", {p.id: (p.asks, probe_page(p)) for p in probes.values()}),
        ("Kinds of claim: what a sentence states", {s.id: (s.asks, claim_page(s)) for s in settlers.values()}),
        ("Forms of sentence that are read without a model", {r.id: (r.asks, claim_page(r)) for r in readers.values()}),
    ]
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    index = ["# Everything that is looked for", "", "`auditor probes ID` prints the same in a terminal.", ""]
    seen: set[str] = set()
    for title, entries in sorts:
        index += [f"## {title}", "", "| | |", "| --- | --- |"]
        for id_, (asks, page) in sorted(entries.items()):
            name = id_ if id_ not in seen else f"{id_}-form"
            assert name not in seen, f"two entries are called {name}"
            seen.add(name)
            (target / f"{name}.md").write_text(page, encoding="utf-8")
            index.append(f"| [`{id_}`]({name}.md) | {cell(asks)} |")
        index.append("")
    (target / "index.md").write_text("\n".join(index), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else ROOT / "docs" / "reference")
