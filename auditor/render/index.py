"""A whole class on one page and in two files for scripts: from the entries of its groups, with no record at hand.

Entries are read one at a time, so that a university takes no more memory than a class.
"""

import hashlib
import json
from base64 import b64encode
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import Any

from auditor.escape import csv_row, json_text, one_line, safe
from auditor.lazy import dataclass
from auditor.models import GroupEntry, JudgeInfo, Label, Named, Tool
from auditor.moments import late
from auditor.render.ways import anchor
from auditor.render.written import code_spans

COMMON = 0.5
"""The share of groups above which a finding is called common: the template or the profile may be at fault."""

_HERE = Path(__file__).parent
_LABELS: tuple[Label, ...] = ("contradicted", "supported", "not_verifiable")
STATES = {
    "a": ("✕", "ticked, and nothing shows it"),
    "s": ("✓", "ticked, and there"),
    "q": ("?", "not verifiable"),
    "o": ("○", "open, and there: no fault"),
    "e": ("·", "open, and not there"),
    "b": ("/", "checklist not filled in"),
    "m": ("–", "left out of the checklist"),
    "x": ("", "not asked of this group"),
}
"""What a cell of the map may say, by its class on the page: the mark that says so without colour, and the words."""

NAMED = 400
"""Groups up to which each cell leads somewhere and has its words on the page itself; of more, the script gives both to the rows that
are shown, and without script a group's name leads to its checklist."""

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_COUNTS = (
    "commits",
    "main_commits",
    "authors",
    "merged_pull_requests",
    "message_length",
    "files",
    "bytes",
    "python_files",
    "test_files",
    "notebooks",
    "docker_files",
    "workflow_files",
    "requirements_files",
    "cloudbuild_files",
    "dvc_files",
    "readme_words",
    "items",
    "ticked",
    "questions",
    "answered",
    "report_words",
    "images",
)


@dataclass(frozen=True)
class Head:
    """How an item is called where there is no room, and the section that it stands in."""

    short: str = ""
    section: str = ""


@dataclass
class Class:
    """The groups of a run in the order of their list, and what they were audited with. `titles` are the profile's items by
    id, in its order, `heads` their short names and sections. Of the groups' findings only `kinds` is kept: in how many audited groups there is one of a rule, about
    an item or question, by a check; and by group `words`, for the page's filter, and how many are `new` since an earlier
    audit, where one was `compared` with. `notes` say what of the profile matches nothing in any report."""

    profile: Named
    judge: JudgeInfo
    tool: Tool
    titles: Mapping[str, str]
    before: str = ""
    note: str = ""
    notes: Sequence[str] = ()
    heads: Mapping[str, Head] = field(default_factory=dict)
    groups: list[GroupEntry] = field(default_factory=list)
    kinds: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    words: dict[str, str] = field(default_factory=dict)
    new: dict[str, int] = field(default_factory=dict)
    compared: bool = False

    def add(self, group: GroupEntry) -> None:
        """Count a group in."""
        if not group.error:
            stand = [f for f in group.findings if f.standing == "finding" and f.decision != "dismissed"]
            self.kinds.update({(f.rule, f.about, f.by) for f in stand})
            self.compared = self.compared or bool(group.gone) or any(f.since for f in group.findings)
            self.new[group.id] = sum(f.since == "new" for f in stand)
        self.words[group.id] = " ".join(dict.fromkeys(w for f in group.findings for w in (f.rule, f.about)))
        self.groups.append(group.model_copy(update={"findings": ()}))

    @property
    def audited(self) -> list[GroupEntry]:
        """The groups that could be audited."""
        return [g for g in self.groups if not g.error]


def common(course: Class) -> list[dict[str, Any]]:
    """Findings of the same rule and check about the same item or question in more than half of the groups (and in three)."""
    least = COMMON * len(course.audited)
    return [
        {"rule": rule, "about": about, "by": by, "groups": n}
        for (rule, about, by), n in sorted(course.kinds.items(), key=lambda i: (-i[1], i[0]))
        if n >= 3 and n > least
    ]


def items(course: Class) -> list[dict[str, Any]]:
    """Every item that a group has, with how many groups each label."""
    made = []
    for id_, text in course.titles.items():
        counts: Counter[str] = Counter(g.items[id_] for g in course.audited if id_ in g.items)
        if counts:
            head = course.heads.get(id_, Head())
            named = {"short": head.short or id_, "section": head.section}
            made.append({"id": id_, "text": text, **named, **{str(label): counts[label] for label in _LABELS}})
    return made


def activity(course: Class) -> list[list[int]]:
    """The commits of all groups by day of the week and hour."""
    total = [[0] * 24 for _ in range(7)]
    for group in course.groups:
        for day, row in enumerate(group.statistics.hours):
            for hour, n in enumerate(row):
                total[day][hour] += n
    return total


