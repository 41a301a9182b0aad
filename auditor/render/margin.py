"""The notes of a record: every verdict as a page shows it, with what it rests on, who says it and where that can be looked up."""

import os
import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence

from auditor.decisions import Decision, Decisions, decided, question
from auditor.escape import one_line
from auditor.models import AuditRecord, Evidence, Finding, Searched, Source, Verdict
from auditor.render.cards import Cite, Note
from auditor.render.hosts import Blob
from auditor.render.sides import also, ruling, said_by, sides, voice, who
from auditor.render.written import numbered, without_secrets
from auditor.rules import LEVELS, RULES, hint

_HIDDEN = "This answer holds personal data and is left out of the page."
_WHEN = {
    "stale": "True when the sentence was written; the repository has changed since.",
    "never": "It was not so at the commit that last changed the sentence either.",
}
_KINDS = ((".py", "Python file"), (".ipynb", "notebook"), ("dockerfile", "docker file"))


class Margin:
    """What stands beside the report. Findings that `decisions` dismiss are left out, unless the page is one on which that can be
    taken back (`keep`); of private answers there are no words unless asked for (`with_private`)."""

    def __init__(
        self, record: AuditRecord, decisions: Decisions | None, *, with_private: bool = False, keep: bool = False
    ) -> None:
        self.record = record
        self.chosen = decided(record, decisions) if decisions else {}
        self.dismissed = {
            f.verdict
            for f in record.findings
            if f.fingerprint in self.chosen and self.chosen[f.fingerprint].decision == "dismissed" and not keep
        }
        self.new = frozenset(record.since.new if record.since else ())
        self.like = record.since.like if record.since else {}
        self.gone = {g.fingerprint: without_secrets(g.quote) for g in record.since.gone} if record.since else {}
        self.ever = decisions.by_fingerprint() if decisions else {}
        self.todo = record.submission.working_tree  # the group's own page: what to do, and nothing to decide or to ask
        self.blob = Blob(record)
        self.published = _published(record)
        self.searched = {r.probe: r.searched for r in record.results}
        self.starts = sorted(q.line for q in record.report.questions)
        self.hidden = set() if with_private else {q.line for q in record.report.questions if q.private}
        self.hidden_numbers = {q.n for q in record.report.questions if q.line in self.hidden}
        self.every = {v.id: v for v in record.verdicts}
        kept = [f for f in record.findings if f.verdict not in self.dismissed]
        self.others = {f.verdict: f for f in kept if f.standing != "finding"}
        self.notes = self._notes([f for f in kept if f.standing == "finding"])

    @property
    def findings(self) -> list[Note]:
        """The cards of what was found, in the order of the list."""
        return sorted((n for n in self.notes if n.number), key=lambda n: n.number)

    def hides(self, line: int) -> bool:
        """Whether a line of the report belongs to an answer that is not shown."""
        at = bisect_right(self.starts, line)
        return bool(at) and self.starts[at - 1] in self.hidden

    def _notes(self, findings: Sequence[Finding]) -> list[Note]:
        """All in the report's order; a card's number is its place in the list, the gravest first."""
        told = {id_ for f in self.record.findings for id_ in f.verdicts if id_ != f.verdict}  # by another one's finding
        made: dict[str, Note] = {}
        places: dict[tuple[Source, int], list[Note]] = {}
        for finding in sorted(findings, key=lambda f: LEVELS.index(f.level)):
            if finding.verdict in made:
                continue
            note = self._note(self.every[finding.verdict], finding)
            claim = note.verdict.claim
            cards = places.setdefault((claim.source, claim.line), [])
            card = next((n for n in cards[:20] if _same_sentence(n, note)), None)
            if card is not None:
                card.more.append(note)
                told.add(finding.verdict)
            else:
                note.number = len(made) + 1
                note.open = note.number == 1
                made[finding.verdict] = note
                cards.append(note)
        answers = {q.n: " ".join(q.answer.split()) for q in self.record.report.questions}
        for v in self.record.verdicts:
            if v.id not in made and v.id not in self.dismissed | told:
                made[v.id] = self._note(v, None)
        by_line = sorted(
            (n.verdict.claim.line, _position(n.verdict, answers), not n.number, k) for k, n in enumerate(made.values())
        )
        every = list(made.values())
        return [every[k] for *_, k in by_line]

    def _note(self, verdict: Verdict, finding: Finding | None) -> Note:
        private = self._is_private(verdict)
        stands = finding or self.others.get(verdict.id)
        rule = finding.rule if finding else ""
        known = RULES.get(rule)
        more = [self.every[id_] for id_ in (stands.verdicts if stands else ()) if id_ != verdict.id]
        cited = list(dict.fromkeys(c for v in (verdict, *more) for c in v.citations))[:8]
        cites = [] if private else [self._cite(self.record.evidence[c.evidence], c.quote) for c in cited]
        says = verdict.report_says if verdict.by == "probe" else ""
        shows = "" if verdict.by == "form" or any(c.rows or c.asks for c in cites) else verdict.repo_shows
        if len(cites) == 1 and not cites[0].rows and not cites[0].place and cites[0].note == shows:
            shows = ""
        lead = stands if stands and not finding and stands.standing == "lead" else None
        mended = finding or lead  # what a group can look at and mend, and staff decide about
        head = verdict.difference if finding or (mended and self.todo) else verdict.repo_shows or verdict.difference
        item = verdict.claim.source.kind == "item"
        told = "" if private else hint(verdict, mended) if mended and self.todo else ""
        against = stands.ruling.citations if stands and stands.ruling and stands.standing == "disputed" else ()
        return Note(
            verdict=verdict,
            finding=finding,
            number=0,
            label=verdict.label,
            level=finding.level if finding else "",
            rule=rule,
            title=known.title if known else rule,
            head="" if private else head or verdict.report_says or (known.title if known else ""),
            short="" if private else self._short(verdict, told),
            quote="a private answer" if private else without_secrets(verdict.claim.quote),
            says="" if private else without_secrets(says),
            shows="" if private else shows,
            difference="" if private else verdict.difference,
            ask="" if private or self.todo else (question(verdict, rule) if finding else verdict.ask),
            hint=told or (known.hint if known and self.todo else ""),
            help=known.help if known and not self.todo else "",
            by=self._by(verdict),
            when=_WHEN.get(verdict.when, ""),
            at=self._at(verdict),
            where="checklist" if item else f"Q{verdict.claim.source.n}" if verdict.claim.source.n else "report",
            line_url=self._line_url(verdict),
            cites=cites,
            private=private,
            decision=self.chosen.get(mended.fingerprint) if mended else None,
            lead=lead,
            like=self._like(finding) if finding and not private else None,
            standing=stands.standing if stands and not finding else "",
            also="" if private or not stands else also(stands),
            ruling="" if private or not stands else without_secrets(ruling(self.record, stands)),
            said=who(self.record, stands, self.every) if stands else self._sides(verdict),
            new=bool(finding and finding.fingerprint in self.new),
            voice=voice(self.every, stands, verdict),
            docs=self._docs(verdict, rule),
            against=[] if private else [self._cite(self.record.evidence[c.evidence], c.quote) for c in against[:4]],
        )

    def _like(self, finding: Finding) -> tuple[str, Decision | None] | None:
        """One that is gone and nearly the same: its words, and what was decided about it, which is offered and never taken over."""
        then = self.like.get(finding.fingerprint, "")
        if then not in self.gone:
            return None
        made = self.ever.get(then)
        return self.gone[then], made if made and made.decision != "undecided" else None

    def _short(self, verdict: Verdict, told: str) -> str:
        """What a list says: what to do on the group's own page; else where it was looked and what is there, which tells more than
        that it is not there, and of a sentence the difference."""
        if told:
            return told
        if verdict.by != "probe":
            return verdict.difference or verdict.repo_shows or verdict.report_says
        absences = [self.record.evidence[c.evidence] for c in verdict.citations]
        said = [s for e in absences if e.kind == "absence" and (s := looked_in(e, self.searched.get(e.probe)))]
        return "; ".join(dict.fromkeys(said)) or verdict.repo_shows or verdict.difference

    def _sides(self, verdict: Verdict) -> str:
        """What each side says of a box."""
        if verdict.claim.source.kind != "item" or verdict.by != "probe":
            return ""
        return next((sides(i) for i in self.record.items if i.n == verdict.claim.source.n), "")

    def _is_private(self, verdict: Verdict) -> bool:
        if verdict.claim.source.kind == "item" or not self.hidden:
            return False
        return verdict.claim.source.n in self.hidden_numbers or self.hides(verdict.claim.line)

    def _line_url(self, verdict: Verdict) -> str:
        path, there = self.record.report.spot(verdict.claim)
        return self.blob.url(path, there, there)

    def _at(self, verdict: Verdict) -> str:
        """The line of a claim, with its file where that is not the report; empty for what has none."""
        where, line = self.record.report.spot(verdict.claim)
        if verdict.claim.path:
            return f"{one_line(where)}, line {line}" if line else one_line(where)
        named = "" if where == self.record.report.path else f"{one_line(where)}, "
        return f"{named}line {line}" if verdict.claim.line else ""

    def _probes(self, verdict: Verdict) -> list[str]:
        cited = (self.record.evidence[c.evidence].probe for c in verdict.citations)
        return list(dict.fromkeys(p for p in cited if p and not p.startswith("claim:")))

    def _by(self, verdict: Verdict) -> str:
        if verdict.by == "probe":
            names = self._probes(verdict)
            return f"probe{'s' * (len(names) > 1)} {', '.join(names)}" if names else "the profile"
        if verdict.by.startswith("claim:"):
            return said_by(verdict)
        if verdict.by == "judge":
            return f"the judge {self.record.judge.name} ({said_by(verdict)})"
        return "the check of the report's form" if verdict.by == "form" else verdict.by

    def _docs(self, verdict: Verdict, rule: str) -> list[tuple[str, str]]:
        """The pages about a finding's rule and about what found it, where the documentation is published."""
        if not self.published or not rule:
            return []
        ids = [rule, *self._probes(verdict)[:3]] if verdict.by == "probe" else [rule]
        ids += [verdict.by.removeprefix("claim:")] * verdict.by.startswith("claim:")
        return [(i, f"{self.published}/reference/{i}/") for i in ids if re.fullmatch(r"[a-z0-9][a-z0-9-]*", i)]

    def _cite(self, evidence: Evidence, words: str) -> Cite:
        report = self.record.report
        own = evidence.path in report.files
        shown = range(report.line_of(evidence.path, evidence.start), report.line_of(evidence.path, evidence.end) + 1)
        if own and any(self.hides(n) for n in shown):
            return Cite(place=f"{evidence.path}:{evidence.start}", url="", note=_HIDDEN, late=False)
        late = evidence.path in self.record.submission.uncommitted
        lines = f":{evidence.start}" if evidence.start else ""
        lines += f"-{evidence.end}" if evidence.end > evidence.start else ""
        cite = Cite(
            place=evidence.path + lines,
            url="" if late else self.blob.url(evidence.path, evidence.start, evidence.end),
            note=_without(evidence.path, evidence.note),
            late=late,
        )
        if evidence.kind == "excerpt" and evidence.excerpt:
            cite.rows = list(numbered(evidence.excerpt, evidence.start, words))
        elif evidence.kind == "fact":
            cite.sources = [(s, self.blob.source(s)) for s in evidence.sources if s != evidence.path]
        elif evidence.kind == "absence":
            self._absence(cite, evidence)
        return cite

    def _absence(self, cite: Cite, evidence: Evidence) -> None:
        """The files that were looked at, by name, and the one line that comes nearest."""
        asks, no, _ = evidence.note.partition(" No: ")
        searched = self.searched.get(evidence.probe)
        if not no or searched is None:
            cite.sources = [(s, self.blob.source(s)) for s in evidence.sources]
            return
        near, cite.why = _nearest(evidence)
        cite.asks, cite.note = asks, _sentence(looked_in(evidence, searched).partition("; nearest ")[0])
        cite.near = (near, self.blob.source(near)) if near else ("", "")
        files = searched.paths or tuple(s for s in evidence.sources if s != near)
        cite.looked = [(p, self.blob.url(p)) for p in files]
        cite.others = max(searched.files - len(files), 0)


