"""The record as one page for a browser: the report as it would render, and each finding in the margin at its line.

Nothing of a report or a repository becomes markup, address or script of the page: markdown is rendered without its HTML,
everything else is escaped, and the page's own policy lets it load nothing.
"""

import hashlib
import re
from base64 import b64encode
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import field
from functools import lru_cache
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markupsafe import Markup, escape

from auditor.decisions import WORDS, Decision, Decisions, decided, question
from auditor.lazy import dataclass
from auditor.models import AuditRecord, Evidence, Finding, Question, Verdict
from auditor.redact import secret_at
from auditor.render import one_line, safe
from auditor.render.sides import MANY, TITLES, also, counts, ruling, said_by, sides, who
from auditor.render.ways import Served, Ways
from auditor.rules import LEVELS, RULES, hint, open_but_there

_HERE = Path(__file__).parent
_NOTHING = Markup("")
_LINE = 10_000  # characters of one line that are shown; the rest is counted
_SECRET = "[a secret, not shown]"
_CONNECT = "connect-src 'self'; "
_HIDDEN = "This answer holds personal data and is left out of the page."
_LEAVES = ("paragraph_open", "heading_open", "fence", "code_block", "html_block", "table_open")
_HOSTS = {
    "github.com": ("blob/", "L{0}", "-L{1}"),
    "gitlab.com": ("-/blob/", "L{0}", "-{1}"),
    "codeberg.org": ("src/commit/", "L{0}", "-L{1}"),
    "bitbucket.org": ("src/", "lines-{0}", ":{1}"),
}
_LABELS = {"contradicted": "contradicted", "not_verifiable": "not verifiable", "supported": "supported"}
_WHEN = {
    "stale": "True when the sentence was written; the repository has changed since.",
    "never": "It was not so at the commit that last changed the sentence either.",
}


@dataclass
class _Cite:
    """A citation as shown: where, and the lines with the cited words marked."""

    place: str
    url: str
    note: str
    late: bool
    rows: list[tuple[int, list[tuple[str, bool]]]] = field(default_factory=list)
    sources: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class _Note:
    """A verdict as it stands in the margin; `number` is 0 where it is no finding."""

    verdict: Verdict
    finding: Finding | None
    number: int
    label: str
    level: str
    rule: str
    title: str
    head: str
    quote: str
    says: str
    shows: str
    difference: str
    ask: str
    hint: str
    help: str
    by: str
    when: str
    where: str
    at: str
    line_url: str
    cites: list[_Cite]
    private: bool
    decision: Decision | None
    standing: str = ""
    also: str = ""
    ruling: str = ""
    said: str = ""
    open: bool = False
    new: bool = False


@dataclass
class _Section:
    """A part of the page: the opening, the checklist or a question."""

    id: str
    title: str
    name: str  # short, for the way there
    line: int
    notes: list[_Note]
    prompt: str = ""
    before: Markup = _NOTHING
    body: Markup = _NOTHING
    after: Markup = _NOTHING
    private: bool = False
    empty: bool = False

    @property
    def findings(self) -> int:
        return sum(n.number > 0 for n in self.notes)


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
    page = _Page(record, decisions, with_private, ways, served)
    return _template("page.html.j2").render(page.context())


