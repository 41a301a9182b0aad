"""What a group is told: the findings that a person has confirmed, each with its lines and what to do, as Markdown for an issue and
as a page for a mail. Nothing else of the audit is in it: no rule's id, no level, no note of whoever decided, no private answer."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import field

from markupsafe import Markup

from auditor.decisions import Decision, Decisions, decided, tally, to_decide
from auditor.escape import code, plain
from auditor.lazy import dataclass
from auditor.models import AuditRecord, Finding, Since, Verdict
from auditor.moments import shown
from auditor.render import one_line
from auditor.render.hosts import Blob
from auditor.render.ways import Ways
from auditor.render.written import asset, policy_hash, template, without_secrets
from auditor.rules import hint

_OPENINGS: dict[str, str] = {
    "checked-but-absent": "The box is ticked, and we did not find the work that it stands for.",
    "found-but-unchecked": "The box is open, and the work seems to be there.",
    "prose-contradicts-checklist": "Your answer and the box do not say the same.",
    "prose-contradicts-prose": "Two of your answers do not say the same.",
}
_OPENINGS |= dict.fromkeys(
    ("answer-missing", "placeholder-left", "question-missing", "checklist-missing", "checklist-blank", "item-missing"),
    "This part of the report is not filled in.",
)
_OTHERWISE = "What you write and what the repository shows do not fit together."


@dataclass
class Point:
    """One thing that the group is asked to look at. `places` are lines with their addresses, empty where no host is known."""

    title: str
    opening: str
    place: tuple[str, str]
    quote: str = ""
    shows: str = ""
    difference: str = ""
    places: list[tuple[str, str]] = field(default_factory=list)
    also: list[int] = field(default_factory=list)
    todo: str = ""


@dataclass
class Feedback:
    """All that a group is told. Of what it was told earlier `settled` counts what is no longer there, and `still` has what is. `waits` says what is still
    to be decided: while there is such, nothing is told, least of all that all is well."""

    group: str
    commit: str
    date: str
    report: str
    points: list[Point]
    since: str = ""
    settled: int = 0
    waits: str = ""
    still: list[Point] = field(default_factory=list)

    @property
    def intro(self) -> str:
        """How it begins; of a text that is not ready, that it is not."""
        if self.waits:
            return f"Not ready: {self.waits}. Nothing is written to the group before."
        n = len(self.points)
        looked = f"We read your report {self.report} next to your repository, as it was at commit {self.commit} of {self.date}."
        if self.since:
            looked += f" We compared it with our last look, at {self.since}."
            told, left = self.settled, len(self.still)
            looked += f" {told} of what we told you then {_are(told)} settled: thank you." if told else ""
            looked += (
                f" {left} of {'it' if told else 'what we told you then'} {_are(left)} still there." if left else ""
            )
        new = " new" if self.since else ""
        if not n:
            return f"{looked} There is nothing{new} that we ask you to look at{' besides' if self.still else ''}."
        places = f"one{new} place" if n == 1 else f"{n}{new} places"
        return f"{looked} We ask you to look at {places}, and to mend what is wrong: the report, or the repository."

    @property
    def closing(self) -> str:
        """How it ends."""
        if self.waits:
            return ""
        if not (self.points or self.still):
            return "Thank you for your work."
        return "This is no grade. If we have misread something, or the work lies where we did not look, tell us: then we mend it on our side."


def feedback(record: AuditRecord, decisions: Decisions | None, *, only_new: bool = False) -> Feedback:
    """What the group is told of a record: what was confirmed; with `only_new` at length what is new since an earlier audit, and in a
    line each what is still there, so that nobody takes it for settled."""
    chosen = decided(record, decisions) if decisions else {}
    ever = decisions.by_fingerprint() if decisions else {}
    since = record.since if only_new else None
    verdicts = {v.id: v for v in record.verdicts}
    blob = Blob(record)
    told = [f for f in record.findings if f.fingerprint in chosen and chosen[f.fingerprint].decision == "confirmed"]
    still = [f for f in told if since is not None and f.fingerprint in since.still]
    told = [f for f in told if since is None or f.fingerprint not in since.still]
    gone = (
        [g for g in since.gone if g.fingerprint in ever and ever[g.fingerprint].decision == "confirmed"]
        if since
        else []
    )
    # one that is there in other words, and confirmed again, is not settled
    again = {since.like.get(f.fingerprint) for f in told} if since else set()
    gone = [g for g in gone if g.fingerprint not in again]
    s = record.submission
    waits = _waits(record, chosen, since)
    return Feedback(
        group=s.id,
        commit=s.commit[:12],
        date=s.commit_time[:10] or shown(""),
        report=record.report.path or s.report_path,
        points=[] if waits else [_point(record, f, verdicts[f.verdict], blob) for f in told],
        waits=waits,
        since=f"commit {since.commit[:12]} of {since.commit_time[:10]}" if since else "",
        settled=len(gone),
        still=[] if waits else [_point(record, f, verdicts[f.verdict], blob) for f in still],
    )


def _waits(record: AuditRecord, chosen: Mapping[str, Decision], since: Since | None) -> str:
    """Why a group cannot be told anything yet: findings (the new ones alone, where only they are told) that nobody has decided,
    or none confirmed and some that are to be asked about first. Empty where it can."""
    marks = to_decide(((f.fingerprint, f.standing) for f in record.findings), chosen)
    # what was there earlier is told earlier, once somebody has decided on it
    asked = [m for m in marks if since is None or m not in since.still or m not in chosen]
    said = tally(asked, chosen)
    total = len(asked)
    if said["undecided"]:
        return f"{said['undecided']} of {total} finding{'s' * (total != 1)} {_are(said['undecided'])} not decided yet"
    confirmed = any(d.decision == "confirmed" for f, d in chosen.items() if since is None or f not in since.still)
    if said["ask"] and not confirmed:
        return f"{said['ask']} of {total} finding{'s' * (total != 1)} {_are(said['ask'])} to be asked about, and none is confirmed"
    return ""


def _are(n: int) -> str:
    return "is" if n == 1 else "are"


def _point(record: AuditRecord, finding: Finding, verdict: Verdict, blob: Blob) -> Point:
    source = verdict.claim.source
    path, line = record.report.spot(verdict.claim)
    private = source.kind == "question" and any(q.private for q in record.report.questions if q.n == source.n)
    item = source.kind == "item"
    title = (
        without_secrets(verdict.claim.quote)
        if item
        else f"Question {source.n}"
        if source.n
        else path
        if verdict.claim.path
        else "The report"
    )
    point = Point(
        title=one_line(title, 200),
        opening=_OPENINGS.get(finding.rule, _OTHERWISE),
        place=(f"{path}, line {line}" if line else path, blob.url(path, line, line) if line else ""),
        also=[p.line for p in finding.also_at if p.line],
        todo=hint(verdict, finding),
    )
    if private:
        return point
    point.quote = "" if item else without_secrets(verdict.claim.quote)
    point.shows = verdict.repo_shows
    point.difference = "" if finding.rule in _OPENINGS and item else verdict.difference
    hidden = {n for q in record.report.questions if q.private for n in range(q.line, q.answer_lines[1] + 1)}
    for citation in verdict.citations[:4]:
        e = record.evidence[citation.evidence]
        if e.path and not (e.path == record.report.path and (e.start == line or e.start in hidden)):
            lines = (
                f", line {e.start}"
                if e.start and e.end <= e.start
                else f", lines {e.start} to {e.end}"
                if e.start
                else ""
            )
            point.places.append((e.path + lines, blob.url(e.path, e.start, e.end)))
    return point


# -- as Markdown -------------------------------------------------------------------------------------------------------


def markdown(record: AuditRecord, decisions: Decisions | None, *, only_new: bool = False) -> str:
    """The text for an issue or a mail."""
    return "\n".join(_lines(feedback(record, decisions, only_new=only_new))) + "\n"


def _lines(told: Feedback) -> Iterator[str]:
    yield f"## {plain(told.group)}: your report and your repository"
    yield ""
    yield _spans(told.intro)
    for n, point in enumerate(told.points, 1):
        yield ""
        yield f"### {n}. {_spans(point.title)}"
        yield ""
        yield f"{_spans(point.opening)} ({_link(point.place)})"
        if point.quote:
            yield ""
            yield f"> {plain(point.quote, 600)}"
        rows = []
        if point.shows:
            rows.append(f"**The repository:** {_spans(point.shows, 600)}")
        if point.places:
            rows.append(f"**Where:** {'; '.join(_link(p) for p in point.places)}")
        if point.difference:
            rows.append(f"**The difference:** {_spans(point.difference, 600)}")
        if point.also:
            rows.append(f"**Also in:** line {', '.join(map(str, point.also))}")
        if point.todo:
            rows.append(f"**What you can do:** {_spans(point.todo)}")
        if rows:
            yield ""
            yield from (f"- {row}" for row in rows)
    if told.still:
        yield ""
        yield "### Still there"
        yield ""
    for point in told.still:
        said = ": " + plain(point.quote, 200) if point.quote else ""
        todo = f" **What you can do:** {_spans(point.todo)}" if point.todo else ""
        yield f"- {_spans(point.title)} ({_link(point.place)}){said}{todo}"
    if told.closing:
        yield ""
        yield _spans(told.closing)


def _spans(text: str, width: int = 0) -> str:
    """Our own prose, with its code spans; all else in it is text."""
    pieces = re.split(r"`([^`\n]+)`", one_line(text, width))
    return "".join(code(p) if k % 2 else _spaced(p) for k, p in enumerate(pieces))


def _spaced(text: str) -> str:
    """Text as Markdown, with the spaces at its ends, which `plain` drops."""
    shown = plain(text)
    return (" " if text[:1] == " " else "") + shown + (" " if text[-1:] == " " and shown else "")


def _link(place: tuple[str, str]) -> str:
    text, url = place
    return f"[{plain(text)}]({url})" if url else code(text)


# -- as a page ---------------------------------------------------------------------------------------------------------


def html(
    record: AuditRecord,
    decisions: Decisions | None,
    *,
    only_new: bool = False,
    ways: Ways | None = None,
    page: str = "",
) -> str:
    """The page, to read or to send. It loads nothing and has no script; `ways` lead back to the class, and `page` to where what is
    not decided yet can be."""
    told, style = feedback(record, decisions, only_new=only_new), asset("feedback.css")
    return template("feedback.html.j2").render(
        told=told, ways=ways, page=page, style=Markup(style), hash=Markup(policy_hash(style))
    )