def looked_in(evidence: Evidence, searched: Searched | None) -> str:
    """An absence in few words: in how many files of which kind it was looked for, by which words, and the nearest line."""
    what = evidence.note.partition(" No: ")[2]
    if not what or searched is None:
        return what or evidence.note
    if not searched.globs or what.startswith("only "):
        return what.rstrip(".")
    match = re.search(r" mentions? (.*?)(?:; nearest is |\.$)", what)
    words = match[1].split(" or ") if match else []
    named = f" with {' or '.join(words[:2])}{' ...' * (len(words) > 2)}" if words else ""
    kind, n = _kind(searched.paths), searched.files
    said = f"not in the one {kind}" if n == 1 else f"none of {n} {kind}s" if n else "no file"
    if not words and 0 < n <= len(searched.paths) <= 4:  # few enough to name
        named = ": " + ", ".join(p.rpartition("/")[2] for p in searched.paths)
    near, why = _nearest(evidence)
    return f"{said}{named}" + (f"; nearest {near}{', ' * bool(why)}{why}" if near else "")


def _nearest(evidence: Evidence) -> tuple[str, str]:
    """The line that comes nearest, and why it does not count, where the absence says so."""
    first = next(iter(evidence.sources), "")
    _, found, rest = evidence.note.partition(f"nearest is {first}") if first else ("", "", "")
    return (first, rest.strip(" ,.")) if found else ("", "")


