"""The record as one page for a browser: the report as it would render, and each finding below the words that it speaks of.

Nothing of a report or a repository becomes markup, address or script of the page: markdown is rendered without its HTML,
everything else is escaped, and the page's own policy lets it load nothing.
"""

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import unquote

from markdown_it.token import Token
from markupsafe import Markup, escape

from auditor import escape as escaped
from auditor import limits
from auditor.deadline import LeftOut, within
from auditor.decisions import WORDS, Decisions
from auditor.escape import one_line
from auditor.models import AuditRecord, Question
from auditor.moments import late, shown
from auditor.render.cards import Box, Note, Section
from auditor.render.margin import Margin
from auditor.render.sides import counts
from auditor.render.ways import Served, Ways, anchor
from auditor.render.written import MARKS, asset, closing, mark, parser, policy_hash, raw, shown_row, template, visible
from auditor.rules import open_but_there

_CONNECT = "connect-src 'self'; "
_LEAVES = ("paragraph_open", "heading_open", "fence", "code_block", "html_block", "table_open")
_OTHERS = {
    "lead": "Worth a look",
    "disputed": "Disputed: words stand against these",
    "remark": "Remarks: so, and too small to count",
}
_STATES = {
    "absent": ("✕", "not there"),
    "there": ("✓", "there"),
    "unknown": ("?", "not verifiable"),
    "forgotten": ("○", "open, and there"),
    "open": ("·", "open, and not there"),
}
"""What the row of a box says of it, with a mark that says so without colour."""


def render(
    record: AuditRecord,
    *,
    decisions: Decisions | None = None,
    with_private: bool = False,
    ways: Ways | None = None,
    served: Served | None = None,
) -> str:
    """The page. Findings that `decisions` dismiss are counted, not shown; answers to private questions are on it only
    `with_private`. `ways` lead to the other pages of a class. A page that is `served` saves what is decided, and shows what
    is dismissed, so that it can be taken back."""

    def page() -> str:
        return template("page.html.j2").render(_Page(record, decisions, with_private, ways, served).context())

    try:
        return within("the page", limits.PIECE, page)
    except LeftOut as left:
        return unmade(record, str(left))


def unmade(record: AuditRecord, why: str) -> str:
    """What stands in the place of a page that took too long to make."""
    said = escape(one_line(f"{record.submission.id}: {why}. What was found is in the record (--format json)."))
    policy = "default-src 'none'; base-uri 'none'; form-action 'none'"
    return (
        f'<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        f"<title>Not made</title>\n<p>{said}</p>\n</html>\n"
    )


