"""A whole class on one page and in two files for scripts: from the entries of its groups, with no record at hand.

Entries are read one at a time, so that a university takes no more memory than a class.
"""

import csv
import hashlib
import io
import itertools
import json
from base64 import b64encode
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import Any

from auditor.lazy import dataclass
from auditor.models import GroupEntry, JudgeInfo, Named, Tool
from auditor.render import one_line

COMMON = 0.5
"""The share of groups above which a finding is called common: the template or the profile may be at fault."""

_HERE = Path(__file__).parent
_MARKS = {"contradicted": "x", "supported": "+", "not_verifiable": "?"}
_CLASSES = {"x": "c", "+": "s", "?": "n", " ": "o"}
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


@dataclass
class Class:
    """The groups of a run in the order of their list, and what they were audited with. `titles` are the profile's items by
    id, in its order. Of the groups' findings only `kinds` is kept: in how many audited groups there is one of a rule, about
    an item or question, by a check; and by group `words`, for the page's filter, and how many are `new` since an earlier
    audit, where one was `compared` with."""

    profile: Named
    judge: JudgeInfo
    tool: Tool
    titles: Mapping[str, str]
    before: str = ""
    note: str = ""
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
            made.append({"id": id_, "text": text, **{label: counts[label] for label in _MARKS}})
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
        "common": common(course),
        "items": items(course),
        "activity": activity(course),
        "failed": [{"group": g.id, "error": g.error} for g in course.groups if g.error],
        "unjudged": [{"group": g.id, "reasons": list(g.unjudged)} for g in course.groups if g.unjudged],
        "groups": [],
    }
    head, _, tail = json.dumps(data, indent=1, ensure_ascii=False).rpartition("[]")
    yield head + "["
    for n, entry in enumerate(entries):
        one = json.dumps(entry.model_dump(mode="json", exclude={"key", "around"}), indent=1, ensure_ascii=False)
        yield ("," if n else "") + ("\n" + one).replace("\n", "\n  ")
    yield ("\n ]" if course.groups else "]") + tail + "\n"


def to_csv(course: Class) -> str:
    """One row a group. A cell that a spreadsheet would take for a formula begins with an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    levels, labels = ("error", "warning", "note"), tuple(_MARKS)
    writer.writerow(
        ["group", "status", "error", "repo", "commit", "commit_time", "later_commits"]
        + [f"{level}s" for level in levels]
        + ["leads", "remarks", "disputed"]
        + list(labels)
        + ["judged", "unjudged", "input_tokens", "cached_tokens", "output_tokens", "cost"]
        + ["first_commit", "last_commit", *_COUNTS]
    )
    for g in course.groups:
        s, u = g.statistics, g.usage
        row: list[object] = [g.id, _status(g), g.error, g.repo, g.commit, g.commit_time, g.later_commits]
        row += [g.levels.get(level, 0) for level in levels]  # type: ignore[call-overload]
        row += [g.standings.get(name, 0) for name in ("lead", "remark", "disputed")]
        row += [g.labels.get(label, 0) for label in labels]  # type: ignore[call-overload]
        row += [g.judged, len(g.unjudged), u.input_tokens, u.cached_tokens, u.output_tokens, u.cost]
        row += [s.first_commit, s.last_commit, *(getattr(s, c) for c in _COUNTS)]
        writer.writerow([_cell(v) for v in row])
    return out.getvalue()


def _status(group: GroupEntry) -> str:
    return "failed" if group.error else "unjudged" if group.unjudged else "done"


def _cell(value: object) -> object:
    if not isinstance(value, str):
        return value
    text = one_line(value)
    return "'" + text if text.startswith(("=", "+", "-", "@")) else text


def render(course: Class, pages: Mapping[str, str]) -> Iterator[str]:
    """The page, in pieces: groups, undecided ones first, with their items as a heat map, what is common, the items, when work was done.
    `pages` tells the page or record of a group by the group's id."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["line"] = one_line
    style, script = ((_HERE / name).read_text(encoding="utf-8") for name in ("index.css", "index.js"))
    listed = items(course)
    order = [i["id"] for i in listed]
    frequent = common(course)
    hot = {c["about"] for c in frequent}
    heat = activity(course)
    most = max((n for row in heat for n in row), default=0) or 1
    page = environment.get_template("index.html.j2").stream(
        course=course,
        rows=(_row(g, order, pages) for g in sorted(course.groups, key=_weight)),
        items=[{**i, "common": i["id"] in hot} for i in listed],
        common=frequent,
        failed=[g for g in course.groups if g.error],
        compared=course.compared,
        days=[(day, [(n, -(-4 * n // most)) for n in row]) for day, row in zip(_DAYS, heat, strict=True)],
        levels=sum((Counter(g.levels) for g in course.groups), Counter(error=0, warning=0, note=0)),
        style=style,
        script=script,
        hashes=[b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in (style, script)],
    )
    page.enable_buffering(200)
    yield from page


def _weight(group: GroupEntry) -> tuple[bool, bool]:
    """What is to do first: who could not be audited, then who is not decided about. Else the list's own order, which ranks nobody."""
    return (not group.error, not group.decided.get("undecided"))


def _row(group: GroupEntry, order: Sequence[str], pages: Mapping[str, str]) -> dict[str, Any]:
    marks = "".join(_MARKS[group.items[i]] if i in group.items else " " for i in order)
    runs = [(_CLASSES[mark], len(list(run)) * mark) for mark, run in itertools.groupby(marks)]
    return {"group": group, "status": _status(group), "page": pages.get(group.id, ""), "runs": runs}