def _kind(paths: Sequence[str]) -> str:
    """What files are called whose names say all the same."""
    low = [p.lower() for p in paths]
    if low and all("workflows/" in p for p in low):
        return "workflow"
    return next((name for part, name in _KINDS if low and all(part in p for p in low)), "file")


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + "." * (not text.endswith("."))


def _position(verdict: Verdict, answers: Mapping[int, str]) -> int:
    """Where in its answer a claim starts: the order of those that share a line."""
    if verdict.claim.source.kind == "item":
        return 0
    return max(answers.get(verdict.claim.source.n, "").find(" ".join(verdict.claim.quote.split())), 0)


def _same_sentence(one: Note, other: Note) -> bool:
    """Whether two findings speak of the same words at the same place: these are read, and shown, as one."""
    a, b = one.verdict.claim, other.verdict.claim
    if one.private or other.private or a.source.kind == "report":
        return False
    if a.source.kind == "item":
        return True
    first, second = (" ".join(c.quote.split()) for c in (a, b))
    return bool(first and second) and (first in second or second in first)


def _published(record: AuditRecord) -> str:
    """Where the documentation of rules, probes and checks is published; only an https address is followed."""
    said = os.environ.get("AUDITOR_DOCS", "") or record.docs
    return said.rstrip("/") if re.fullmatch(r"https://[\w.-]+(?::\d+)?(?:/[\w.~/-]*)?", said) else ""


def _without(path: str, note: str) -> str:
    """A note that stands behind its file's path, without that path at its start."""
    for mark in (": ", " "):
        if path and note.startswith(path + mark):
            return note[len(path + mark) :]
    return note
