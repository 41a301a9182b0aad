"""The Python that a project says it runs on: `Python 3.9+`, `Python >= 3.9`, `Python 3.9 or newer`, `Python >=3.9,<3.12`, and
badges that say so."""

import re
from collections.abc import Iterator
from urllib.parse import unquote

from auditor.claims.case import Case, reads
from auditor.claims.kinds import Version
from auditor.claims.names import word_set, words
from auditor.lazy import compile_later
from auditor.prose import Prose, Statement

_LEAST = compile_later(r"(?:>=)?3\.(?:[5-9]|1\d)(?:\.\d{1,2})?\+?")
_UP = word_set("newer later higher above greater up onwards")
_ASKS = word_set(
    "require requires required requirement requirements need needs needed prerequisite prerequisites minimum"
)
_OLD = word_set("drop drops dropped dropping older old earlier before previous previously until last legacy since if using version's")  # fmt: skip
_FEW = 6  # words of a list entry that is about nothing else


@reads("python-floor")
def python_floor(prose: Prose, case: Case) -> Iterator[tuple[Statement, Version]]:
    """The version at which a sentence that says what is required, or a short entry of a list, lets Python start, or the range of
    several specifiers that follows the word. Leaves alone what speaks of other releases, and versions that are only named."""
    for statement in prose.of():
        if statement.kind not in ("sentence", "item") or len(statement.plain) > 300:
            continue
        said = words(statement.plain)
        if said & _OLD or not (said & _ASKS or (statement.kind == "item" and len(statement.plain.split()) <= _FEW)):
            continue
        if value := _range(statement.plain):
            yield statement, Version(kind="version", quote=statement.text, of="python", value=value, place="project")
        elif (least := _least(statement.plain.split())) is not None:
            yield (
                statement,
                Version(kind="version", quote=statement.text, of="python", value=f">={least}", place="project"),
            )


def _least(said: list[str]) -> str | None:
    """The version that follows the word Python and is said to be the oldest one; None where there is none, or there are two."""
    bare = [w.strip("()*,;.:").lower() for w in said]
    found = []
    for at, word in enumerate(bare):
        if not word.startswith("python"):
            continue
        glued = word.removeprefix("python")
        rest = [glued, *bare[at + 1 : at + 5]] if glued else bare[at + 1 : at + 5]
        rest = [w for w in rest if w not in ("version", "versions", ":")]
        if rest[:1] in (["≥"], [">="]):
            rest = [f">={rest[1]}", *rest[2:]] if len(rest) > 1 else []
        if not rest or not _LEAST.fullmatch(rest[0].replace("≥", ">=")):
            continue
        version = rest[0].replace("≥", ">=")
        open_ended = version.startswith(">=") or version.endswith("+") or (rest[1:2] in (["or"], ["and"]) and bool({*rest[2:3]} & _UP))  # fmt: skip
        if open_ended:
            found.append(version.strip(">=+"))
    return found[0] if len(set(found)) == 1 else None


_SPECIFIER = r"(?:>=|<=|==|~=|!=|>|<)\s{0,2}[23](?:\.\d{1,2}){0,2}(?:\.\*)?"
_RANGE = compile_later(
    rf"(?i)\bpython3?(?:\s{{1,2}}versions?)?\s{{0,2}}:?\s{{0,2}}\(?({_SPECIFIER}(?:\s{{0,2}},?\s{{0,2}}{_SPECIFIER}){{1,5}})(?!\w|\.\w)"
)


def _range(said: str) -> str:
    """The two or more specifiers that follow the word Python, as one; empty where there are none, or such more than once."""
    found = [m[1] for m in _RANGE.finditer(said.replace("\u2265", ">=").replace("\u2264", "<="))]
    return ",".join("".join(s.split()) for s in re.findall(_SPECIFIER, found[0])) if len(found) == 1 else ""


# -- badges ------------------------------------------------------------------------------------------------------------

_BADGE = compile_later(
    r"(?i)https?://img\.shields\.io/badge/python(?:(?:%20|_)versions?)?-((?:[^-\s)\"'?]|--){1,80})-[\w.%]{1,40}"
)
_PLAIN = compile_later(r"v?([23]\.\d{1,2}(?:\.\d{1,2})?)(\+)?")
_BETWEEN = compile_later(r"([23]\.\d{1,2})\s*-\s*([23]\.\d{1,2})")


@reads("python-badge")
def python_badge(prose: Prose, case: Case) -> Iterator[tuple[Statement, Version]]:
    """What a badge of shields.io that is written by hand says of Python: one version, several, from one on, or a range. Leaves
    alone badges that are made from the package's metadata, which cannot differ from it, and messages of another form."""
    for statement in (*prose.of(), *prose.hidden()):
        if "shields.io/badge/python" not in statement.text.lower():
            continue
        for badge in _BADGE.finditer(statement.text):
            if value := _message(badge[1]):
                yield statement, Version(kind="version", quote=badge[0], of="python", value=value, place="project")


def _message(raw: str) -> str:
    """The specifiers that a badge's message stands for, alternatives apart by ` | `; empty where it has another form."""
    said = (
        unquote(raw.replace("--", "%2D").replace("__", "%5F").replace("_", " "))
        .replace("\u2013", "-")
        .replace("\u2265", ">=")
    )
    if between := _BETWEEN.fullmatch(said.strip()):
        return f">={between[1]},<={between[2]}.99"
    if least := re.fullmatch(r">=\s{0,2}([23](?:\.\d{1,2}){1,2})", said.strip()):
        return least[1]
    if re.fullmatch(rf"{_SPECIFIER}(?:\s{{0,2}},?\s{{0,2}}{_SPECIFIER}){{0,5}}", said.strip()):
        return ",".join("".join(s.split()) for s in re.findall(_SPECIFIER, said))
    each = [_PLAIN.fullmatch(one.strip()) for one in re.split(r"[|,/]", said)]
    if not each or not all(each):
        return ""
    if len(each) == 1 and each[0] and each[0][2]:
        return each[0][1]  # from there on
    return " | ".join(_specifier(m[1], bool(m[2])) for m in each if m)


def _specifier(version: str, on: bool) -> str:
    return f">={version}" if on else f"=={version}" + ".*" * (version.count(".") == 1)
