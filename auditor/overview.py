"""A class as it stands: what was found of each group, with what people have decided about it since."""

import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from auditor import regular
from auditor.decision_files import read_for, save
from auditor.decisions import Decisions, made_about, tally, to_decide
from auditor.errors import UserError
from auditor.groups import file_name
from auditor.models import Figure, GroupEntry, JudgeInfo, Named, Tool
from auditor.pages import FIGURES, Around
from auditor.render import index, tables
from auditor.render.index import Class, Head
from auditor.render.ways import Ways
from auditor.since import Past, load_past

_T = TypeVar("_T")
UNFINISHED = "not finished, or of another version; run `auditor batch` again"
"""What is said of a group whose entry cannot be read: there is no page of it."""


def as_it_stands(entry: GroupEntry, decisions: Decisions | None) -> GroupEntry:
    """A group with what was decided about each finding. What was dismissed is listed as such, and counts as nothing else."""
    chosen = made_about(entry.findings, decisions)
    findings = tuple(
        f.model_copy(update={"decision": chosen[f.fingerprint].decision})
        if f.fingerprint in chosen and chosen[f.fingerprint].decision != "undecided"
        else f
        for f in entry.findings
    )
    left = [f for f in findings if f.decision != "dismissed"]
    marks = to_decide(((f.fingerprint, f.standing) for f in findings), chosen)
    return entry.model_copy(
        update={
            "findings": findings,
            "levels": dict(sorted(Counter(f.level for f in left if f.standing == "finding").items())),
            "standings": dict(sorted(Counter(f.standing for f in left).items())),
            "decided": {k: n for k, n in tally(marks, chosen).items() if n},
        }
    )


def ways_between(groups: Sequence[tuple[str, str]], ending: str = "html") -> dict[str, Ways]:
    """For each group of a list, by its files' name, the way to those beside it; `groups` are ids and names."""
    pages = [(id_, f"{name}.{ending}") for id_, name in groups]
    nobody = ("", "")
    return {
        name: Ways(before=pages[n - 1] if n else nobody, after=pages[n + 1] if n + 1 < len(pages) else nobody)
        for n, (_, name) in enumerate(groups)
    }


class Beside:
    """What is laid beside the audits of a class: the decisions in its folder, and an earlier batch's folder to compare with. A
    file of decisions that is none of its group's is told once, and left as it is."""

    def __init__(self, folder: Path, since: Path | None = None, tell: Callable[[str], None] = lambda _: None) -> None:
        if since is not None and not (since / "groups").is_dir():
            raise UserError(f"{since}: no folder of a batch", "give the --out of an earlier `auditor batch`")
        if since is not None and since.resolve() == folder.resolve():
            raise UserError(f"{since}: the folder that is written to", "give another one as --out")
        self.folder = folder
        self.since = since
        self.tell = tell
        self.told: set[str] = set()

    def around(self, id_: str, repo: str, ways: Ways | None = None) -> Around:
        """All of it about one group."""
        return Around(self.decisions(id_, repo), self.past(id_), ways)

    def decisions(self, id_: str, repo: str) -> Decisions | None:
        """What was decided about a group's findings."""
        return self._told_once(lambda: read_for(self.folder, file_name(id_), id_, repo))

    def past(self, id_: str) -> Past | None:
        """The earlier audit of a group; none where the earlier folder does not have it, or it failed there."""
        if self.since is None or not os.path.lexists(path := self.since / "groups" / f"{file_name(id_)}.json"):
            return None
        past = self._told_once(lambda: load_past(path))
        return past if past and past.commit and past.submission == id_ else None

    def take_over(self, groups: Iterable[tuple[str, str]]) -> int:
        """Enter what was decided in the earlier folder into this one, for groups (ids and repositories) about which nobody has
        decided anything here; how many there were. What was dismissed stays so."""
        since, taken = self.since, 0
        if since is None:
            return 0
        for id_, repo in groups:
            name = file_name(id_)
            if (self.folder / "decisions" / f"{name}.json").exists():
                continue
            old = self._told_once(partial(read_for, since, name, id_, repo))
            if old is not None and old.decisions:
                save(self.folder, name, id_, old.url, old.decisions)
                taken += 1
        return taken

    def _told_once(self, read: Callable[[], _T | None]) -> _T | None:
        try:
            return read()
        except UserError as error:
            if error.message not in self.told:
                self.told.add(error.message)
                self.tell(f"{error.message}; not used")
            return None


