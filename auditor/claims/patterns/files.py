"""Files from rigid forms: images and links of the markup, paths and names of files, lists of what was removed or added."""

import re
from collections.abc import Iterator

from auditor.claims.case import Case, reads
from auditor.claims.kinds import File, Strength
from auditor.claims.names import Place, at_run_time, find, word_set, words
from auditor.facts.hosted import page_of
from auditor.facts.mentions import clean, is_file, mentions
from auditor.lazy import compile_later
from auditor.markup import references
from auditor.prose import Prose, Statement

_MOST = 40  # words of a quote


def strength(statement: Statement) -> Strength:
    """How firmly a statement speaks of what is there."""
    if statement.planned or statement.personal:
        return "planned"
    return "past" if statement.past else "attempted" if statement.attempted else "plain"


def around(statement: Statement, at: int, length: int) -> str:
    """The words around a place of a statement, verbatim: the statement if it is short, else the clause."""
    text = statement.text
    if len(text) <= 250 and len(text.split()) <= _MOST:
        return text
    start, end = max(0, at - 90), min(len(text), at + length + 90)
    for mark in re.finditer(r"[;:]\s|,\s(?=(?:and|while|which|where|with|we)\b)|\n", text[start:at]):
        if len(text[start + mark.end() : at].split()) >= 3:
            start += mark.end()
            break
    else:
        start = 0 if start == 0 else text.find(" ", start) + 1
    end = len(text) if end == len(text) else max(text.rfind(" ", at + length, end), at + length)
    return text[start:end].strip()


# -- links and images --------------------------------------------------------------------------------------------------


@reads("images")
def images(prose: Prose, case: Case) -> Iterator[tuple[Statement, File]]:
    """Images of Markdown and HTML, each address once in an answer. Leaves alone what stands in code."""
    for question in prose.report.questions:
        if question.private or ("!" not in question.answer and "<" not in question.answer):
            continue
        rows = question.answer.split("\n")
        numbers = question.row_lines or range(question.answer_lines[0], question.answer_lines[0] + len(rows))
        seen: set[str] = set()
        for image in references(question.answer):
            if not image.image or image.why or image.line >= len(rows) or image.target in seen:
                continue
            seen.add(image.target)
            row = rows[image.line].strip()
            made = Statement(question, "sentence", row, numbers[image.line])
            yield made, File(kind="file", quote=row, path=image.target, state="there", via="image")


_BARE = compile_later(r"https?://[^\s)>\]\"`]+")


@reads("links")
def links(prose: Prose, case: Case) -> Iterator[tuple[Statement, File]]:
    """Links with a relative or rooted address or an anchor of the page, and addresses of files on the host. Leaves alone fences."""
    for statement in prose.of():
        if statement.kind == "fence" or not any(mark in statement.text for mark in ("](", "][", "<", "://")):
            continue
        targets = [k.target for k in statement.links if not k.image and k.target]
        shown = {k.target for k in statement.links if k.image}
        bare = (m[0].rstrip(".,:;*_") for m in _BARE.finditer(statement.text))
        targets += [a for a in bare if a not in shown and page_of(a, case.history)]
        for target in dict.fromkeys(targets):
            at = max(statement.text.find(target), 0)
            quote = around(statement, at, min(len(target), 60))
            yield statement, File(kind="file", quote=quote, path=target, state="there", via="link")


# -- paths -------------------------------------------------------------------------------------------------------------

# Words with which a sentence speaks of a file that is not, or no longer, part of the project, or that it compares with.
_AWAY = word_set("""remove removed removing removal delete deleted deleting rename renamed renaming replace replaced replacing drop dropped discard discarded eliminated migrate migrated
    switch switched moved merged unused obsolete deprecated legacy former formerly old rather unlike opposed alternative alternatively alternatives traditional traditionally
    missing ignore ignored ignoring avoid avoids avoided instead not no never none neither nor without lack lacks cannot skip skipped exclude excluded excluding had""")
_LOOSE = word_set("example ex instance like similar typical typically")
_ANY = word_set("any each every")  # before a name: of one among many; behind it they say when, or for what


@reads("paths")
def paths(prose: Prose, case: Case) -> Iterator[tuple[Statement, File]]:
    """Names of files, and of folders in code spans, in sentences that speak plainly of what is there. Leaves alone sentences
    with a word of what is not (removed, instead, not), examples, and names that nothing explains in a sentence of others."""
    for statement in prose.sentences():
        if "." not in statement.text and "/" not in statement.text:
            continue
        listed = statement.kind in ("item", "row")
        about = words(f"{statement.heading} {statement.lead} {statement.plain}" if listed else statement.plain)
        if about & _AWAY or any("n't" in w or "n’t" in w for w in statement.text.split()):
            continue
        said = strength(statement)
        for name, at, code in dict.fromkeys(mentions(statement.text)):
            loose = _example(about, statement.plain) or bool(words(statement.text[:at]) & _ANY)
            quote = around(statement, at, len(name))
            place = find(case, name, said=f"{statement.heading} {statement.lead} {statement.plain}" if listed else statement.plain)  # fmt: skip
            if place.how == "unknown" or (place.how == "absent" and not _plainly(statement, place, name, code, loose)):
                continue
            yield statement, File(kind="file", quote=quote, path=name, state="there", strength=said)


_PLACED = word_set(
    "implemented defined located found placed contained contains stored configured described pinned locked listed declared lies lie lives live"
)


def _example(about: frozenset[str], said: str) -> bool:
    """Whether a sentence gives examples."""
    return bool(about & _LOOSE) or "e.g" in said.lower()


