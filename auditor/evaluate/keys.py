"""Answer keys: what a person who read a report against its repository says of it, as a YAML file for each submission."""

import re
from pathlib import Path
from typing import Any, Literal, Self

import yaml
from pydantic import Field, ValidationError, field_validator, model_validator

from auditor import limits, regular
from auditor.errors import UserError
from auditor.models import Label, Record

Says = Literal["holds", "level", "petty", "twice", "wrong"]
SAYS: dict[str, str] = {
    "holds": "it is so, and as grave as it is called",
    "level": "it is so, and called too grave or not grave enough",
    "petty": "it is literally so, and too small to hold against a group",
    "twice": "it is so, and another finding says it already",
    "wrong": "it is not so",
}


class Box(Record):
    """One item of the checklist, by its number in file order. `verdict` is what the repository shows: of a ticked box whether
    it is `supported`, of an open one whether the thing is there all the same (`contradicted`); `unverifiable` where no file
    settles it. `text` is the item's, or its beginning. `evidence` (paths, lines, words, in any form) and `note` are for people."""

    n: int
    text: str = ""
    checked: bool = False
    verdict: Label
    evidence: tuple[object, ...] = ()
    note: str = ""

    @field_validator("verdict", mode="before")
    @classmethod
    def _label(cls, value: object) -> object:
        return "not_verifiable" if value == "unverifiable" else value


class Entry(Record):
    """A place of the report: `where` is `Q7`, `checklist 24` or `checklist` (the item whose text the quote begins with);
    `quote` is verbatim, and long enough to be told from the rest of the answer."""

    id: str = ""
    where: str
    quote: str
    note: str = ""
    evidence: tuple[object, ...] = ()

    @field_validator("where")
    @classmethod
    def _somewhere(cls, value: str) -> str:
        if not re.match(r"(?i)\s*(checklist\b|q\w*\s*\d|\d)|report$", value):
            raise ValueError(f"{value!r} is no place: write Q7 or checklist 24")
        return value


class Contradiction(Entry):
    """Something that the report says and the repository, or another place of the report, contradicts. `kind` groups them as
    the key's author likes (`prose-vs-repo`, `checklist-vs-prose`); `major` is what an examiner would raise, `likely` what a
    reasonable reader could see otherwise."""

    id: str
    kind: str = ""
    why: str = ""
    severity: Literal["major", "minor"]
    certainty: Literal["certain", "likely"] = "certain"


class Judged(Entry):
    """A finding that somebody read against the repository, as `--judge-findings` files it: `says` is one of holds, level,
    petty, twice and wrong. `fingerprint` names the finding; `rule` and `by` (who said it), with the place and the quote, still
    know it where the fingerprint has changed."""

    says: Says
    rule: str = ""
    by: str = ""
    fingerprint: str = ""


class Key(Record):
    """The answer key of one submission at one commit. `repo` is a name at GitHub, an address or a path. `contradictions` are
    all that the reader found: what is found of them is recall. `true_claims` are statements that the repository confirms and
    `rejected` what looks like a contradiction and is none: a finding there is wrong. `accepted` is literally off, and too small
    to hold against a group: a finding there is neither a hit nor wrong. `judged` are single findings that somebody judged;
    a key may have nothing else, and then tells precision alone. `name` is the file's, not its content's."""

    name: str = ""
    repo: str
    commit: str = Field(min_length=4)
    report: str = ""
    summary: str = ""
    checklist: tuple[Box, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    true_claims: tuple[Entry, ...] = ()
    accepted: tuple[Entry, ...] = ()
    rejected: tuple[Entry, ...] = ()
    judged: tuple[Judged, ...] = Field(default=())

    @field_validator("checklist", "contradictions", "true_claims", "accepted", "rejected", "judged", mode="before")
    @classmethod
    def _none_is_empty(cls, value: object) -> object:
        return () if value is None else value

    @model_validator(mode="after")
    def _once(self) -> Self:
        for what, ids in (
            ("contradiction", [c.id for c in self.contradictions]),
            ("item", [str(b.n) for b in self.checklist]),
        ):
            if twice := sorted({i for i in ids if ids.count(i) > 1}):
                raise ValueError(f"{what} {twice[0]} stands twice")
        return self


def key_files(paths: list[Path]) -> list[Path]:
    """The files of keys that paths name: a folder stands for all its YAML files. Raises UserError where there are none, or
    two of one name."""
    files: list[Path] = []
    for path in paths:
        found = sorted(f for f in path.iterdir() if f.suffix in (".yaml", ".yml")) if path.is_dir() else [path]
        if not found:
            raise UserError(f"{path}: no answer key in it", "a key is a YAML file; README says what is in it")
        files += found
    names = [f.stem for f in files]
    if twice := sorted({n for n in names if names.count(n) > 1}):
        raise UserError(f"two keys are called {twice[0]}", "a record is known by its key's name; rename one")
    return files


def load_key(path: Path) -> Key:
    """The answer key in a file. Raises UserError that names the field that is no such thing."""
    return parse_key(read_text(path), path.stem, str(path))


def parse_key(text: str, name: str, path: str) -> Key:
    """The answer key that a YAML text is."""
    try:
        data = yaml.load(text, _LOADER)
    except (yaml.YAMLError, ValueError, RecursionError) as error:  # a tag's content may be no such value
        line = getattr(getattr(error, "problem_mark", None), "line", -1) + 1
        raise UserError(f"{path}:{line or ''}: not YAML", "quote what has a colon, a # or a quote in it") from None
    if not isinstance(data, dict):
        raise UserError(f"{path}: not an answer key", "it begins with `repo:` and `commit:`; README says what is in it")
    try:
        return Key.model_validate({**data, "name": name})
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(p) for p in first["loc"]) or "the key"
        raise UserError(
            f"{path}: {where}: {first['msg']}", "README, under `Measure it`, says what stands in a key"
        ) from None


class _Loader(yaml.SafeLoader):
    """YAML without numbers and dates: a commit or an id that looks like one stays text, and what is a number becomes one
    where the key has a field for it."""


_LOADER: Any = _Loader
_Loader.yaml_implicit_resolvers = {
    first: [(tag, form) for tag, form in forms if not tag.endswith((":int", ":float", ":timestamp"))]
    for first, forms in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read_text(path: Path) -> str:
    """A file's text with its own line ends."""
    try:
        return regular.read_bytes(path, limits.COURSE, given=True).decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8"
        raise UserError(f"{path}: cannot be read ({reason})", "give answer keys or a folder of them") from None