def to_json(course: Class, entries: Iterable[GroupEntry]) -> Iterator[str]:
    """The class for scripts, in pieces; `entries` are those of its groups once more, with their findings."""
    data = {
        "schema_version": "1.0",
        "tool": course.tool.model_dump(),
        "profile": course.profile.model_dump(),
        "judge": course.judge.model_dump(),
        "before": course.before,
        "notes": list(course.notes),
        "note": course.note,
        "common": common(course),
        "items": items(course),
        "activity": activity(course),
        "failed": [{"group": g.id, "error": g.error} for g in course.groups if g.error],
        "unjudged": [{"group": g.id, "reasons": list(g.unjudged)} for g in course.groups if g.unjudged],
        "groups": [],
    }
    head, _, tail = json_text(json.dumps(data, indent=1, ensure_ascii=False)).rpartition("[]")
    yield head + "["
    for n, entry in enumerate(entries):
        one = json_text(
            json.dumps(entry.model_dump(mode="json", exclude={"key", "around"}), indent=1, ensure_ascii=False)
        )
        yield ("," if n else "") + ("\n" + one).replace("\n", "\n  ")
    yield ("\n ]" if course.groups else "]") + tail + "\n"


def to_csv(course: Class) -> str:
    """One row a group. A cell that a spreadsheet would take for a formula begins with an apostrophe."""
    levels, labels = ("error", "warning", "note"), _LABELS
    head: list[object] = ["group", "status", "error", "repo", "commit", "commit_time", "later_commits"]
    head += [f"{level}s" for level in levels]
    head += ["leads", "remarks", "disputed", *labels]
    head += ["judged", "unjudged", "input_tokens", "cached_tokens", "output_tokens", "cost"]
    rows = [[*head, "first_commit", "last_commit", *_COUNTS]]
    for g in course.groups:
        s, u = g.statistics, g.usage
        made: list[object] = [g.id, _status(g), g.error, g.repo, g.commit, g.commit_time, g.later_commits]
        made += [g.levels.get(level, 0) for level in levels]  # type: ignore[call-overload]
        made += [g.standings.get(name, 0) for name in ("lead", "remark", "disputed")]
        made += [g.labels.get(label, 0) for label in labels]
        made += [g.judged, len(g.unjudged), u.input_tokens, u.cached_tokens, u.output_tokens, u.cost]
        made += [s.first_commit, s.last_commit, *(getattr(s, c) for c in _COUNTS)]
        rows.append(made)
    return "".join(map(csv_row, rows))


def _status(group: GroupEntry) -> str:
    return "failed" if group.error else "unjudged" if group.unjudged else "done"


