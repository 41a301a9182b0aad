"""The course as data: which checklist items and questions there are, what each maps to, and what is nobody's own work."""

import difflib
import hashlib
import re
from collections.abc import Iterable
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from auditor.globs import matches
from auditor.layouts import Layout
from auditor.models import FILES_OF, Named, Record
from auditor.repository import Unreadable
from auditor.snapshot import File
from auditor.trust import Trust

LEFT = "TODO"
"""What a text of a profile begins with that somebody has still to write."""


def own_probe(item: str) -> str:
    """The id of the probe that the files of an item are."""
    return FILES_OF + item


def names_like(name: str, known: Iterable[str], n: int = 1) -> list[str]:
    """The known names that may be meant by one that is not known. What the probes of items have in common is no likeness."""
    start = FILES_OF if name.startswith(FILES_OF) else ""
    rest = {k.removeprefix(start): k for k in known if k.startswith(start)}
    return [rest[close] for close in difflib.get_close_matches(name.removeprefix(start).lower(), rest, n, 0.6)]


class Item(Record):
    """One checklist item over all versions of the template.

    `probes` show it (`require` says whether any or all must be found); `absence` is the label of a ticked box whose thing
    was not found, softened to `not_verifiable` where a probe of `weak` finds something. What is done `once` (tried, measured,
    checked) may be gone from the repository by right: the history is asked for it, whatever its label. `allows` is what the
    item's own words leave to the group ("if applicable"): it speaks for a ticked box without its thing. Of an item that asks for two things `half` are the probes of the one,
    and `lacks` says what is missing where only that is found, and no sign of the other. `open` is the label of an open box
    whose thing was found, by `open_probes` where an open box needs plainer evidence than a ticked one; where it is `measured`,
    as a share of the code, that is a remark. An item that no file can show is not `observable` and says why in `reason`. `practice` (of auditor/practices.toml) is what
    sentences about it are known by. `short` is its name where a column has room for two words. `files` are globs of what shows it
    where no probe knows it, and `mentions` words that one of these files says: together they are a probe of their own (`own_probe`),
    one more of `probes`.
    """

    id: str
    texts: tuple[str, ...]
    short: str = ""
    practice: str = ""
    topics: tuple[str, ...] = ()
    section: str = ""
    modules: tuple[str, ...] = ()
    observable: bool = True
    reason: str = ""
    probes: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()
    require: Literal["any", "all"] = "any"
    weak: tuple[str, ...] = ()
    open_probes: tuple[str, ...] = ()
    absence: Literal["contradicted", "not_verifiable"] = "not_verifiable"
    once: bool = False
    allows: str = ""
    half: tuple[str, ...] = ()
    lacks: str = ""
    measured: bool = False
    open: Literal["contradicted", "not_verifiable"] = "contradicted"

    @property
    def left_to_do(self) -> bool:
        """Whether nobody has said yet what shows it: its reason is still what `auditor profile new` wrote."""
        return not self.observable and self.reason.lstrip().casefold().startswith(LEFT.casefold())

    @property
    def unseen(self) -> str:
        """Why no file can show it, for a reader."""
        return "The course's profile does not say yet what shows it." if self.left_to_do else self.reason

    @property
    def own_probe(self) -> str:
        """The id of the probe that its files are."""
        return own_probe(self.id)

    @property
    def named(self) -> str:
        """Its first text, for a sentence."""
        return " ".join((self.texts[0] if self.texts else self.id).split()).rstrip(".?!")

    @model_validator(mode="before")
    @classmethod
    def _with_own_probe(cls, data: Any) -> Any:
        if isinstance(data, dict) and data.get("files") and isinstance(data.get("id"), str):
            probes = data.get("probes") or ()
            if isinstance(probes, list | tuple):
                return data | {"probes": [*dict.fromkeys((*probes, own_probe(data["id"])))]}
        return data

    @model_validator(mode="after")
    def _says_why(self) -> Self:
        if self.observable and not self.probes:
            raise ValueError(f"item {self.id}: name its probes or its files, or say observable = false and why")
        if not self.observable and not self.reason:
            raise ValueError(f"item {self.id}: say in reason why no file can show it")
        return self