def line_url(record: AuditRecord, verdict: Verdict) -> str:
    """The address of a claim's line at the host that the repository is known to come from; else empty."""
    line = verdict.claim.line
    return _Blob(record).url(record.report.where(verdict.claim.source), line, line) if line else ""


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
        self.new = frozenset(record.since.new if record.since else ())
        self.decisions = decisions
        self.chosen = decided(record, decisions) if decisions else {}
        self.dismissed = {
            f.verdict
            for f in record.findings
            if f.fingerprint in self.chosen and self.chosen[f.fingerprint].decision == "dismissed" and not served
        }
        self.blob = _Blob(record)
        self.starts = sorted(q.line for q in record.report.questions)
        self.hidden = set() if with_private else {q.line for q in record.report.questions if q.private}
        self.targets = {
            i.target: i.path for q in record.report.questions for i in (*q.images, *q.links) if i.path and not q.private
        }
        self.figures = {f.path: f for f in record.report.figures}
        self.notes = self._notes()

    # -- the margin ----------------------------------------------------------------------------------------------------

    def _notes(self) -> list[_Note]:
        kept = [f for f in self.record.findings if f.verdict not in self.dismissed]
        findings = {f.verdict: f for f in kept if f.standing == "finding"}
        self.others = {f.verdict: f for f in kept if f.standing != "finding"}
        told = {id_ for f in self.record.findings for id_ in f.verdicts if id_ != f.verdict}  # by another one's finding
        verdicts = [v for v in self.record.verdicts if v.id not in self.dismissed | told]
        answers = {q.n: " ".join(q.answer.split()) for q in self.record.report.questions}
        verdicts.sort(key=lambda v: (v.claim.line, _position(v, answers), v.id not in findings))
        numbers = iter(range(1, len(findings) + 1))
        notes = [self._note(v, findings.get(v.id), next(numbers) if v.id in findings else 0) for v in verdicts]
        first = next(iter(findings), "")
        for note in notes:
            note.open = note.verdict.id == first
        return notes

    def _note(self, verdict: Verdict, finding: Finding | None, number: int) -> _Note:
        private = self._is_private(verdict)
        self.every = {v.id: v for v in self.record.verdicts}
        stands = finding or self.others.get(verdict.id)
        rule = finding.rule if finding else ""
        known = RULES.get(rule)
        line = verdict.claim.line
        more = [self.every[id_] for id_ in (stands.verdicts if stands else ()) if id_ != verdict.id]
        cited = dict.fromkeys(c for v in (verdict, *more) for c in v.citations)
        cites = [] if private else [self._cite(self.record.evidence[c.evidence], c.quote) for c in list(cited)[:8]]
        says = verdict.report_says if verdict.by == "probe" else ""
        shows = "" if verdict.by == "form" or any(c.rows for c in cites) else verdict.repo_shows
        if len(cites) == 1 and not cites[0].rows and not cites[0].place and cites[0].note == shows:
            shows = ""
        head = verdict.difference if finding else verdict.repo_shows or verdict.difference
        item = verdict.claim.source.kind == "item"
        return _Note(
            verdict=verdict,
            finding=finding,
            number=number,
            label=verdict.label,
            level=finding.level if finding else "",
            rule=rule,
            title=known.title if known else rule,
            head="" if private else head or verdict.report_says or (known.title if known else ""),
            quote="a private answer" if private else _without_secrets(verdict.claim.quote),
            says="" if private else _without_secrets(says),
            shows="" if private else shows,
            difference="" if private else verdict.difference,
            ask="" if private else (question(verdict, rule) if finding else verdict.ask),
            hint=hint(verdict, finding) if finding and self.record.submission.working_tree else "",
            help=known.help if known and not self.record.submission.working_tree else "",
            by=self._by(verdict),
            when=_WHEN.get(verdict.when, ""),
            at=self._at(verdict),
            where="checklist" if item else f"Q{verdict.claim.source.n}" if verdict.claim.source.n else "report",
            line_url=self._line_url(verdict, line),
            cites=cites,
            private=private,
            decision=self.chosen.get(finding.fingerprint) if finding else None,
            standing=stands.standing if stands and not finding else "",
            also="" if private or not stands else also(stands),
            ruling="" if private or not stands else _without_secrets(ruling(self.record, stands)),
            said=who(self.record, stands) if stands else self._sides(verdict),
            new=bool(finding and finding.fingerprint in self.new),
        )

    def _sides(self, verdict: Verdict) -> str:
        """What each side says of a box."""
        if verdict.claim.source.kind != "item" or verdict.by != "probe":
            return ""
        return next((sides(i) for i in self.record.items if i.n == verdict.claim.source.n), "")

    def _is_private(self, verdict: Verdict) -> bool:
        if verdict.claim.source.kind == "item" or not self.hidden:
            return False
        of = {q.n for q in self.record.report.questions if q.line in self.hidden}
        return verdict.claim.source.n in of or self._hides(verdict.claim.line)

    def _line_url(self, verdict: Verdict, line: int) -> str:
        path, there = self.record.report.at(verdict.claim.source, line)
        return self.blob.url(path, there, there)

    def _at(self, verdict: Verdict) -> str:
        """The line of a claim, with its file where that is not the report; empty for what has none."""
        where, line = self.record.report.at(verdict.claim.source, verdict.claim.line)
        named = "" if where == self.record.report.path else f"{one_line(where)}, "
        return f"{named}line {line}" if verdict.claim.line else ""

    def _hides(self, line: int) -> bool:
        """Whether a line of the report belongs to an answer that is not shown."""
        return max((s for s in self.starts if s <= line), default=0) in self.hidden

    def _by(self, verdict: Verdict) -> str:
        if verdict.by == "probe":
            probes = dict.fromkeys(self.record.evidence[c.evidence].probe for c in verdict.citations)
            names = ", ".join(p for p in probes if p)
            return f"probe{'s' * (len(probes) > 1)} {names}" if names else "the profile"
        if verdict.by.startswith("claim:"):
            return said_by(verdict)
        if verdict.by == "judge":
            return f"the judge {self.record.judge.name} ({said_by(verdict)})"
        return "the check of the report's form" if verdict.by == "form" else verdict.by

    def _cite(self, evidence: Evidence, words: str) -> _Cite:
        report = self.record.report
        own = evidence.path in report.files
        shown = range(report.line_of(evidence.path, evidence.start), report.line_of(evidence.path, evidence.end) + 1)
        if own and any(self._hides(n) for n in shown):
            return _Cite(place=f"{evidence.path}:{evidence.start}", url="", note=_HIDDEN, late=False)
        late = evidence.path in self.record.submission.uncommitted
        lines = f":{evidence.start}" if evidence.start else ""
        lines += f"-{evidence.end}" if evidence.end > evidence.start else ""
        cite = _Cite(
            place=evidence.path + lines,
            url="" if late else self.blob.url(evidence.path, evidence.start, evidence.end),
            note=evidence.note,
            late=late,
        )
        if evidence.kind == "excerpt" and evidence.excerpt:
            cite.rows = list(_numbered(evidence.excerpt, evidence.start, words))
        elif evidence.kind == "fact":
            cite.sources = [(s, self.blob.source(s)) for s in evidence.sources if s != evidence.path]
        return cite

    # -- the report ----------------------------------------------------------------------------------------------------

    def sections(self) -> Iterator[_Section]:
        rows = self._rows()
        report = self.record.report
        first = min(self.starts, default=len(rows) + 1)
        top = _checklist_line(rows, [] if report.checklist else [i.line for i in report.items], first)
        if top > 1 and any(text.strip() for _, text in rows[: top - 1]):
            yield self._section("opening", "The report's opening", "Opening", 1, rows[: top - 1])
        if rows[top - 1 : first - 1]:
            own = report.items and not report.checklist
            title, id_ = ("Checklist", "checklist") if own else ("Before the first question", "before")
            yield self._section(id_, title, "Checklist" if own else "Opening", top, rows[top - 1 : first - 1])
        if report.items and (report.checklist or not rows[top - 1 : first - 1]):  # another file's, or no text is kept
            made = [(i.line, f"* [{i.mark or ' '}] {i.text}") for i in report.items]
            title = f"Checklist in {one_line(report.checklist)}" if report.checklist else "Checklist"
            yield self._section("checklist", title, "Checklist", report.items[0].line, made)
        for asked in sorted(report.questions, key=lambda q: q.line):
            yield self._question(asked, rows)

    def _rows(self) -> list[tuple[int, str]]:
        """The report's lines with their numbers, as they may be shown."""
        rows, before = [], ""
        for n, row in enumerate(self.record.report.text.split("\n") if self.record.report.text else [], 1):
            rows.append((n, _row(row, before)))
            before = row
        return rows

    def _question(self, asked: Question, rows: list[tuple[int, str]]) -> _Section:
        end = min((s for s in self.starts if s > asked.line), default=len(rows) + 1)
        id_ = f"q{asked.n}" if asked.line == min(q.line for q in self.record.report.questions if q.n == asked.n) else ""
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
        answer = [(n, _row(row)) for n, row in zip(numbers, asked.answer.split("\n"), strict=False)] if start else []
        inside = rows[asked.line : end - 1]
        cut = next((k for k, (n, row) in enumerate(inside) if n > last and re.match(r"#{1,2}\s", row)), len(inside))
        section = self._section(id_, title, name, asked.line, answer, end, asked.prompt)
        before = [r for r in inside[:cut] if (r[0] < start or not start)]
        if any(re.sub(r"[>\s]", "", row) for _, row in before):
            section.before = self._markdown(before, [])
        section.empty = not asked.answer.strip()
        section.after = self._markdown(inside[cut:], [])
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
    ) -> _Section:
        end = end or (rows[-1][0] + 1 if rows else line + 1)
        notes = [n for n in self.notes if line <= n.verdict.claim.line < end]
        if self.record.report.checklist:  # whose lines are another file's
            notes = [n for n in notes if (n.verdict.claim.source.kind == "item") == (id_ == "checklist")]
        said = _visible(_parser().parseInline(prompt)[0].children or []) if prompt else ""
        section = _Section(id=id_, title=title, name=name, line=line, notes=notes, prompt=said)
        section.body = self._markdown(rows, notes)
        return section

    def _markdown(self, rows: Sequence[tuple[int, str]], notes: Sequence[_Note]) -> Markup:
        """Lines of the report as HTML, with the notes in front of the blocks that they speak of."""
        parser = _parser()
        tokens = parser.parse("\n".join(row for _, row in rows))
        blocks = [k for k, t in enumerate(tokens) if t.type in _LEAVES and t.map]
        span = {k: (rows[tokens[k].map[0]][0], rows[max(tokens[k].map[1] - 1, 0)][0]) for k in blocks}  # type: ignore[index]
        placed: dict[int, list[_Note]] = {}
        loose = []
        for note in notes:
            line = note.verdict.claim.line
            at = next((k for k in blocks if span[k][0] <= line <= span[k][1]), None)
            at = (
                at if at is not None else next((k for k in blocks if span[k][0] > line), blocks[-1] if blocks else None)
            )
            if at is None:
                loose.append(note)
                continue
            placed.setdefault(at, []).append(note)
            if note.number and not note.private:
                _mark(parser, tokens, at, note, span[at][0])
        made: list[Token] = [_raw(self._margin(loose))] if loose else []
        closing: dict[int, int] = {}
        for k, token in enumerate(tokens):
            if k in placed:
                found = any(n.number for n in placed[k])
                made.append(
                    _raw(Markup('<div class="row{}">').format(" hit" if found else "") + self._margin(placed[k]))
                )
                token.hidden = False
                end = k if token.nesting == 0 else _close(tokens, k)
                tokens[end].hidden = False
                closing[end] = 1
            made.append(token)
            if k in closing:
                made.append(_raw(Markup("</div>")))
        return Markup(parser.renderer.render(made, parser.options, {"page": self, "links": [], "level": 2}))

    def _margin(self, notes: Iterable[_Note]) -> Markup:
        shown: str = _template("note.html.j2").module.margin(list(notes))  # type: ignore[attr-defined]
        return Markup(shown)

    def link(self, target: str) -> tuple[str, str]:
        """Where a link of the report may lead, and what to show beside it: the host, or the file's path."""
        try:
            parts = urlsplit(safe(unquote(target)).strip())
            host = parts.hostname or ""
        except ValueError:
            return "", ""
        if parts.scheme.lower() in ("http", "https") and host:
            return target, host
        path = self.targets.get(unquote(target), "")
        return (self.blob.url(path), path) if path else ("", "")

    # -- the top -------------------------------------------------------------------------------------------------------

    def context(self) -> dict[str, Any]:
        record = self.record
        sections = list(self.sections())
        placed = {id(n) for s in sections for n in s.notes}
        findings = [n for n in self.notes if n.number]
        findings.sort(key=lambda n: (LEVELS.index(n.finding.level) if n.finding else 9, n.number))
        labels = counts(record)
        forgotten = open_but_there(record)
        labels["contradicted"] -= forgotten
        style, script = _asset("page.css"), _asset("page.js")
        return {
            "r": record,
            "s": record.submission,
            "page": self,
            "policy": f"default-src 'none'; {_CONNECT if self.served else ''}style-src {_hash(style)}; script-src {_hash(script)}; img-src data:; "
            "base-uri 'none'; form-action 'none'",
            "style": Markup(style),
            "script": Markup(script),
            "sections": sections,
            "other": self._margin([n for n in self.notes if id(n) not in placed]),
            "findings": findings,
            "groups": [(level, [n for n in findings if n.level == level]) for level in LEVELS],
            "labels": labels,
            "forgotten": forgotten,
            "others": [(TITLES[name], MANY[name], [n for n in self.notes if n.standing == name]) for name in TITLES],
            "levels": Counter(n.level for n in findings),
            "rules": sorted({n.rule for n in findings}),
            "dismissed": len(self.dismissed),
            "ways": self.ways,
            "served": self.served,
            "since": record.since,
            "private": sum(s.private for s in sections),
            "unshown": [f for f in record.report.figures if not f.data],
            "tree_url": self.blob.tree,
            "words": WORDS,
            "exported": {
                "decisions_version": "1",
                "submission": record.submission.id,
                "url": record.submission.url,
                "decisions": [d.model_dump() for d in (self.decisions.decisions if self.decisions else ())],
                "history": [d.model_dump() for d in (self.decisions.history if self.decisions else ())],
            },
            "one_line": one_line,
            "names": _LABELS,
        }


