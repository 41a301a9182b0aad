"""What a check tells a group of its repository, whatever the report says: files that a merge left torn, docker files that copy what is
not there, and keys that only the history still has."""

import shlex
from collections.abc import Collection, Iterator

from auditor.boundary import attempt
from auditor.facts.changes import changes
from auditor.facts.images import copies, own_dockerfiles
from auditor.facts.secrets import Found, keys_of, secrets
from auditor.form.broken import torn
from auditor.form.flaw import Number
from auditor.gitsnapshot import OpenSnapshot
from auditor.holes import watching
from auditor.lazy import dataclass
from auditor.models import Citation, Claim, Evidence, Problem, Source, Verdict
from auditor.readers.python import python
from auditor.readers.text import readable
from auditor.redact import is_key_file
from auditor.repository import Unreadable
from auditor.snapshot import File, Snapshot

_BLOBS = 300  # old versions of files that are searched for keys
_LARGE = 100_000  # bytes of one
_KEYS = 5  # of the history that are told
_TEXT = frozenset(
    ["py", "ipynb", "yaml", "yml", "toml", "json", "sh", "cfg", "ini", "env", "md", "txt", "dockerfile", "tf", "js", "ts"]
)  # fmt: skip


@dataclass(frozen=True)
class End:
    """One of them: its rule, where it is, what it is called, what is shown and wrong, and what to do."""

    rule: str
    path: str
    line: int
    quote: str
    shows: str
    difference: str
    hint: str
    evidence: Evidence
    detail: bool = False


def loose_ends(
    snapshot: Snapshot, report: str, number: Number, failed: list[Problem], unmerged: Collection[str] = ()
) -> list[Verdict]:
    """One verdict for each, with ids L1, L2, ...; the report itself is left to its form. `unmerged` are the paths that git has in
    two versions. What could not be looked for is among what `failed`."""
    found: list[End] = []
    for what, look in (
        ("the search for unfinished merges", lambda: [*_torn(snapshot, report), *_unmerged(snapshot, unmerged)]),
        ("what docker files copy", lambda: list(_copies(snapshot))),
        ("the search for keys in the history", lambda: list(_old_keys(snapshot))),
    ):
        made, why = attempt(look, what)
        found += made or ()
        if why:
            failed.append(Problem(message=why))
    return [_verdict(f"L{n}", end, number) for n, end in enumerate(found, 1)]


def _verdict(id_: str, end: End, number: Number) -> Verdict:
    piece = end.evidence.model_copy(update={"probe": "form"})
    return Verdict(
        id=id_,
        claim=Claim(source=Source(kind="report", n=0), quote=end.quote, line=1, path=end.path, path_line=end.line),
        label="contradicted",
        citations=(Citation(evidence=number(piece), quote=piece.excerpt or piece.note),),
        repo_shows=end.shows,
        difference=end.difference,
        by="form",
        rule=end.rule,
        detail=end.detail,
        hint=end.hint,
    )


# -- unfinished merges -------------------------------------------------------------------------------------------------


def _torn(snapshot: Snapshot, report: str) -> Iterator[End]:
    """Files of text with git's three marks in their order, each at the start of a line. A file that shows them as an example has them
    within a line, or in a fence of Markdown."""
    with watching():  # what has no text has no lines either
        for file in snapshot.files.values():
            if file.path == report or file.suffix in ("rst", "diff", "patch", "rej") or not readable(file):
                continue
            text = file.text
            if "<<<<<<< " not in text and ">>>>>>> " not in text:
                continue
            marks = first_torn(file)
            if marks is None:
                continue
            first, last = marks
            lines = f"line {first}" if first == last else f"lines {first} to {last}"
            yield End(
                "conflict-markers", file.path, first, f"{file.path}, {lines}",
                f"{file.path} has git's marks in {lines}.",
                "A merge was not finished here: git's marks stand in the file.",
                f"Keep one version of what stands at {lines} of {file.path}, and delete the lines with <<<<<<<, ======= and >>>>>>>.",
                file.cite(first, note="an unfinished merge"),
            )  # fmt: skip


_MARKED = ("md", "markdown", "qmd", "rmd")  # where code stands in fences
_CODE = frozenset(
    ["py", "yaml", "yml", "toml", "json", "sh", "cfg", "ini", "js", "ts", "tf", "ipynb", "dockerfile", *_MARKED]
)


def first_torn(file: File) -> tuple[int, int] | None:
    """The first and last line of the first conflict that git left in a file, or the first mark that is left of one where no text has such
    of its own; None without, and where what it stands in is Python all the same: a text that shows one."""
    if file.suffix == "py" and python(file) is not None:
        return None
    found = list(torn(file.lines, fenced=file.suffix in _MARKED))
    whole = [(marks[0], marks[-1]) for marks in found if len(marks) > 1]
    alone = [(marks[0], marks[0]) for marks in found if file.suffix in _CODE]
    return next(iter(whole or alone), None)