class Asked(Record):
    """One question over all versions: its prompts (`texts`), the `titles` that its heading has, what it is about (`topics`, of auditor/topics.py), the items, further probes
    and files that belong to it, and whether its answer is private (members, contributions)."""

    id: str
    texts: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    numbers: dict[str, int] = Field(default_factory=dict)
    items: tuple[str, ...] = ()
    probes: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    private: bool = False


class Version(Record):
    """One version of the template: which numbers its questions have (`layout`: a key of their `numbers`, or the name of one of the
    profile's layouts), the items of its checklist, and how many
    words and images it asks for, by question: from and to, where a 0 behind a larger number is no upper end (`[50, 0]`: at least 50)."""

    name: str
    layout: str
    items: tuple[str, ...] = ()
    words: dict[str, tuple[int, int]] = Field(default_factory=dict)
    images: dict[str, tuple[int, int]] = Field(default_factory=dict)


def is_open(span: tuple[int, int]) -> bool:
    """Whether a range of words or images has no upper end."""
    return span[0] > 0 and span[1] == 0


class Profile(Record):
    """A course: its items, its questions, the versions of its template (newest first), the headings of its sections, and
    the globs of what is not the group's own work, by reason. `private` are words that ask for people: a question that the
    profile does not know is private where it has them. `trust` says how often each speaker was right; without it everybody
    speaks as a finding. `report` are globs of where the report may lie, the likeliest first; `layouts` say how it may be laid out
    (none: as `### Question N`). `docs` is the https address at which the documentation of what is looked for is published, which
    findings then link to. `speaks_to` says who reads the report: whoever grades the group's own work (`course`), or `users` of the
    repository, for whom much of what is named lies in projects of their own. `source` is the file that the profile is from, empty for a packaged one."""

    name: str
    title: str
    hash: str = ""
    source: Path | None = Field(default=None, exclude=True)
    report: tuple[str, ...] = ("reports/README.md",)
    layouts: tuple[Layout, ...] = ()
    items: tuple[Item, ...] = ()
    questions: tuple[Asked, ...] = ()
    headings: tuple[str, ...] = ()
    private: tuple[str, ...] = ()
    versions: tuple[Version, ...] = ()
    not_evidence: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    stubs: str = ""
    docs: str = ""
    speaks_to: Literal["course", "users"] = "course"
    trust: Trust | None = Field(default=None, exclude=True)
    known: frozenset[str] = Field(default=frozenset(), exclude=True)
    stub_lines: dict[str, frozenset[str]] = Field(default_factory=dict, exclude=True)
    stub_patterns: dict[str, tuple[tuple[int, str, int, str], ...]] = Field(default_factory=dict, exclude=True)

    @property
    def told(self) -> Named:
        """The profile as a record names it."""
        return Named(name=self.name, hash=self.hash, file=self.source.name if self.source else "")

    @cached_property
    def due(self) -> tuple[str, ...]:
        """Globs of where the report may lie, the likeliest first."""
        return tuple(dict.fromkeys((*(g for x in self.layouts for g in x.report), *self.report)))

    @property
    def collected(self) -> str:
        """The path where the course looks for the report first, in small letters; empty where it is not one path."""
        first = self.due[0] if self.due else ""
        return "" if set(first) & set("*?[{!") else first.lower()

    @cached_property
    def known_items(self) -> dict[tuple[str, ...], tuple[str, bool]]:
        """Each text of an item as words: the item's id, and whether it is its first text."""
        return _by_words([(i.id, i.texts) for i in self.items])

    @cached_property
    def known_questions(self) -> dict[tuple[str, ...], tuple[str, bool]]:
        """Each prompt of a question as words: the question's id, and whether it is its first prompt."""
        return _by_words([(q.id, q.texts) for q in self.questions])

    @cached_property
    def known_titles(self) -> dict[tuple[str, ...], tuple[str, bool]]:
        """Each title of a question as words: the question's id, and whether it is its first title."""
        return _by_words([(q.id, q.titles) for q in self.questions])

    @cached_property
    def items_by_id(self) -> dict[str, Item]:
        return {i.id: i for i in self.items}

    @cached_property
    def questions_by_id(self) -> dict[str, Asked]:
        return {q.id: q for q in self.questions}

    @property
    def for_users(self) -> bool:
        """Whether the report speaks to users of the repository."""
        return self.speaks_to == "users"

    def topics_of(self, question: str) -> tuple[str, ...]:
        """What a question is about, or an item whose box is one; nothing of what the profile does not know."""
        known = self.questions_by_id.get(question) or self.items_by_id.get(question)
        return known.topics if known else ()

    def of_practice(self, practice: str) -> tuple[str, ...]:
        """The items that ask for a practice, by id."""
        return self._of_practices.get(practice, ())

    @cached_property
    def _of_practices(self) -> dict[str, tuple[str, ...]]:
        known: dict[str, tuple[str, ...]] = {}
        for item in self.items:
            if item.practice:
                known[item.practice] = (*known.get(item.practice, ()), item.id)
        return known

    def is_own_page(self, path: str) -> bool:
        """Whether a file of the report is the project's own front page, too: the README of a course whose report it is. What it
        shows is then asked of it as of any other file."""
        return path.lower().startswith("readme.") and matches(path, self.due)

    def set_aside(self, file: File) -> str:
        """Why a file is no evidence of the group's own work: `course material`, `run output`, ... or `template stub` for
        one that the project template brought and nobody changed. Empty for all others."""
        for reason, globs in self.not_evidence.items():
            if matches(file.path, globs):
                return reason
        return "template stub" if self.is_stub(file) else ""

    def is_stub(self, file: File) -> bool:
        """Whether each line of the file stands in some version of the template's file of that name, numbers and white
        space aside (a hook's version that a bot raised is nobody's work), or the file as a whole is a known one."""
        if file.blob in self.known:
            return True
        lines = self.stub_lines.get(file.name.lower())
        if lines is None or file.size > 50_000:
            return False
        patterns = self.stub_patterns.get(file.name.lower(), ())
        try:
            rows = file.lines
        except Unreadable:
            return False
        filled = []
        for row in rows:
            if (normal := normal_line(row)) and line_hash(normal) not in lines:
                if not any(_fits(normal, p) for p in patterns):
                    return False
                filled.append(normal)
        return _one_name(filled)