class _Blob:
    """Addresses of the commit's files at the host that it was fetched from, where that host is a known one."""

    def __init__(self, record: AuditRecord) -> None:
        known = "|".join(re.escape(h) for h in _HOSTS)
        url = re.fullmatch(
            rf"(?:(?:https?|ssh|git)://)?(?:[^@/\s]*@)?({known})(?::\d+/|[:/])([\w.~-]+(?:/[\w.~-]+)+)",
            record.submission.url.rstrip("/").removesuffix(".git"),
            re.IGNORECASE,
        )
        self.base = self.tree = ""
        if url:
            self.style = _HOSTS[url[1].lower()]
            self.tree = f"https://{url[1].lower()}/{url[2]}"
            self.base = f"{self.tree}/{self.style[0]}{quote(record.submission.commit)}/"

    def url(self, path: str, start: int = 0, end: int = 0) -> str:
        """The address of a file or of lines in it; empty where the host is not known."""
        if not self.base or not path:
            return ""
        lines = self.style[1].format(start) + (self.style[2].format(start, end) if end > start else "")
        plain = "?plain=1" if self.style[0] == "blob/" and start and path.lower().endswith((".md", ".markdown")) else ""
        return self.base + quote(path) + plain + (f"#{lines}" if start else "")

    def source(self, text: str) -> str:
        """The address of what a fact was computed from: a path, or a path and a line."""
        match = re.fullmatch(r"([^:\s]+\.[\w-]+|[^:\s]+/[^:\s]+)(?::(\d+))?", text)
        return self.url(match[1], int(match[2] or 0)) if match else ""


