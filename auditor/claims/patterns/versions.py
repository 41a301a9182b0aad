"""The oldest Python that a project says it runs on: `Python 3.9+`, `Python >= 3.9`, `Python 3.9 or newer`."""

from collections.abc import Iterator

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
    """The version at which a sentence that says what is required, or a short entry of a list, lets Python start. Leaves alone
    what speaks of other releases, and versions that are only named."""
    for statement in prose.of():
        if statement.kind not in ("sentence", "item") or len(statement.plain) > 300:
            continue
        said = words(statement.plain)
        if said & _OLD or not (said & _ASKS or (statement.kind == "item" and len(statement.plain.split()) <= _FEW)):
            continue
        if (least := _least(statement.plain.split())) is not None:
            yield statement, Version(kind="version", quote=statement.text, of="python", value=least, place="project")


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