def _unmerged(snapshot: Snapshot, paths: Collection[str]) -> Iterator[End]:
    """Files that git has in two versions, as far as no mark in them says so: as they are on disk they are in no commit yet."""
    for path in sorted(paths):
        file = snapshot.files.get(path)
        with watching():
            if file is not None and readable(file) and first_torn(file):
                continue
            marks = list(torn(file.lines)) if file is not None and readable(file) else []
        quoted = shlex.quote(path)
        shown = f"; git's marks are in lines {marks[0][0]} to {marks[-1][-1]}" if marks else ""
        yield End(
            "conflict-markers", path, marks[0][0] if marks else 0, path, f"git has {path} in the versions of both sides{shown}.",
            "A merge was not finished: git commits nothing until it knows which version is meant.",
            f"Keep one version of what stands at lines {marks[0][0]} to {marks[-1][-1]} of {path}, and delete git's marks; then git add {quoted} and git commit."
            if marks
            else f"git add {quoted} if it is as it is meant, else `git rm {quoted}`; then git commit.",
            Evidence(kind="fact", path=path, note=f"{path}: unmerged", sources=(path,)),
        )  # fmt: skip


# -- docker files ------------------------------------------------------------------------------------------------------


def _copies(snapshot: Snapshot) -> Iterator[End]:
    """What a docker file copies from a context that lacks it at this commit, in whichever folder it is built. What git ignores, DVC keeps,
    a tool or own code makes, is left alone; so is what may lie where nobody could look, and what CI, a task or another file names,
    which may fetch it before the build."""
    for file in own_dockerfiles(snapshot):
        with watching() as watch:
            lacking = [c for c in copies(snapshot, file) if c.state == "missing"]
        if watch:
            continue
        for copy in lacking:
            if _named(snapshot, copy.source.strip("/").rsplit("/", 1)[-1]):
                continue
            yield End(
                "docker-copy-missing", file.path, copy.line, f"{file.path}: {copy.source}",
                f"{file.path}:{copy.line} copies {copy.source}.",
                f"The commit has no {copy.source}, and nothing says that it comes from elsewhere: the image cannot be built from a fresh clone.",
                f"Commit {copy.source}, say in the README how to get it before the build, or take line {copy.line} out of {file.path}.",
                file.cite(copy.line),
            )  # fmt: skip


def _named(snapshot: Snapshot, base: str) -> bool:
    """Whether code, configuration or CI names a file, or a folder as part of a path: what is named so may be fetched or made."""
    elsewhere = ("!**/*dockerfile*", "!**/*.{md,rst,txt,ipynb}", "!reports/**", "!**/.dockerignore")
    said = (base,) if "." in base else (f"{base}/", f"/{base}")
    return bool(snapshot.select(("**/*", *elsewhere), mentions=said).chosen)


# -- keys in the history -----------------------------------------------------------------------------------------------


def _old_keys(snapshot: Snapshot) -> Iterator[End]:
    """Keys of earlier versions of files that no file has any more. Files that are there to hold keys go first; no more than some
    hundred versions are read, and none of what is no text."""
    if not isinstance(snapshot, OpenSnapshot):
        return
    here = {f.mark for f in secrets(snapshot)}
    seen: set[str] = set()
    old: list[tuple[bool, str, str, str]] = []
    with watching():  # a history that is not whole only shows less
        for sha, made in changes(snapshot).items():
            for change in made:
                if change.before and change.before not in seen and _may_hold(change.was or change.path):
                    seen.add(change.before)
                    path = change.was or change.path
                    old.append((not (is_key_file(path) or change.gone), sha, path, change.before))
        old.sort(key=lambda o: o[0])  # stable: the newest first
        told = 0
        for _, sha, path, blob in old[:_BLOBS]:
            for key in _keys_of(snapshot, path, blob):
                if key.mark in here or key.doubt:
                    continue
                here.add(key.mark)
                told += 1
                if told > _KEYS:
                    return
                yield _old_key(key, path, sha[:7])


def _may_hold(path: str) -> bool:
    base = path.rsplit("/", 1)[-1].lower()
    return is_key_file(path) or base.rpartition(".")[2] in _TEXT or "dockerfile" in base


def _keys_of(snapshot: OpenSnapshot, path: str, blob: str) -> list[Found]:
    try:
        data = snapshot.blob(blob)
    except Unreadable:
        return []
    if len(data) > _LARGE or b"\0" in data[:1000]:
        return []
    return keys_of(File(path, blob, len(data), lambda: data))


def _old_key(key: Found, path: str, sha: str) -> End:
    article = "an" if key.kind[0] in "AEIOUaeiou" else "a"
    note = f"{article} {key.kind} stood in line {key.line} of {path} before commit {sha}; its value is left out"
    return End(
        "secret-in-history", path, key.line, f"{key.kind} in the history of {path}",
        f"{article.capitalize()} {key.kind} stood in {path}:{key.line} before commit {sha}; its value is not shown here.",
        "It was taken out, and is still in the history: whoever can clone the repository can use it.",
        f"Withdraw the {key.kind} where it was made, and make a new one; taking it out of the file is not enough.",
        Evidence(kind="fact", path="", note=note, sources=(f"commit {sha}",)),
    )  # fmt: skip
