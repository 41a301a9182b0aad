"""The record as a person reads it in a terminal: contradictions in full, the rest counted."""

import textwrap
from collections.abc import Iterator

from auditor.escape import log, one_line, safe
from auditor.models import AuditRecord, Evidence, Finding, Verdict
from auditor.moments import late, shown
from auditor.render.sides import (
    TITLES,
    WORTH,
    also,
    compared,
    counts,
    explained,
    is_new,
    judge_of,
    ruling,
    sides,
    totals,
    who,
)
from auditor.rules import RULES, hint, open_but_there

_COLOURS = {
    "error": "1;31",
    "warning": "1;33",
    "note": "1;36",
    "supported": "32",
    "contradicted": "31",
    "not_verifiable": "33",
    "dim": "2",
    "bold": "1",
}
_WORDS = {"supported": "supported", "contradicted": "contradicted", "not_verifiable": "not verifiable"}
_ODD = ("does not parse", "binary, though")  # said always: a file that is not understood may be so on purpose
_MARKS = {"supported": "✓", "contradicted": "✗", "not_verifiable": "?"}


SMALL = {
    "claim:command": "commands do not fit the files that they name",
    "claim:file": "sentences name files that are not there by that name",
    "claim:service": "answers leave services out",
}
_MANY = 3  # as many small findings of one kind are told as one
_ANSWERS = 4  # as many answers with the same thing wrong with their form


def alike(findings: list[Finding], verdicts: dict[str, Verdict], show: str = "") -> list[list[Finding]]:
    """The findings in their order, small ones of one level and kind together where there are many; each by itself where all is
    to be shown."""

    def kind(finding: Finding) -> str:
        verdict = verdicts[finding.verdict]
        small = verdict.detail and verdict.by in SMALL and not finding.also_at and finding.ruling is None
        small = small or _of_answer(verdict)
        return f"{finding.level} {finding.rule} {verdict.by}" if small and show != "all" else ""

    together: dict[str, list[Finding]] = {}
    for finding in findings:
        together.setdefault(kind(finding), []).append(finding)
    made: list[list[Finding]] = []
    for finding in findings:
        same = together[kind(finding)]
        if not kind(finding) or len(same) < (_ANSWERS if _of_answer(verdicts[finding.verdict]) else _MANY):
            made.append([finding])
        elif same[0] is finding:
            made.append(same)
    return made


def _of_answer(verdict: Verdict) -> bool:
    """Whether a verdict is on the form of one answer."""
    return verdict.by == "form" and verdict.claim.source.kind == "question" and verdict.rule.startswith("answer-")


def render(
    record: AuditRecord, *, show: str = "contradicted", colour: bool = False, width: int = 100, dismissed: int = 0
) -> str:
    """The record as text. `show`: `contradicted`, `not_verifiable` or `all` verdicts one by one; `width` in columns;
    `dismissed`, how many findings a person has dismissed and the record no longer has."""
    return log("\n".join(_Page(record, colour, width, dismissed).lines(show)) + "\n")


