"""The record as SARIF 2.1.0: each finding on the report's line, with its evidence as related locations."""

import json
import re
from typing import Any
from urllib.parse import quote

from auditor.escape import json_text, message, safe
from auditor.models import AuditRecord, Evidence, Finding, Rule, Verdict
from auditor.render.sides import also, ruling, who
from auditor.rules import RULES, hint

_OPEN = Rule(
    id="not-verifiable",
    title="A claim that the repository cannot settle",
    level="note",
    help="Nothing is wrong with it: what it speaks of may lie elsewhere.",
)


def render(record: AuditRecord, *, show: str = "contradicted") -> str:
    """A log with one run. With `show` other than `contradicted`, claims that nothing settles are results of kind `open`."""
    verdicts = {v.id: v for v in record.verdicts}
    results = [
        _result(record, verdicts[f.verdict], f.rule)
        | _standing(f)
        | {"partialFingerprints": {"auditorFinding/v2": f.fingerprint}}
        for f in record.findings
    ]
    if show != "contradicted":
        results += [
            _result(record, v, _OPEN.id) | {"kind": "open", "level": "none"}
            for v in record.verdicts
            if v.label == "not_verifiable"
        ]
    used = [r for r in (*RULES.values(), _OPEN) if any(x["ruleId"] == r.id for x in results)]
    index = {r.id: i for i, r in enumerate(used)}
    for result in results:
        result["ruleIndex"] = index[result["ruleId"]]
    for finding, result in zip(record.findings, results, strict=False):
        result["properties"] |= {"standing": finding.standing} | (
            {"saidBy": said} if (said := who(record, finding, verdicts)) else {}
        )
        for name, words in (("Also at", also(finding)), ("Ruling", ruling(record, finding))):
            if words:
                result["message"]["text"] += "\n" + message(f"{name}: {words}")
        if todo := hint(verdicts[finding.verdict], finding):
            result["message"]["text"] += "\n" + message(f"To do: {todo}")
    run: dict[str, Any] = {
        "tool": {
            "driver": {
                "name": record.tool.name,
                "version": record.tool.version,
                "rules": [_rule(r) for r in used],
            }
        },
        "columnKind": "unicodeCodePoints",
        "automationDetails": {"id": f"{record.tool.name}/{quote(record.submission.id)}"},
        "invocations": [_invocation(record)],
        "results": results,
    }
    if re.match(r"https://", record.submission.url):
        address = {"repositoryUri": quote(record.submission.url, safe=":/@%~"), "revisionId": record.submission.commit}
        run["versionControlProvenance"] = [address]
    log = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    return json_text(json.dumps(log, indent=2, ensure_ascii=False)) + "\n"


def _standing(finding: Finding) -> dict[str, str]:
    """A finding fails; a lead and what is disputed are for a person to review, at no level; a remark is a note."""
    if finding.standing in ("lead", "disputed"):
        return {"kind": "review", "level": "none"}
    return {"kind": "fail", "level": finding.level}


def _rule(rule: Rule) -> dict[str, Any]:
    said = " ".join(part for part in (rule.help, rule.hint) if part)
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.title},
        "help": {"text": said},
        "defaultConfiguration": {"level": rule.level},
    }


def _invocation(record: AuditRecord) -> dict[str, Any]:
    made: dict[str, Any] = {"executionSuccessful": not record.error}
    if record.error:
        made["toolExecutionNotifications"] = [{"level": "error", "message": {"text": message(record.error)}}]
    return made


def _result(record: AuditRecord, verdict: Verdict, rule: str) -> dict[str, Any]:
    shows = "" if verdict.by == "form" else verdict.repo_shows
    parts = [
        f"Report: {verdict.report_says}" if verdict.report_says not in ("", verdict.claim.quote) else "",
        f"Repository: {shows}" if shows else "",
        verdict.difference,
        f"For the group: {verdict.softened}" if verdict.softened else "",
    ]
    head = verdict.claim.quote or (RULES.get(rule) or _OPEN).title
    result: dict[str, Any] = {
        "ruleId": rule,
        "message": {"text": "\n".join(message(part) for part in (head, *parts) if part)},
        "locations": [_location(*record.report.spot(verdict.claim))],
        "properties": {"source": f"{verdict.claim.source.kind} {verdict.claim.source.n}", "by": verdict.by},
    }
    cited = [record.evidence[c.evidence] for c in verdict.citations]
    related = [
        _related(record, e, n)
        for n, e in enumerate((e for e in cited if e.path and e.path not in record.report.files), 1)
    ]
    if related:
        result["relatedLocations"] = related
    return result


def _related(record: AuditRecord, evidence: Evidence, number: int) -> dict[str, Any]:
    late = "not committed yet" if evidence.path in record.submission.uncommitted else ""
    said = "; ".join(part for part in (evidence.note, late) if part)
    place = _location(evidence.path, evidence.start, evidence.end, evidence.excerpt)
    return {"id": number, **place} | ({"message": {"text": message(said)}} if said else {})


def _location(path: str, start: int, end: int = 0, snippet: str = "") -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": {"uri": quote(path), "uriBaseId": "%SRCROOT%"}}
    if start:
        place["region"] = {"startLine": start}
        if end > start:
            place["region"]["endLine"] = end
        if snippet:
            place["region"]["snippet"] = {"text": safe(snippet)}
    return {"physicalLocation": place}
