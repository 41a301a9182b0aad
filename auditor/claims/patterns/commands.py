"""Commands from rigid forms: code spans, fences of a shell, and lines of their own."""

import re
from collections.abc import Collection, Iterator

from auditor.claims.case import Case, reads
from auditor.claims.kinds import Command, Strength
from auditor.claims.names import word_set, words
from auditor.claims.patterns.files import around
from auditor.facts.refusals import PROGRAMS, own_programs
from auditor.lazy import compile_later
from auditor.prose import Prose, Statement
from auditor.readers.shell import shell_commands
from auditor.seen import code_spans

_SHELLS = word_set("bash sh shell console zsh text txt terminal cmd powershell ps1 shell-session shellscript plaintext batch ps") | {""}  # fmt: skip
_LINE = compile_later(
    r"(?:^|(?<=[\"'“”‘’«:])|(?<=\b(?i:command) )|(?<=\b(?i:running) ))[ \t]*(?:\$ )?((?:docker(?:-compose| compose| build| run| buildx)|python3?|uv run|poetry run|pip install|conda env create|invoke|inv|uvicorn|streamlit run|locust -f|pixi run|dvc repro)[ \t]+[^\n\"“”‘’`]+)",
    re.MULTILINE,
)
_STOP = compile_later(r"(?<!\s)[.;,:](?:\s|$)|\s(?:and|then|which|where|to|in order|followed|will|for|you|we|from|with|the|is|it|as|or)(?:\s|$)")  # fmt: skip
# Words before a command that say that it is not run, or not the project's.
_NOT = word_set("not no never without instead rather remove removed replaced former formerly cannot fail fails failed error errors deprecated")  # fmt: skip
_OTHERS = word_set("course courses exercise exercises tutorial tutorials template cookiecutter similar")
_SUPPOSED = word_set("would might ideally imagine suppose plan planned planning intend intended future hypothetical hypothetically")  # fmt: skip
_COULD = ("could", "couldn't", "might")
_READERS = (
    "you",
    "one",
    "anyone",
    "someone",
    "somebody",
    "reader",
    "user",
    "member",
    "developer",
    "person",
    "newcomer",
    "colleague",
    "they",
    "group",
)  # who can type it as it stands
_READER = tuple([one] for one in _READERS)
_STARTS = word_set("runs run starts start executes execute launches launch")


@reads("commands")
def commands(prose: Prose, case: Case) -> Iterator[tuple[Statement, Command]]:
    """Commands in code spans, in fences of a shell and on lines of their own, each with the folder that a `cd` before it leads to
    or that the sentence names. One without marks in a sentence that goes on in plain words is hedged: nobody knows where it ends.
    Leaves alone what is denied, another project's, or what an image is said to run by itself."""
    for statement in prose.of():
        if statement.kind == "heading":
            continue
        about = words(statement.lead if statement.kind == "fence" else statement.plain)
        if about & _OTHERS or (statement.kind != "fence" and _by_image(statement)):
            continue
        starts = PROGRAMS | own_programs(case.snapshot)
        if statement.kind == "fence":
            if statement.info.split(" ")[0].strip("{}.").lower() in _SHELLS and not _denied(statement.lead[-60:]):
                yield from _fence(statement, starts)
            continue
        text = list(statement.text)
        for start, end, span in code_spans(statement.text):
            text[start:end] = " " * (end - start)
            body = re.sub(r"^(?:bash|sh|shell|console)\n", "", span)
            if " " in body.strip() and not _denied(statement.text[max(0, start - 50) : start]):
                yield from _typed(statement, body, start, starts)
        rest = "".join(text)
        for line in _LINE.finditer(rest):
            body = _STOP.split(line[1])[0].rstrip(" '")
            if not (_denied(rest[max(0, line.start() - 50) : line.start()])) and _clear(body):
                for said, claim in _typed(statement, body, line.start(1), PROGRAMS):
                    unsure = claim.strength == "plain" and _runs_on(body) and not _on_its_own(rest, line, body)
                    yield said, claim.model_copy(update={"strength": "hedged"}) if unsure else claim


def _clear(body: str) -> bool:
    """Whether plain words are a command rather than English: a path, an option, a name with a hyphen."""
    return bool(re.search(r"\S*[/_.-]\S", body)) and len(body.split()) > 1