# -- pieces of text ----------------------------------------------------------------------------------------------------


def _row(row: str, before: str = "") -> str:
    """A line of the report as it may be shown: no control, no secret, no megabyte."""
    if hit := secret_at(row[:_LINE], before[:_LINE]):
        row = row[: hit[0]] + _SECRET
    return safe(_cut(row))


def _cut(text: str) -> str:
    return text if len(text) <= _LINE else f"{text[:_LINE]} … ({len(text) - _LINE} more characters)"


def _without_secrets(text: str) -> str:
    return "\n".join(_row(row) for row in text.split("\n"))


def _position(verdict: Verdict, answers: Mapping[int, str]) -> int:
    """Where in its answer a claim starts: the order of those that share a line."""
    if verdict.claim.source.kind == "item":
        return 0
    return max(answers.get(verdict.claim.source.n, "").find(" ".join(verdict.claim.quote.split())), 0)


def _checklist_line(rows: Sequence[tuple[int, str]], items: Sequence[int], first: int) -> int:
    """The line on which the checklist starts: its heading's, else its first item's, else the first."""
    start = min(items, default=0)
    if not start or start >= first:
        return 1
    above = [n for n, row in rows[: start - 1] if re.match(r"\s{0,3}#{1,6}\s", row)]
    named = [n for n in above if "checklist" in rows[n - 1][1].lower()]
    return named[-1] if named else above[-1] if above else start