class _Page:
    def __init__(
        self,
        record: AuditRecord,
        decisions: Decisions | None,
        with_private: bool,
        ways: Ways | None = None,
        served: Served | None = None,
    ) -> None:
        self.record = record
        self.ways = ways
        self.served = served
        self.decisions = decisions
        self.margin = Margin(record, decisions, with_private=with_private, keep=served is not None)
        self.blob = self.margin.blob
        self.starts = self.margin.starts
        self.hidden = self.margin.hidden
        self.targets = {
            i.target: i.path for q in record.report.questions for i in (*q.images, *q.links) if i.path and not q.private
        }
        self.first_lines = {q.n: q.line for q in sorted(record.report.questions, key=lambda q: -q.line)}
        self.figures = {f.path: f for f in record.report.figures}
        self.notes = self.margin.notes
        self.noted = [n.verdict.claim.line for n in self.notes]  # in their order

    # -- the report ----------------------------------------------------------------------------------------------------

    def sections(self) -> Iterator[Section]:
        rows = self._rows()
        report = self.record.report
        first = min(self.starts, default=len(rows) + 1)
        top = _checklist_line(rows, [] if report.checklist else [i.line for i in report.items], first)
        if top > 1 and any(text.strip() for _, text in rows[: top - 1]):
            yield self._section("opening", "The report's opening", "Opening", 1, rows[: top - 1])
        if rows[top - 1 : first - 1]:
            own = report.items and not report.checklist
            title, id_ = ("Checklist", "checklist") if own else ("Before the first question", "before")
            name = "Checklist" if own else "Opening"
            if own:
                yield self._checklist(title, top, rows[top - 1 : first - 1], first)
            else:
                yield self._section(id_, title, name, top, rows[top - 1 : first - 1])
        if report.items and (report.checklist or not rows[top - 1 : first - 1]):  # another file's, or no text is kept
            title = f"Checklist in {one_line(report.checklist)}" if report.checklist else "Checklist"
            yield self._checklist(title, report.items[0].line, [], report.items[-1].line + 1)
        for asked in sorted(report.questions, key=lambda q: q.line):
            yield self._question(asked, rows)

    def _rows(self) -> list[tuple[int, str]]:
        """The report's lines with their numbers, as they may be shown."""
        rows, before = [], ""
        for n, row in enumerate(self.record.report.text.split("\n") if self.record.report.text else [], 1):
            rows.append((n, shown_row(row, before)))
            before = row
        return rows

    def _question(self, asked: Question, rows: list[tuple[int, str]]) -> Section:
        later = bisect_right(self.starts, asked.line)
        end = self.starts[later] if later < len(self.starts) else len(rows) + 1
        id_ = f"q{asked.n}" if asked.line == self.first_lines[asked.n] else ""
        id_ = id_ or f"q{asked.n}-line{asked.line}"
        name, title = f"Q{asked.n}", f"Question {asked.n}"
        if asked.line in self.hidden:
            # a prompt that is not the template's own may hold some of the answer
            prompt = asked.prompt if asked.matched in ("exact", "alias") else ""
            section = self._section(id_, title, name, asked.line, [], end, prompt)
            section.private = True
            return section
        start, last = asked.answer_lines
        numbers = asked.row_lines or range(start, start + asked.answer.count("\n") + 1)
        answer = (
            [(n, shown_row(row)) for n, row in zip(numbers, asked.answer.split("\n"), strict=False)] if start else []
        )
        inside = rows[asked.line : end - 1]
        cut = next((k for k, (n, row) in enumerate(inside) if n > last and re.match(r"#{1,2}\s", row)), len(inside))
        section = self._section(id_, title, name, asked.line, answer, end, asked.prompt)
        before = [r for r in inside[:cut] if (r[0] < start or not start)]
        if any(re.sub(r"[>\s]", "", row) for _, row in before):
            section.before = self._markdown(before, [])
        section.empty = not asked.answer.strip()
        section.after = self._markdown(inside[cut:], [])
        return section

    def _checklist(self, title: str, line: int, rows: Sequence[tuple[int, str]], end: int) -> Section:
        """The checklist as one row an item with its verdict, and what else stands there, as it stands."""
        notes = self.notes[bisect_left(self.noted, line) : bisect_left(self.noted, end)]
        if self.record.report.checklist:  # whose lines are another file's
            notes = [n for n in self.notes if n.verdict.claim.source.kind == "item"]
        of: dict[int, list[Note]] = {}
        for note in self.notes:
            if note.verdict.claim.source.kind == "item":
                of.setdefault(note.verdict.claim.source.n, []).append(note)
        known = {i.n for i in self.record.report.items}
        labels = {i.n: i.label for i in self.record.items}
        section = Section(id="checklist", title=title, name="Checklist", line=line, notes=notes)
        anchors: set[str] = set()
        for item in self.record.report.items:
            told = sorted(of.get(item.n, ()), key=lambda n: (not n.number, n.verdict.by != "probe"))
            name = anchor(item.item) if item.item and anchor(item.item) not in anchors else f"box-{item.n}"
            anchors.add(name)
            label = labels.get(item.n) or (told[0].label if told else "not_verifiable")
            section.boxes.append(Box(item, name, _state(item.checked, label), told))
        loose = [n for n in notes if n.verdict.claim.source.kind != "item" or n.verdict.claim.source.n not in known]
        section.body = self._margin(loose) if loose else Markup()
        section.before = self._markdown(rows, []) if rows else Markup()
        return section

    def _section(
        self,
        id_: str,
        title: str,
        name: str,
        line: int,
        rows: Sequence[tuple[int, str]],
        end: int = 0,
        prompt: str = "",
    ) -> Section:
        end = end or (rows[-1][0] + 1 if rows else line + 1)
        notes = self.notes[bisect_left(self.noted, line) : bisect_left(self.noted, end)]
        if self.record.report.items:  # which have a part of their own
            notes = [n for n in notes if n.verdict.claim.source.kind != "item"]
        said = visible(parser().parseInline(prompt)[0].children or []) if prompt else ""
        section = Section(id=id_, title=title, name=name, line=line, notes=notes, prompt=said)
        section.body = self._markdown(rows, notes)
        return section

    def _markdown(self, rows: Sequence[tuple[int, str]], notes: Sequence[Note]) -> Markup:
        """As `_laid_out`; what takes too long stands as it was typed, below its notes."""
        if not rows:
            return self._laid_out(rows, notes)
        what = f"lines {rows[0][0]} to {rows[-1][0]} of the report on the page"
        try:
            return within(what, limits.PAGE, lambda: self._laid_out(rows, notes))
        except LeftOut as left:
            typed = "\n".join(row for _, row in rows)
            return self._margin(notes) + Markup("<p>{}: they stand as they were typed.</p><pre>{}</pre>").format(
                str(left), typed
            )

    def _laid_out(self, rows: Sequence[tuple[int, str]], notes: Sequence[Note]) -> Markup:
        """Lines of the report as HTML, with the notes in front of the blocks that they speak of."""
        markdown = parser()
        rows = [(n, row.replace("\n", " ")) for n, row in rows]  # a stored record may have a line end in a row
        tokens = markdown.parse("\n".join(row for _, row in rows))
        blocks = [k for k, t in enumerate(tokens) if t.type in _LEAVES and t.map]
        span = {k: (rows[tokens[k].map[0]][0], rows[max(tokens[k].map[1] - 1, 0)][0]) for k in blocks}  # type: ignore[index]
        placed: dict[int, list[Note]] = {}
        loose = []
        ends = [span[k][1] for k in blocks]  # blocks stand one below another
        for note in notes:
            if not blocks:
                loose.append(note)
                continue
            at = blocks[min(bisect_left(ends, note.verdict.claim.line), len(blocks) - 1)]
            placed.setdefault(at, []).append(note)
            if note.number and not note.private and len(placed[at]) <= MARKS:
                mark(markdown, tokens, at, note, span[at][0])
        made: list[Token] = [raw(self._margin(loose))] if loose else []
        ends_at: set[int] = set()
        for k, token in enumerate(tokens):
            if k in placed:
                found = any(n.number for n in placed[k])
                made.append(
                    raw(Markup('<div class="row{}">').format(" hit" if found else "") + self._margin(placed[k]))
                )
                token.hidden = False
                end = k if token.nesting == 0 else closing(tokens, k)
                tokens[end].hidden = False
                ends_at.add(end)
            made.append(token)
            if k in ends_at:
                made.append(raw(Markup("</div>")))
        return Markup(markdown.renderer.render(made, markdown.options, {"page": self, "links": [], "level": 2}))

    def _margin(self, notes: Iterable[Note]) -> Markup:
        shown: str = template("note.html.j2").module.margin(list(notes))  # type: ignore[attr-defined]
        return Markup(shown)

    def link(self, target: str) -> tuple[str, str]:
        """Where a link of the report may lead, and what to show beside it: the host, or the file's path."""
        url, host = escaped.link(target)
        if host:
            return url, host
        path = self.targets.get(unquote(target), "")
        return (self.blob.url(path), path) if path else ("", "")

    # -- the top -------------------------------------------------------------------------------------------------------

    def context(self) -> dict[str, Any]:
        record = self.record
        sections = list(self.sections())
        placed = {id(n) for s in sections for n in (*s.notes, *(m for x in s.boxes for m in x.notes))}
        findings = self.margin.findings
        parts = [p for n in findings for p in n.parts]
        leads = [n for n in self.notes if n.standing == "lead"]
        settled = sum(n.settled for n in leads)
        labels = counts(record)
        forgotten = open_but_there(record)
        labels["contradicted"] -= forgotten
        style, script = asset("colours.css") + asset("page.css"), asset("page.js")
        return {
            "r": record,
            "s": record.submission,
            "page": self,
            "shown": shown,
            "late": late(record.submission.commit_time, record.submission.due),
            "policy": f"default-src 'none'; {_CONNECT if self.served else ''}style-src {policy_hash(style)}; script-src {policy_hash(script)}; img-src data:; "
            "base-uri 'none'; form-action 'none'",
            "style": Markup(style),
            "script": Markup(script),
            "sections": sections,
            "other": self._margin([n for n in self.notes if id(n) not in placed]),
            "findings": findings,
            "todo": self.margin.todo,
            "worth": len(leads),
            "unsettled": len(leads) - settled,
            "voices": any(n.voice != "program" for n in self.notes),
            "decided": sum(p.settled for p in parts) + settled,
            "parts": len(parts) + settled,
            "labels": labels,
            "forgotten": forgotten,
            "others": [(_OTHERS[name], name, [n for n in self.notes if n.standing == name]) for name in _OTHERS],
            "levels": Counter(n.level for n in findings),
            "rules": sorted({p.rule for p in parts}),
            "dismissed": len(self.margin.dismissed),
            "ways": self.ways,
            "served": self.served,
            "since": record.since,
            "private": sum(s.private for s in sections),
            "unshown": [f for f in record.report.figures if not f.data],
            "tree_url": self.blob.tree,
            "words": WORDS,
            "states": _STATES,
            "exported": {
                "decisions_version": "1",
                "submission": record.submission.id,
                "url": record.submission.url,
                "decisions": [d.model_dump() for d in (self.decisions.decisions if self.decisions else ())],
                "history": [d.model_dump() for d in (self.decisions.history if self.decisions else ())],
            },
            "one_line": one_line,
        }


def _state(checked: bool, label: str) -> str:
    """What a box and its label come to: an open box whose thing is not there is as it should be."""
    if label == "not_verifiable":
        return "unknown"
    if checked:
        return "there" if label == "supported" else "absent"
    return "open" if label == "supported" else "forgotten"


def _checklist_line(rows: Sequence[tuple[int, str]], items: Sequence[int], first: int) -> int:
    """The line on which the checklist starts: its heading's, else its first item's, else the first."""
    start = min(items, default=0)
    if not start or start >= first:
        return 1
    above = [n for n, row in rows[: start - 1] if re.match(r"\s{0,3}#{1,6}\s", row)]
    named = [n for n in above if "checklist" in rows[n - 1][1].lower()]
    return named[-1] if named else above[-1] if above else start
