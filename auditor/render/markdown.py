"""The record as Markdown, for a job's summary or an issue. Nothing of a report or repository becomes markup in it."""

from collections.abc import Iterator, Mapping

from auditor.escape import code, log, plain
from auditor.models import AuditRecord, Finding, Verdict
from auditor.moments import shown
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
from auditor.rules import RULES, hint


def render(record: AuditRecord, *, show: str = "contradicted") -> str:
    """A heading, the counts, and a row for each finding, gravest first; `show` lists other verdicts below."""
    return log("\n".join(_lines(record, show)) + "\n")


def _lines(record: AuditRecord, show: str) -> Iterator[str]:
    s = record.submission
    verdicts = {v.id: v for v in record.verdicts}
    yield f"### {plain(s.id)}: the report against the repository"
    yield ""
    tree = "the working tree on " if s.working_tree else "commit "
    yield f"{tree}{code(s.commit[:12])} of {plain(shown(s.commit_time))}, report {code(s.report_path)}{f' (template {plain(record.report.template)})' if record.report.template else ''}"
    if record.error:
        yield ""
        yield f"Not audited: {plain(record.error)}"
        return
    if record.report.state:
        yield ""
        yield f"**The report is not finished:** {plain(record.report.state)}"
    if said_since := compared(record):
        yield ""
        yield plain(said_since)
    for standing in ("finding", *TITLES):
        listed = [f for f in record.findings if f.standing == standing]
        if not listed:
            continue
        yield ""
        if standing != "finding":
            own = standing == "lead" and record.submission.working_tree
            yield f"{WORTH if own else TITLES[standing]}."
            yield ""
        yield "| | line | finding | to do |"
        yield "| --- | --- | --- | --- |"
        for finding in listed:
            yield _row(record, finding, verdicts)
    if said := [(i, text) for i in record.items if (text := sides(i))]:
        texts = {i.n: i.text for i in record.report.items}
        yield ""
        yield "| box | the sides |"
        yield "| --- | --- |"
        for item, text in said:
            yield f"| {code(texts.get(item.n, ''), 120)} | {plain(text)} |"
    others = [v for v in record.verdicts if v.label != "contradicted" and (show == "all" or v.label == show)]
    if others:
        yield ""
        yield "| | line | claim | the repository shows |"
        yield "| --- | --- | --- | --- |"
        for v in others:
            shows = plain(v.repo_shows or v.difference, 200)
            yield f"| {v.label.replace('_', ' ')} | {_at(record, v)} | {code(v.claim.quote, 160)} | {shows} |"
    held = [p for p in record.omitted if p.items or p.path in record.report.files]
    where_boxes = f" of {code(record.report.checklist)}" if record.report.checklist else ""
    if held:
        yield ""
        yield "Not read or followed:"
        yield ""
    for problem in held:
        where = f"{problem.path}:{problem.line}" if problem.line else problem.path
        lines = ", ".join(str(i.line) for i in record.report.items if i.n in problem.items)
        boxes = f" (boxes that cannot be told for it, by line{where_boxes}: {lines})" if lines else ""
        yield f"- {code(where)}: {plain(problem.message, 200)}{boxes}"
    yield ""
    yield _summary(record)


def _at(record: AuditRecord, verdict: Verdict) -> str:
    """The line of a claim, with its file where that is not the report."""
    where, line = record.report.spot(verdict.claim)
    return str(line) if where == record.report.path else code(f"{where}:{line}")


def _row(record: AuditRecord, finding: Finding, verdicts: Mapping[str, Verdict]) -> str:
    verdict = verdicts[finding.verdict]
    quote = code(verdict.claim.quote or RULES[finding.rule].title, 200)
    parts = [f"{'**new** ' * is_new(record, finding)}**{finding.rule}**: {quote}"]
    if verdict.by == "form":
        said = verdict.report_says if verdict.report_says != verdict.claim.quote else ""
        parts += [code(said, 160), plain(verdict.difference)]
    else:
        cited = [record.evidence[c.evidence] for c in verdict.citations[:2]]
        places = [f"{e.path}:{e.start}" if e.start else e.path for e in cited]
        late = " (not committed yet)" if any(e.path in record.submission.uncommitted for e in cited) else ""
        parts += [
            plain(verdict.repo_shows, 300),
            ", ".join(code(p) for p in places if p) + late,
            plain(verdict.difference),
        ]
    for name, words in (
        ("for the group", verdict.softened),
        ("also at", also(finding)),
        ("said by", who(record, finding, verdicts)),
        ("ruling", ruling(record, finding)),
        ("explained by", explained(record, finding, verdicts)),
    ):
        parts.append(f"{name}: {plain(words, 500)}" if words else "")
    said = " · ".join(part for part in parts if part)
    level = finding.level if finding.standing == "finding" else finding.standing
    return f"| {level} | {_at(record, verdict)} | {said} | {plain(hint(verdict, finding))} |"


def _summary(record: AuditRecord) -> str:
    labels = counts(record)
    return (
        f"Findings: {totals(record)}. {labels['supported']} claims supported, {labels['not_verifiable']} not verifiable;"
        f" judge: {plain(judge_of(record))}. A finding is a place to look, not a grade."
    )