def _numbered(excerpt: str, start: int, words: str) -> Iterator[tuple[int, list[tuple[str, bool]]]]:
    """The lines of an excerpt, in pieces of which the cited ones are marked. All of it cited marks nothing."""
    at = excerpt.find(words) if words and words != excerpt else -1
    end, position = at + len(words), 0
    for n, row in enumerate(excerpt.split("\n")):
        a, b = (min(max(x - position, 0), len(row)) for x in ((at, end) if at >= 0 else (0, 0)))
        yield start + n, [(t, m) for t, m in ((row[:a], False), (row[a:b], True), (row[b:], False)) if t]
        position += len(row) + 1


def _mark(parser: MarkdownIt, tokens: Sequence[Token], at: int, note: _Note, first: int) -> None:
    """Mark the words that a finding speaks of in the block at `at`, and put its number behind them."""
    block, line = tokens[at], note.verdict.claim.line - first
    if block.nesting == 0:
        block.meta.setdefault("marks", []).append((line - (block.type == "fence"), note))
        return
    number = Token("claim_ref", "", 0, meta={"note": note})
    inside = range(at, _close(tokens, at))
    if block.type == "table_open" and block.map:
        rows = [k for k in inside if tokens[k].type == "tr_open" and tokens[k].map]
        rows = [k for k in rows if tokens[k].map[0] - block.map[0] <= line] or rows  # type: ignore[index]
        inside = range(rows[-1] if rows else at, inside.stop)
    inline = next((tokens[k] for k in inside if tokens[k].type == "inline"), None)
    if inline is None or inline.children is None:
        return
    said = parser.parseInline(note.verdict.claim.quote)[0].children or []
    pattern = r"\s+".join(re.escape(w) for w in safe(_visible(said)).split())
    match = re.search(pattern, _visible(inline.children)) if pattern else None
    if match is None:
        inline.children.append(number)
        return
    position, made = 0, []
    placed = False
    for child in inline.children:
        text = _visible([child])
        a, b = max(match.start() - position, 0), min(match.end() - position, len(text))
        position += len(text)
        if child.type not in ("text", "code_inline") or a >= b:
            made.append(child)
        else:
            if child.type == "code_inline":
                a, b = 0, len(text)
            pieces = [(text[:a], False), (text[a:b], True), (text[b:], False)]
            for piece, cited in pieces:
                if piece:
                    part = Token(child.type, child.tag, 0, content=piece, markup=child.markup, meta=child.meta)
                    made += [Token("mark_open", "mark", 1), part, Token("mark_close", "mark", -1)] if cited else [part]
                if cited and not placed and position >= match.end():
                    made.append(number)
                    placed = True
    inline.children = made if placed else [*made, number]