def plainly_there(statement: Statement) -> bool:
    """Whether a sentence speaks plainly of what is there: no plan, no try, no example, no word of what is not."""
    about = words(f"{statement.heading} {statement.lead} {statement.plain}")
    denied = (
        bool(about & (_AWAY | _ANY))
        or _example(about, statement.plain)
        or any("n't" in w or "n’t" in w for w in statement.text.split())
    )
    return not denied and strength(statement) == "plain" and not at_run_time(statement.plain)


def _plainly(statement: Statement, place: Place, name: str, code: bool, loose: bool) -> bool:
    """Whether a sentence that names a missing file or folder says that it is part of this project."""
    ours = statement.ours or bool(words(statement.plain) & _PLACED)
    if not place.never:
        return ours or not name.endswith("/")
    if name.endswith("/"):
        return code and statement.ours and not loose and not at_run_time(statement.plain)
    return ours and not loose and (code or "/" in name)


# -- removed and added -------------------------------------------------------------------------------------------------

_DONE = {"removed": "removed", "deleted": "removed", "added": "added", "created": "added", "introduced": "added"}
_FOLDERS = word_set("folder folders directory directories subfolder subfolders")
_FILES = word_set("file files script scripts module modules")
_BETWEEN = word_set("the a an our and also both new separate extra additional entire whole unused empty following as well several some other own")  # fmt: skip
# ... and words after which the rest of the sentence is about something else.
_UNSURE = word_set("again re-added readded back initially originally previously content contents temporarily restored restoring restore reinstated reintroduced recreated reverted some parts part except apart locally history branch branches extended modified adapted adjusted expanded updated")  # fmt: skip
_NOT = word_set("not never no without didnt")
_PIECE = compile_later(r"`[^`]+`|[\w./-]+(?:['’]t)?|[,&:;(]")


@reads("structure", "structure")
def structure(prose: Prose, case: Case) -> Iterator[tuple[Statement, File]]:
    """What was removed or added: `removed` or `added` with the list of names that follows it at once (code spans, paths, or words
    before `folder`), or `the X folder was removed`, in the answer about the structure. Leaves alone plans, denials, contents."""
    for statement in prose.sentences("structure"):
        said = words(statement.plain)
        if statement.planned or statement.personal or statement.attempted or said & _UNSURE:
            continue
        pieces = [p for m in _PIECE.finditer(statement.text) for p in (m[0].rstrip("."), "." * m[0].endswith(".")) if p]
        if statement.kind == "item" and (verb := _introduced(statement.lead)):
            pieces = [verb, *pieces[:1], "folder"]
        for k, piece in enumerate(pieces):
            state = _DONE.get(piece.lower())
            if state is None or any(p.lower() in _NOT or p.endswith(("n't", "n’t")) for p in pieces[max(0, k - 5) : k]):
                continue
            before = pieces[max(0, k - 5) : k]
            listed = _listed(pieces[k + 1 :])
            if not listed and len(before) >= 3 and before[-1] in ("was", "were", "been"):
                listed = _before(before)
            for name in listed:
                at = statement.text.find(name)
                after = words(statement.text[at + len(name) :])
                if state == "removed" and "from" in after and not after & _HERE:
                    continue
                path = clean(name.strip("`"))
                quote = around(statement, at, len(name))
                yield (statement, File(kind="file", quote=quote, path=path, state="removed" if state == "removed" else "added"))  # fmt: skip


_HERE = word_set("template cookiecutter repository repo project structure")


def _introduced(lead: str) -> str:
    """What the line above a list says of its entries: `removed` or `added`, if it ends by saying that they follow."""
    said = [w.strip(".,:").lower() for w in lead.split()]
    return next((w for w in said if w in _DONE), "") if "following" in said or lead.rstrip().endswith(":") else ""


def _named(piece: str) -> bool:
    """Whether a piece is a name as it stands: code, a path, a file."""
    if piece.startswith("`"):
        return not re.search(r"\s|\(", piece)
    return "/" in piece.lstrip("./") or bool(is_file(piece))


def _listed(pieces: list[str]) -> list[str]:
    """The names of a list that begins at once: names as they stand, plain words where `folder` ends them; behind what explains
    an entry (`a data/ folder for the sets, a docs/ folder`) only a name that `folder` or `file` follows."""
    found: list[str] = []
    loose: list[str] = []
    expect, explains = True, False
    for k, piece in enumerate(pieces):
        low = piece.lower()
        following = pieces[k + 1].lower() if k + 1 < len(pieces) else ""
        if piece == ".":
            break
        if low in ("named", "called"):
            found += [f for f in pieces[k + 1 : k + 2] if expect and not found and re.fullmatch(r"[\w.-]+", f)]
            expect = False
        elif low in _FOLDERS | _FILES:
            found += loose if low in _FOLDERS else []
            loose, expect = [], expect or not found
        elif piece in (",", "&", ":") or low in ("and", "as"):
            expect = True
        elif expect and _named(piece) and (not explains or following in _FOLDERS | _FILES):
            found.append(piece)
            expect = False
        elif low in _BETWEEN:
            continue
        elif expect and not explains and re.fullmatch(r"\.?[\w-]+", piece):
            loose.append(piece)
            expect = False
        elif expect or not found or loose or piece in ("(", ";"):
            break
        else:
            explains = True
    return found[:8]


def _before(pieces: list[str]) -> list[str]:
    """The name of `the X folder was`."""
    named = [p for p in pieces[:-1] if p.lower() not in _FOLDERS | _FILES | _BETWEEN]
    is_folder = any(p.lower() in _FOLDERS | _FILES for p in pieces)
    return [named[-1]] if named and is_folder and (_named(named[-1]) or pieces[-2].lower() in _FOLDERS) else []