def _by_words(entries: list[tuple[str, tuple[str, ...]]]) -> dict[tuple[str, ...], tuple[str, bool]]:
    known: dict[tuple[str, ...], tuple[str, bool]] = {}
    for id_, texts in entries:
        for k, text in enumerate(texts):
            known.setdefault(words(text), (id_, k == 0))
    return known


_MODULES = re.compile(r"\(\s*M\d+(?:\s*[+,&]\s*M\d+)*\s*\)", re.IGNORECASE)


@lru_cache(maxsize=64)
def words(text: str) -> tuple[str, ...]:
    """A text as items and prompts are compared: its words in small letters, without marks and module tags."""
    return tuple(re.findall(r"[a-z0-9]+", _MODULES.sub(" ", text).lower()))


_NUMBER = re.compile(r"\d+(\.\d+)*")


def normal_line(row: str) -> str:
    """A line without white space, with one kind of quote and with every number made 0."""
    return _NUMBER.sub("0", "".join(row.split()).replace("'", '"'))


def line_hash(normal: str) -> str:
    """Eight hex digits that stand for a normalised line."""
    return hashlib.sha256(normal.encode()).hexdigest()[:8]


def _one_name(rows: list[str]) -> bool:
    """Whether the lines of a docker file that fit the template's but for the project's name copy one folder to a folder of the
    same name: another one is somebody's change."""
    names = set()
    for row in rows:
        if row.startswith("COPY") and row.endswith("/"):
            path = row[4:].strip("/")
            half = path[: len(path) // 2].rstrip("/")
            if path not in (f"{half}/{half}", f"{half}//{half}"):
                return False
            names.add(half)
    return len(names) <= 1


def _fits(row: str, pattern: tuple[int, str, int, str]) -> bool:
    before, first, after, last = pattern
    if len(row) < before + after or before + after == 0:
        return False
    return line_hash(row[:before]) == first and line_hash(row[len(row) - after :]) == last


def load_profile(name: str = "dtu-mlops") -> Profile:
    """A profile by its packaged name, by that of a TOML file beside `auditor.toml`, or from the path of one. Raises UserError
    for one that is not there, and for one with mistakes, with a line for each."""
    from auditor.profile_files import load

    return load(name)