def _visible(children: Iterable[Token]) -> str:
    kinds = {"softbreak": " ", "hardbreak": " "}
    return "".join(c.content if c.type in ("text", "code_inline") else kinds.get(c.type, "") for c in children)


def _close(tokens: Sequence[Token], start: int) -> int:
    """The index of the token that closes the one at `start`."""
    level = tokens[start].level
    return next(k for k in range(start + 1, len(tokens)) if tokens[k].nesting == -1 and tokens[k].level == level)


def _raw(html: Markup) -> Token:
    return Token("raw", "", 0, content=str(html))


# -- rendering ---------------------------------------------------------------------------------------------------------

_Env = MutableMapping[str, Any]
_ATTRIBUTE = re.compile(r"""\b(src|alt)\s*=\s*(["']?)(.*?)(?(2)\2|(?=[\s>]))""", re.IGNORECASE | re.DOTALL)
_LAYOUT = re.compile(
    r"</?(?:p|div|center|br|figure|figcaption|span|b|i|em|strong|u|sub|sup|small|details|summary|table|thead|tbody|tr|td|th)"
    r"\b[^<>]*>",
    re.IGNORECASE,
)


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    rules: dict[str, Any] = {
        "raw": lambda tokens, k, options, env: tokens[k].content,
        "claim_ref": _claim_ref,
        "link_open": _link_open,
        "link_close": lambda tokens, k, options, env: env["links"].pop(),
        "image": _image,
        "fence": _fence,
        "code_block": _fence,
        "html_block": _html,
        "html_inline": _html,
        "heading_open": _heading,
        "heading_close": _heading,
        "text": _text,
        "table_open": lambda *_: (
            '<div class="scroll" tabindex="0" role="group" aria-label="A table of the report"><table>'
        ),
        "table_close": lambda *_: "</table></div>",
    }
    assert isinstance(parser.renderer, RendererHTML)
    parser.renderer.rules |= rules
    return parser