class _Page:
    def __init__(self, record: AuditRecord, colour: bool, width: int, dismissed: int = 0) -> None:
        self.record = record
        self.dismissed = dismissed
        self.colour = colour
        self.width = max(width, 60)
        self.verdicts = {v.id: v for v in record.verdicts}

    def paint(self, text: str, colour: str) -> str:
        return f"\x1b[{_COLOURS[colour]}m{text}\x1b[0m" if self.colour else text

    def lines(self, show: str) -> Iterator[str]:
        if self.record.error:
            yield f"{self.paint(one_line(self.record.submission.id), 'bold')}: not audited: {one_line(self.record.error)}"
            return
        yield from self.header()
        for same in alike([f for f in self.record.findings if f.standing == "finding"], self.verdicts, show):
            yield ""
            yield from self.finding(same[0]) if len(same) == 1 else self.folded(same)
        yield from self.others(show)
        yield from self.boxes()
        if show != "contradicted":
            yield ""
            yield from self.listing(
                ("not_verifiable",) if show == "not_verifiable" else ("supported", "not_verifiable", "contradicted")
            )
        problems = self.record.report.problems
        if problems and not self.record.submission.working_tree:  # of a working tree they are findings
            yield ""
            yield self.paint(f"the report itself, {one_line(self.record.report.path)}:", "bold")
            for problem in problems if show == "all" else problems[:8]:
                line = f"{problem.line}:" if problem.line else ""
                yield f"  {line:6}{one_line(problem.message, self.width - 8)}"
            if show != "all" and len(problems) > 8:
                yield self.paint(f"  and {len(problems) - 8} more (--show all)", "dim")
        if self.record.unjudged:
            yield ""
            yield self.paint("not judged:", "bold")
            for problem in self.record.unjudged if show == "all" else self.record.unjudged[:8]:
                yield f"  {one_line(problem.message, self.width - 2)}"
            if show != "all" and len(self.record.unjudged) > 8:
                yield self.paint(f"  and {len(self.record.unjudged) - 8} more (--show all)", "dim")
        report = self.record.report.files
        omitted = [
            p for p in self.record.omitted if show == "all" or p.items or p.path in report or p.message.startswith(_ODD)
        ]
        if omitted:
            yield ""
            yield self.paint("not read or followed:", "bold")
            for problem in omitted if show == "all" else omitted[:8]:
                where = f"{problem.path}:{problem.line}" if problem.line else problem.path
                lines = [str(line) for i in self.record.report.items if i.n in problem.items for line in [i.line]]
                of = f" of {self.record.report.checklist}" if self.record.report.checklist else ""
                boxes = f" (so the box{'es' * (len(lines) > 1)} in line {', '.join(lines)}{of} cannot be told)"
                boxes = boxes if lines else ""
                text = f"{where}: {problem.message}" if where else problem.message
                yield from textwrap.wrap(
                    one_line(text + boxes),
                    self.width,
                    initial_indent="  ",
                    subsequent_indent="    ",
                    break_on_hyphens=False,
                )
            if show != "all" and len(omitted) > 8:
                yield self.paint(f"  and {len(omitted) - 8} more (--show all)", "dim")
        yield ""
        yield self.summary(show)

    def header(self) -> Iterator[str]:
        s = self.record.submission
        tree = ", the working tree on" if s.working_tree else " at"
        yield f"{self.paint(one_line(s.id), 'bold')}{tree} {one_line(s.commit[:12])} of {one_line(shown(s.commit_time))}, report {one_line(s.report_path)}{self.template()}"
        if said := compared(self.record):
            yield one_line(said)
        if state := self.record.report.state:
            yield self.paint(f"the report is not finished: {one_line(state)}", "error")
        for problem in self.record.report.problems:
            if (
                s.working_tree and problem.path and not problem.line
            ):  # another report: no finding, and none of this one's form
                yield self.paint(one_line(problem.message), "dim")
        if s.report_path in s.uncommitted:
            yield self.paint(
                f"{one_line(s.report_path)} has changes that are not committed; what is committed and pushed is handed in",
                "dim",
            )
        if by := late(s.commit_time, s.due):
            yield self.paint(
                f"after the deadline {one_line(s.due)} by {by}, by the time that the commit bears", "warning"
            )
        if s.due and not s.commit_time:
            yield self.paint(f"whether it was in time for {one_line(s.due)} is not known", "warning")
        for said in s.standing:
            yield self.paint(one_line(said), "dim")
        if s.before:
            later = (
                "no later commit"
                if not s.later_commits
                else f"{s.later_commits} later commit{'s' * (s.later_commits > 1)} left out"
            )
            yield self.paint(
                f"the last commit before {one_line(s.before)} on {one_line(s.branch or 'HEAD')}; {later}", "dim"
            )
            for problem in self.record.omitted:
                if problem.path == "git history":  # which commit it is hangs on this
                    yield self.paint(one_line(problem.message, 400), "warning")

    def template(self) -> str:
        """The version of the template and, where that is not the report, the file of the checklist."""
        report = self.record.report
        version = f" (template {one_line(report.template)})" if report.template else ""
        return version + (f", checklist {one_line(report.checklist)}" if report.checklist else "")

    def finding(self, finding: Finding) -> Iterator[str]:
        verdict = self.verdicts[finding.verdict]
        known = RULES.get(finding.rule)
        yield from self.title(finding, verdict.claim.quote or (known.title if known else finding.rule))
        where = self.where(verdict)
        said = one_line(verdict.report_says)
        if said and said == one_line(verdict.claim.quote) and len(said) <= self.room(finding):
            yield from self.part("in line", where, "")  # the title has the words
        elif verdict.claim.path and not said:
            yield from self.part("in file", where, "")
        elif said or verdict.claim.source.kind != "report":
            yield from self.part("report says", said or "-", where)
        if verdict.by != "form":
            yield from self.part("repository", verdict.repo_shows if not self.excerpts(verdict) else "", "")
            for evidence in self.excerpts(verdict)[:2]:
                yield from self.excerpt(evidence)
        if verdict.difference:
            yield from self.part("difference", verdict.difference, "")
        yield from self.part("for the group", verdict.softened, "")
        yield from self.part("also at", also(finding), "")
        yield from self.part("said by", who(self.record, finding, self.verdicts), "")
        yield from self.part("ruling", ruling(self.record, finding), "")
        if self.record.submission.working_tree:
            yield from self.part("to do", hint(verdict, finding), "")
        yield from self.part("ask", verdict.ask, "")
        yield from (
            self.paint(row, "dim") for row in self.part("explained", explained(self.record, finding, self.verdicts), "")
        )

    def where(self, verdict: Verdict) -> str:
        """The file and line that a claim is about."""
        path, line = self.record.report.spot(verdict.claim)
        return f"{path}:{line}" if line else path

    def at(self, verdict: Verdict) -> str:
        """Its line, with the file where that is not the report."""
        return self.where(verdict) if verdict.claim.path else f"line {verdict.claim.line}"

    def room(self, finding: Finding) -> int:
        """The columns that a finding's title has."""
        return max(self.width - len(finding.level) - len(finding.rule) - 3, 20)

    def title(self, finding: Finding, text: str) -> Iterator[str]:
        """Level and rule, and as much of a title as stands beside them, to a whole word."""
        text, room = one_line(text), self.room(finding)
        if len(text) > room:
            text = f"{text[: room - 1].rpartition(' ')[0] or text[: room - 1]}…"
        new = " (new)" if is_new(self.record, finding) else ""
        yield f"{self.paint(finding.level, finding.level)} {finding.rule}{new}: {self.paint(text, 'bold')}"

    def folded(self, same: list[Finding]) -> Iterator[str]:
        """Small findings of one kind as one, each on a line of its own."""
        first = self.verdicts[same[0].verdict]
        if _of_answer(first):
            yield from self.answers(same)
            return
        yield from self.title(same[0], f"{len(same)} {SMALL[first.by]}")
        for finding in same:
            verdict = self.verdicts[finding.verdict]
            line = self.at(verdict)
            yield from self.part(line, verdict.difference or verdict.repo_shows, "")
            if self.record.submission.working_tree:
                yield from self.part("  to do", hint(verdict, finding), "")
        yield from (
            self.paint(row, "dim") for row in self.part("explained", explained(self.record, same[0], self.verdicts), "")
        )

    def answers(self, same: list[Finding]) -> Iterator[str]:
        """Answers with the same thing wrong with their form as one: each question with what is off."""
        yield from self.title(same[0], f"{len(same)} answers")
        told = [self.verdicts[f.verdict] for f in same]
        said = ", ".join(f"Q{v.claim.source.n} ({one_line(v.report_says, 60)})" for v in told)
        yield from self.part("questions", said, "")
        if self.record.submission.working_tree:
            first = told[0].claim.source.n
            todo = f"Each with what to do: auditor check --show all; one of them: --question {first}."
            yield from self.part("to do", todo, "")
        yield from (
            self.paint(row, "dim") for row in self.part("explained", explained(self.record, same[0], self.verdicts), "")
        )

    def others(self, show: str) -> Iterator[str]:
        """Leads and what is disputed with the words for and against; remarks on one line each."""
        for standing in ("lead", "disputed", "remark"):
            listed = [f for f in self.record.findings if f.standing == standing]
            if not listed:
                continue
            yield ""
            own = (
                standing == "lead" and self.record.submission.working_tree
            )  # a group's own check: to look at, and to mend
            yield self.paint(f"{WORTH if own else TITLES[standing]} ({len(listed)})", "bold")
            for finding in listed if show == "all" or standing != "remark" else listed[:8]:
                verdict = self.verdicts[finding.verdict]
                yield f"  {self.at(verdict)}: {one_line(verdict.claim.quote, self.width - 14)}"
                if standing == "remark" and show != "all":
                    continue
                for name, text in (
                    (
                        "difference" if own else "repository",
                        (verdict.difference if own else "") or verdict.repo_shows or verdict.difference,
                    ),
                    ("for the group", verdict.softened),
                    ("also at", also(finding)),
                    ("said by", who(self.record, finding, self.verdicts)),
                    ("ruling", ruling(self.record, finding)),
                    ("to do", hint(verdict, finding) if own else ""),
                ):
                    yield from (f"  {row}" for row in self.part(name, text, ""))
            if standing == "remark" and show != "all" and len(listed) > 8:
                yield self.paint(f"  and {len(listed) - 8} more (--show all)", "dim")

    def boxes(self) -> Iterator[str]:
        """The boxes on which the sides differ."""
        said = [(i, text) for i in self.record.items if (text := sides(i))]
        if said:
            yield ""
            yield self.paint(f"Boxes on which the sides differ ({len(said)})", "bold")
            texts = {i.n: i.text for i in self.record.report.items}
            for item, text in said:
                yield f"  {one_line(texts.get(item.n, ''), self.width - 4)}"
                yield self.paint(f"    {one_line(text, self.width - 4)}", "dim")

    def excerpts(self, verdict: Verdict) -> list[Evidence]:
        cited = [self.record.evidence[c.evidence] for c in verdict.citations]
        return [e for e in cited if e.kind == "excerpt"] if len({e.kind for e in cited}) == 1 else []

    def part(self, name: str, text: str, where: str) -> Iterator[str]:
        if not text:
            return
        body = one_line(text) + (self.paint(f"  [{one_line(where)}]", "dim") if where else "")
        prefix = f"  {name:<12} "
        yield from textwrap.wrap(
            body,
            self.width,
            initial_indent=prefix,
            subsequent_indent=" " * len(prefix),
            break_long_words=False,
            break_on_hyphens=False,
        )

    def excerpt(self, evidence: Evidence) -> Iterator[str]:
        note = "  (not committed yet)" if evidence.path in self.record.submission.uncommitted else ""
        text = f"{one_line(evidence.path)}:{evidence.start}  {one_line(evidence.note)}".rstrip() + note
        yield from self.part("repository", text, "")
        for i, row in enumerate(evidence.excerpt.split("\n")[:4]):
            yield self.paint(f"  {evidence.start + i:>11} | ", "dim") + safe(row)[: self.width - 16]

    def listing(self, labels: tuple[str, ...]) -> Iterator[str]:
        section = ""
        items = {i.n: i for i in self.record.report.items}
        for verdict in self.record.verdicts:
            if verdict.label not in labels:
                continue
            item = items.get(verdict.claim.source.n) if verdict.claim.source.kind == "item" else None
            if item and item.section != section:
                section = item.section
                yield self.paint(one_line(section), "bold")
            where = f"Q{verdict.claim.source.n}" if verdict.claim.source.kind == "question" else "---"
            box = f"[{'x' if item.checked else '~' if item.partly else ' '}]" if item else where
            mark = self.paint(f"{_MARKS[verdict.label]} {_WORDS[verdict.label]:<14}", verdict.label)
            rows = textwrap.wrap(one_line(verdict.claim.quote), max(self.width - 24, 20), break_on_hyphens=False) or [
                ""
            ]
            yield f"  {mark} {box} {rows[0]}"
            yield from (" " * 23 + row for row in rows[1:])
            shows = verdict.repo_shows or verdict.difference
            if verdict.demoted:
                shows = f"({verdict.demoted}) {shows}"
            if shows:
                for row in textwrap.wrap(one_line(shows), max(self.width - 23, 20), break_on_hyphens=False):
                    yield self.paint(" " * 23 + row, "dim")

    def summary(self, show: str) -> str:
        count = counts(self.record)
        more = "" if show == "all" else " (--show all)"
        forgotten = open_but_there(self.record)
        against = count["contradicted"] - forgotten
        parts = [
            self.paint(f"{against} contradicted", "contradicted" if against else "bold"),
            *([f"{forgotten} open box{'es' * (forgotten > 1)} whose work is there"] if forgotten else []),
            f"{count['not_verifiable']} not verifiable",
            f"{count['supported']} supported{more}",
        ]
        levels = f"{totals(self.record)}{f' ({self.dismissed} dismissed)' if self.dismissed else ''}"
        tail = f"; findings: {levels}; judge: {one_line(judge_of(self.record))}"
        if unread := sum(p.path != "git history" for p in self.record.omitted):
            tail += f"; {unread} not read or followed"
        return ", ".join(parts) + tail