_RUNNERS = ("uv", "poetry", "pixi")


def _runs_on(body: str) -> bool:
    """Whether a plain word stands behind what a command is given first: `invoke deploy submits the job` goes on in English."""
    said = body.split()
    said = said[2:] if said[0] in _RUNNERS and said[1:2] == ["run"] else said
    first = 3 if said[:1] == ["docker"] else 2  # `docker run NAME`
    return any(
        word.isalpha() and word.islower() and not before.startswith("-")
        for before, word in zip(said[first - 1 :], said[first:], strict=False)
    )


def _on_its_own(text: str, line: re.Match[str], body: str) -> bool:
    """Whether nothing else stands on the line of a command, or quotes around it say where it ends."""
    start, end = line.start(1), line.start(1) + len(body)
    if text[start - 1 : start] in ('"', "“") and text[end : end + 1] in ('"', "”"):
        return True
    before = text[text.rfind("\n", 0, start) + 1 : start]
    return not before.strip(" \t$\"'“‘") and not text[end:].partition("\n")[0].strip(" \t\"'”’.")


def _denied(before: str) -> bool:
    return bool(words(before) & _NOT) or "n't " in before or "n’t " in before


def _by_image(statement: Statement) -> bool:
    """Whether an image or its entry point is said to run something: the paths are the image's."""
    said = [w.strip(".,:").lower() for w in statement.plain.split()]
    if "entrypoint" in said or ("entry" in said and "point" in said) or "CMD" in statement.text:
        return True
    subjects = [i for i, w in enumerate(said) if w.rstrip("s") in ("container", "image", "service")]
    return any(set(said[i + 1 : i + 3]) & _STARTS for i in subjects)


def _folder(statement: Statement) -> str:
    """The folder that a sentence about a command names (`from the src folder`)."""
    said = statement.plain.split()
    at = next((i for i, w in enumerate(said) if w.strip(".,:").lower() in ("folder", "directory")), 0)
    return said[at - 1].strip("\"'.,:/") if at else ""


def _typed(statement: Statement, body: str, at: int, starts: Collection[str]) -> Iterator[tuple[Statement, Command]]:
    first = next((c.words[0] for c in shell_commands(re.sub(r"^\s*[$%>!]\s+", "", body), by_hand=True) if c.words and c.words[0] in starts), "")  # fmt: skip
    if first:
        quote = around(statement, at, len(body))
        yield (statement, Command(kind="command", quote=quote, line=body.strip(), folder=_folder(statement), strength=_strength(statement)))  # fmt: skip


def _strength(statement: Statement) -> Strength:
    """As of other statements, but what one can or should type is an instruction, not a plan."""
    if statement.past or statement.attempted:
        return "past"
    opened = statement.introduced.lower()
    if words(opened) & set(_READERS):  # what a new member would type is an instruction
        opened = ""
    low = f"{opened} {'' if statement.kind == 'fence' else statement.plain}".lower()
    said = low.split()
    could = any(w in _COULD and said[max(0, i - 1) : i] not in _READER for i, w in enumerate(said))
    supposed = any(p in low for p in ("we should", "should have", "if we had"))
    return "planned" if could or supposed or words(low) & _SUPPOSED else "plain"


def _fence(statement: Statement, starts: Collection[str]) -> Iterator[tuple[Statement, Command]]:
    rows = statement.text.split("\n")
    clean = "\n".join(re.sub(r"^\s*(?:\(\w[\w.-]*\)\s*)?[$%>!]\s+|^\s*[$!](?=[a-z])", "", row) for row in rows)
    before = ""
    for one in shell_commands(re.sub(r"(?<=[\w.])\\(?=[\w.])", "/", clean.replace("\\_", "_")), by_hand=True):
        if not one.words or one.words[0] not in starts:
            continue
        line = " ".join(f"'{w}'" if " " in w else w for w in one.words)
        if one.words[0] == "cd" and len(one.words) > 1:
            before = f"{before} && {line}" if before else line
            continue
        first = last = min(one.line - 1, len(rows) - 1)
        while rows[last].rstrip().endswith("\\") and last + 1 < len(rows):
            last += 1
        quote = "\n".join(rows[first : last + 1]).strip()
        whole = f"{before} && {line}" if before else line
        yield statement, Command(kind="command", quote=quote, line=whole, strength=_strength(statement))