def _claim_ref(tokens: Sequence[Token], k: int, options: object, env: _Env) -> str:
    note: _Note = tokens[k].meta["note"]
    return Markup('<a class="ref {}" href="#f{}" aria-label="finding {}, {}">{}</a>').format(
        note.level, note.number, note.number, note.level, note.number
    )


def _text(tokens: Sequence[Token], k: int, options: object, env: _Env) -> str:
    text = tokens[k].content
    box = re.match(r"\[([ xX]?)\]\s", text) if k == 0 else None
    if not box:
        return str(escape(text))
    ticked = box[1] in ("x", "X")
    mark = Markup('<span class="box" role="img" aria-label="{}">{}</span> ').format(
        "ticked" if ticked else "open", "☑" if ticked else "☐"
    )
    return mark + escape(text[box.end() :])


def _heading(tokens: Sequence[Token], k: int, options: object, env: _Env) -> str:
    if tokens[k].nesting > 0:  # below the part's own heading, and no level left out, whatever the report does
        env["level"] = min(int(tokens[k].tag[1]) + 2, env["level"] + 1, 6)
        return f"<h{env['level']}>"
    return f"</h{env['level']}>"


def _fence(tokens: Sequence[Token], k: int, options: object, env: _Env) -> str:
    marks: dict[int, list[_Note]] = {}
    rows = tokens[k].content.removesuffix("\n").split("\n")
    for at, note in tokens[k].meta.get("marks", ()):
        marks.setdefault(min(max(at, 0), len(rows) - 1), []).append(note)
    made = []
    for n, row in enumerate(rows):
        shown = escape(row)
        if n in marks:
            refs = [_claim_ref([Token("claim_ref", "", 0, meta={"note": note})], 0, None, env) for note in marks[n]]
            shown = Markup("<mark>{}</mark>").format(shown) + Markup("".join(refs))
        made.append(shown)
    return Markup("<pre><code>{}</code></pre>").format(Markup("\n").join(made))