def write_summaries(
    put: Callable[[str, str | Iterable[str]], None],
    course: Class,
    entries: Callable[[], Iterable[GroupEntry]],
    html: bool,
) -> None:
    """What is said of a class as a whole, each file whole: the index and the tables for people and scripts. `entries` are its
    groups, read anew each time; `html`: they have pages."""
    pages = {g.id: f"groups/{g.name}.{'html' if html and not g.error else 'json'}" for g in course.groups}
    put("summary.csv", index.to_csv(course))
    put("summary.json", index.to_json(course, entries()))
    put("findings.csv", tables.findings(entries()))
    put("gradebook.csv", tables.gradebook(course.groups))
    put("index.html", index.render(course, pages))


# -- a folder, read back -----------------------------------------------------------------------------------------------


def load_class(folder: Path) -> Class:
    """The class in a batch's folder as its last run left it, without groups: its profile, judge and items. Raises UserError
    where no batch has ended there."""
    summary = _summary(folder)
    try:
        return Class(
            profile=Named.model_validate(summary["profile"]),
            judge=JudgeInfo.model_validate(summary["judge"]),
            tool=Tool.model_validate(summary["tool"]),
            titles={i["id"]: i["text"] for i in summary["items"]},
            heads={i["id"]: Head(str(i.get("short", "")), str(i.get("section", ""))) for i in summary["items"]},
            before=str(summary["before"]),
            note=str(summary.get("note", "")),
            notes=[str(note) for note in summary.get("notes", ())],
        )
    except (ValidationError, KeyError, TypeError) as error:
        raise UserError(f"{folder}: not of this version ({type(error).__name__})", "run `auditor batch` anew") from None


def standing_class(folder: Path, tell: Callable[[str], None]) -> Class:
    """The same with its groups, and what is decided about them by now."""
    course = load_class(folder)
    for entry in standing_entries(folder, tell):
        course.add(entry)
    return course


def standing_entries(folder: Path, tell: Callable[[str], None]) -> Iterator[GroupEntry]:
    """The groups of a batch's folder, with what is decided about them by now."""
    beside = Beside(folder, tell=tell)
    return (as_it_stands(e, beside.decisions(e.id, e.repo)) for e in load_entries(folder, tell))


def listed(folder: Path) -> list[tuple[str, str, bool]]:
    """The groups of a batch's folder in the order of their list: id, name of their files, and whether they were audited."""
    return [(g["id"], g["name"], not g["error"]) for g in _summary(folder)["groups"]]


def load_entry(folder: Path, name: str) -> GroupEntry | None:
    """A group by the name of its files, as it was found; none where no group is called so, or it is being audited again."""
    if name.startswith(".") or any(c in name for c in "/\\\0"):
        return None
    try:
        entry = GroupEntry.model_validate_json(regular.read_bytes(folder / "state" / f"{name}.json"))
    except (OSError, ValidationError):
        return None
    return entry if entry.name == name else None


def load_entries(folder: Path, tell: Callable[[str], None]) -> Iterator[GroupEntry]:
    """The groups of a batch's folder in the order of their list. One whose entry cannot be read is told, and counts as failed: none
    drops out of the tables."""
    for row in _summary(folder)["groups"]:
        id_, name = str(row["id"]), str(row["name"])
        entry = load_entry(folder, name)
        if entry is None:
            tell(f"{id_}: {UNFINISHED}")
            entry = GroupEntry(id=id_, name=name, repo=str(row.get("repo", "")), error=UNFINISHED)
        yield entry


def _summary(folder: Path) -> dict[str, Any]:
    path = folder / "summary.json"
    try:
        stat = path.stat()
        return _parsed(path, stat.st_mtime_ns, stat.st_size)
    except OSError as error:
        raise UserError(
            f"{path}: cannot be read ({error.strerror})", "give the --out of an `auditor batch` that has ended"
        ) from None


@lru_cache(maxsize=2)
def _parsed(path: Path, changed: int, size: int) -> dict[str, Any]:
    try:
        summary = json.loads(regular.read_text(path))
        if isinstance(summary, dict) and all({"id", "name", "error"} <= g.keys() for g in summary["groups"]):
            return summary
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        pass
    raise UserError(f"{path}: not the summary of a batch of this version", "run `auditor batch` again")


def load_figures(folder: Path, name: str) -> tuple[Figure, ...]:
    """The images of a group's report, as they were kept for its page; none where that was never made."""
    try:
        rows = regular.read_text(folder / "groups" / f"{name}.{FIGURES}").split("\n")
        return tuple(Figure.model_validate_json(row) for row in rows if row)
    except (OSError, ValidationError, UnicodeDecodeError):
        return ()