def render(course: Class, pages: Mapping[str, str], told: Mapping[str, str] | None = None) -> Iterator[str]:
    """The page, in pieces: groups, undecided ones first, with their items as a heat map, what is common, each item's groups, when work
    was done. `pages` tells the page or record of a group by the group's id, `told` where what the group is told is read."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_clean,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["line"] = one_line
    environment.filters["code"] = code_spans
    environment.filters["bare"] = lambda text: one_line(text).replace("`", "")
    style = "".join((_HERE / name).read_text(encoding="utf-8") for name in ("colours.css", "index.css"))
    script = (_HERE / "index.js").read_text(encoding="utf-8")
    listed = items(course)
    order = [i["id"] for i in listed]
    frequent = common(course)
    hot = {c["about"] for c in frequent}
    heat = activity(course)
    most = max((n for row in heat for n in row), default=0) or 1
    groups = sorted(course.groups, key=_weight)
    seen: Counter[str] = Counter()
    absent: dict[str, list[tuple[str, str]]] = {id_: [] for id_ in order}
    states: dict[str, Counter[str]] = {id_: Counter() for id_ in order}
    for group in groups:
        for id_, state in zip(order, "" if group.error else cells(group, order), strict=False):
            seen[state] += 1
            states[id_][state] += 1
            if state == "a":
                absent[id_].append((group.id, _anchored(pages.get(group.id, ""), id_)))
    page = environment.get_template("index.html.j2").stream(
        course=course,
        rows=(_row(g, order, pages) for g in groups),
        items=[
            {
                **i,
                "common": i["id"] in hot,
                "groups": absent[i["id"]],
                "states": states[i["id"]],
                "anchor": anchor(i["id"]),
            }
            for i in listed
        ],
        bands=_bands(listed),
        states=STATES,
        seen=seen,
        named=len(groups) <= NAMED,
        common=frequent,
        failed=[g for g in groups if g.error],
        late=sum(not g.error and bool(late(g.commit_time, g.due)) for g in groups),
        unfilled=sum(not g.error and bool(_unfilled(g)) for g in groups),
        decided=sum(sum(g.decided.values()) - g.decided.get("undecided", 0) for g in groups),
        undecided=sum(g.decided.get("undecided", 0) for g in groups),
        compared=course.compared,
        told=told or {},
        days=[(day, [(n, -(-4 * n // most)) for n in row]) for day, row in zip(_DAYS, heat, strict=True)],
        levels=sum((Counter(g.levels) for g in course.groups), Counter(error=0, warning=0, note=0)),
        style=style,
        script=script,
        hashes=[b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in (style, script)],
    )
    page.enable_buffering(200)
    yield from page


def cells(group: GroupEntry, order: Sequence[str]) -> str:
    """What is known of each item of a group: a letter of STATES each. Of a checklist that nobody filled in nothing is held
    against anybody, nor does it count as clean."""
    if _unfilled(group):
        return "b" * len(order)
    left_out = set(group.report_state.items_missing) if group.report_state else set()
    open_ = set(group.open_boxes)
    made = []
    for id_ in order:
        label = group.items.get(id_)
        if label is None:
            made.append("m" if id_ in left_out else "x")
        elif label == "not_verifiable":
            made.append("q")
        elif id_ in open_:
            made.append("o" if label == "contradicted" else "e")
        else:
            made.append("a" if label == "contradicted" else "s")
    return "".join(made)


def unanswered(group: GroupEntry) -> list[int]:
    """The questions that a group has not answered yet, each once: without an answer, or with a placeholder in its place. The index,
    the tables and the statistics all count these. A question that was left out is told as such, and is none of them."""
    state = group.report_state
    return sorted({*state.unanswered, *state.placeholders}) if state else []


def _anchored(page: str, item: str) -> str:
    """The address of an item on a group's page; the record of a class without pages has no places."""
    return f"{page}#{anchor(item)}" if page.endswith(".html") else page


def _unfilled(group: GroupEntry) -> str:
    """What there is instead of a checklist that was filled in."""
    state = group.report_state.checklist if group.report_state else ""
    return {"missing": "no checklist", "blank": "checklist not filled in"}.get(state, "")


def _report(group: GroupEntry) -> list[str]:
    """What is odd about a group's report, in few words each: first of all that it came late, by its commit's time."""
    by, state = late(group.commit_time, group.due), group.report_state
    said = [f"after the deadline by {by}"] if by else []
    if group.due and not group.commit_time and not group.error:
        said.append("in time or not: its commit bears no time that can be read")
    if state is None:
        return said
    counts = [
        (len(state.missing), "question left out", "questions left out"),
        (len(state.twice), "question twice", "questions twice"),
        (0 if _unfilled(group) else len(state.items_missing), "item left out", "items left out"),
        (len(state.items_twice), "item twice", "items twice"),
        (len(state.short), "answer too short", "answers too short"),
        (len(state.long), "answer too long", "answers too long"),
        (len(state.images), "answer without its images", "answers without their images"),
        (state.secrets, "key in clear text", "keys in clear text"),
    ]
    said += [f"not at {state.collected}"] if state.collected else []
    said += [_unfilled(group)] if _unfilled(group) else []
    return said + [f"{n} {one if n == 1 else many}" for n, one, many in counts if n]


def _bands(listed: Sequence[Mapping[str, Any]]) -> list[tuple[str, int]]:
    """The sections of the items, each with how many stand in a row."""
    made: list[tuple[str, int]] = []
    for item in listed:
        if made and made[-1][0] == item["section"]:
            made[-1] = (made[-1][0], made[-1][1] + 1)
        else:
            made.append((item["section"], 1))
    return made


def _weight(group: GroupEntry) -> tuple[bool, bool]:
    """What is to do first: who could not be audited, then who is not decided about. Else the list's own order, which ranks nobody."""
    return (not group.error, not group.decided.get("undecided"))


def _clean(value: Any) -> Any:
    """What an expression of the template may put on the page."""
    return safe(value) if isinstance(value, str) and not hasattr(value, "__html__") else value


def _row(group: GroupEntry, order: Sequence[str], pages: Mapping[str, str]) -> dict[str, Any]:
    left = unanswered(group)
    page = pages.get(group.id, "")
    clean = not (group.error or group.levels or group.unjudged or _report(group) or left)
    return {
        "group": group,
        "status": _status(group),
        "page": page,
        "leads": page.endswith(".html"),
        "cells": "" if group.error else cells(group, order),
        "report": _report(group),
        "unanswered": left,
        "unfilled": _unfilled(group),
        "clean": clean,
    }