def _html(tokens: Sequence[Token], k: int, options: object, env: _Env) -> str:
    """The report's own HTML: images as those of markdown, what only lays out left out, and the rest as text."""
    made = []
    for n, piece in enumerate(re.split(r"(<img\b[^<>]*>)", tokens[k].content, flags=re.IGNORECASE)):
        if n % 2:
            found = {m[1].lower(): unescape(m[3]) for m in _ATTRIBUTE.finditer(piece)}
            image = Token("image", "", 0, attrs={"src": found.get("src", "")}, content=found.get("alt", ""))
            made.append(Markup(_image([image], 0, options, env)))
        else:
            made.append(escape(_LAYOUT.sub("", piece)))
    for _, note in tokens[k].meta.get("marks", ()):
        made.append(Markup(_claim_ref([Token("claim_ref", "", 0, meta={"note": note})], 0, options, env)))
    if tokens[k].type == "html_inline":
        return Markup("").join(made)
    return Markup('<div class="html">{}</div>').format(Markup("").join(made))


def _link_open(tokens: Sequence[Token], k: int, options: object, env: _Env) -> str:
    url, beside = env["page"].link(str(tokens[k].attrs.get("href", "")))
    host = Markup(' <span class="host">({})</span>').format(safe(beside)) if beside else Markup()
    if not url:
        env["links"].append(Markup("</span>") + host)
        return '<span class="nolink">'
    env["links"].append(Markup("</a>") + host)
    return Markup('<a href="{}" rel="noopener noreferrer nofollow">').format(url)


def _image(tokens: Sequence[Token], k: int, options: object, env: _Env) -> str:
    page: _Page = env["page"]
    target = unquote(str(tokens[k].attrs.get("src", "")))
    said = one_line(tokens[k].content, 200)
    path = page.targets.get(target, "")
    figure = page.figures.get(path)
    if figure and figure.data:
        alt = said or f"An image of the report, {safe(path)}"
        return Markup(
            '<span class="figure"><img src="{}" alt="{}" loading="lazy"><span class="host">{}</span></span>'
        ).format(figure.data, alt, safe(path))
    if figure:
        why = figure.reason
    elif path:
        why = "in the repository; a record without images"
    else:
        why = "kept elsewhere" if re.match(r"(?i)https?://", target) else "no file of the repository"
    url, beside = page.link(str(tokens[k].attrs.get("src", "")))
    name = safe(beside or one_line(target, 80))
    where = Markup('<a href="{}" rel="noopener noreferrer nofollow">{}</a>').format(url, name) if url else escape(name)
    return Markup('<span class="noimage"><b>Image</b> {} <span class="host">{} ({})</span></span>').format(
        said, where, why
    )


def _clean(value: Any) -> Any:
    """What an expression of the template may put on the page: no control, no direction mark, no megabyte."""
    return _cut(safe(value)) if isinstance(value, str) and not hasattr(value, "__html__") else value


@lru_cache(maxsize=4)
def _template(name: str) -> Template:
    return _environment().get_template(name)


def _code(text: str) -> Markup:
    """Our own prose, with its code spans; what stands in them is text like the rest."""
    pieces = re.split(r"`([^`\n]+)`", _cut(safe(text)))
    return Markup("").join(Markup("<code>{}</code>").format(p) if k % 2 else escape(p) for k, p in enumerate(pieces))


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_clean,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["code"] = _code
    return environment


@lru_cache(maxsize=2)
def _asset(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8").replace("\r\n", "\n")


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode('ascii')}'"
