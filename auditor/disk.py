"""What a working tree shows that no commit does: files that the report names and that were deleted, renamed, never added or
never there."""

import difflib
import posixpath
import re
import shlex
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

from auditor.claims.case import Case
from auditor.claims.names import find
from auditor.claims.patterns.files import plainly_there
from auditor.facts.mentions import mentions
from auditor.facts.names import GENERIC, names
from auditor.facts.places import SLIP, Place
from auditor.form.flaw import Flaw
from auditor.lazy import compile_later, dataclass
from auditor.models import Question, Report, Source
from auditor.redact import is_key_file
from auditor.repository import Unreadable
from auditor.snapshot import File, Snapshot

_NAMED = compile_later(r"(?<![\w/.:@-])(?:\.{0,2}/)?[\w.-]+(?:/[\w.-]+)*/?")
_CODE = ("py", "ipynb", "yaml", "yml", "toml", "sh", "cfg", "ini")  # what nobody makes at run time
_PROGRAM = ("py", "ipynb", "sh")
_ALIKE = 0.6  # of the lines of two files, where one is the other renamed
_MANY = 50  # new files that a deleted one is compared with
_LARGE = 200_000
_LINES = 5
_SHORT = 4  # letters of a name in which one that is off is a slip


@dataclass(frozen=True)
class Named:
    """Where the answers name a file or folder: the line, the question, and the words."""

    line: int
    question: int
    name: str


class Disk:
    """A checkout, held against its last commit: `head` are that commit's files, `changed` the paths that differ from it;
    `left_out` are those that a sparse checkout does not write."""

    def __init__(
        self,
        report: Report,
        tree: Snapshot,
        head: Mapping[str, File],
        changed: frozenset[str],
        left_out: frozenset[str] = frozenset(),
    ) -> None:
        self.report = report
        self.tree = tree
        self.head = head
        self.here = frozenset(dict.keys(tree.files))
        self.gone = sorted(p for p in head if p not in self.here and p not in left_out)
        if len(self.gone) * 2 > len(head):  # a checkout that is not whole, rather than deleted files
            self.gone = []
        self.new = sorted(p for p in changed if p not in head)
        self.words = [w for q in report.questions if not q.private for w in _named_in(q.n, _rows(q))]

    def naming(self, path: str, among: Iterable[str] = ()) -> list[Named]:
        """Where the answers name a path: as it is, or by an end of it that means no other file."""
        others = {p for p in {*self.here, *among} if p != path}
        found = []
        for word in self.words:
            name = word.name
            if name == path or (
                path.endswith("/" + name)
                and ("." in name or "/" in name)
                and not any(p == name or p.endswith("/" + name) for p in others)
            ):
                found.append(word)
        return found

    def in_code(self, folder: str) -> list[Named]:
        """Where the answers name a folder of the root alone, as code."""
        rows = [(q.n, n, row) for q in self.report.questions if not q.private for n, row in _rows(q)]
        return [Named(n, q, folder) for q, n, row in rows if f"`{folder}`" in row or f"`{folder}/`" in row]

    def folder_now(self, folder: str) -> str:
        """What a folder that is gone is called now: where more than half of its files are under their old names; empty where
        there is none such, or two."""
        held = [p for p in self.gone if p.startswith(f"{folder}/")]
        found: Counter[str] = Counter()
        for path in held[:_MANY]:
            rest = path[len(folder) :]
            found.update({p[: -len(rest)] for p in self.new if p.endswith(rest) and len(p) > len(rest)})
        best = [f for f, n in found.most_common(2) if n * 2 > len(held[:_MANY])]
        return best[0] if len(best) == 1 else ""

    def now(self, path: str) -> str:
        """What a deleted file is called now, as far as the files on disk tell; empty where it is none of them."""
        old = self.head[path]
        same = [p for p in self.new if old.blob and self.tree.files[p].blob == old.blob]
        same = same or [p for p in self.new if posixpath.basename(p) == posixpath.basename(path)]
        if same:
            return same[0] if len(same) == 1 else ""
        close = [p for p in self.new if posixpath.splitext(p)[1] == posixpath.splitext(path)[1]][:_MANY]
        rated = [(_likeness(old, self.tree.files[p]), p) for p in close]
        likely = max(rated, default=(0.0, ""))
        return likely[1] if likely[0] >= _ALIKE else ""


def on_disk(disk: Disk, case: Case, told: Callable[[int, str], bool]) -> Iterator[Flaw]:
    """What is not there any more, or never was, although the answers name it; one flaw for each file or folder. `told` says of
    a line and a name whether another finding is about it already. What is made at run time, ignored or kept elsewhere, and
    names in sentences that do not plainly say that it is there, are left alone."""
    yield from _deleted(disk, told)
    yield from _never_there(disk, case, told)


def _deleted(disk: Disk, told: Callable[[int, str], bool]) -> Iterator[Flaw]:
    moved: set[str] = set()
    for path in _gone_folders(disk):
        to = disk.folder_now(path)
        within = [p for p in disk.gone if to and p.startswith(f"{path}/") and to + p[len(path) :] in disk.here]
        moved.update(within)
        where = [w for w in disk.words if "/" in w.name and _of(path, w.name.rstrip("/"), bool(to))]
        where += disk.in_code(path) if to and "/" not in path else []
        where += [w for p in within for w in disk.naming(p, disk.gone)]
        if where := [w for w in where if not told(w.line, w.name)]:
            where.sort(key=lambda w: w.line)
            said = f"{path} is now called {to}." if to else f"{path}/ was deleted, and the last commit still has it."
            yield _flaw(where, said, path, to, folder=True)
    for path in disk.gone:
        where = [w for w in disk.naming(path, disk.gone) if path not in moved and not told(w.line, w.name)]
        if where:
            to = disk.now(path)
            said = (
                f"{path} is now called {to}."
                if to
                else f"{path} was deleted: it is in the last commit and not on disk any more."
            )
            yield _flaw(where, said, path, to)


def _of(folder: str, name: str, below: bool) -> bool:
    return name == folder or (below and name.startswith(f"{folder}/"))


def _flaw(where: list[Named], difference: str, path: str, to: str, folder: bool = False) -> Flaw:
    first = where[0]
    lines = sorted({w.line for w in where})
    named = f"line {lines[0]}" if len(lines) == 1 else f"lines {', '.join(map(str, lines[:_LINES]))}"
    if to and folder:
        hint = f"Write {to} in place of {path} in {named}: the folder is now called {to}."
    elif to:
        hint = f"Write {_as_named(first.name, path, to)} in {named}: the file is now called {to}."
    else:
        back = f"git checkout HEAD -- {shlex.quote(path)}"
        hint = f"Put it back ({back}), or take it out of {named}."
    return Flaw(
        "file-not-there", Source(kind="question", n=first.question), first.line, first.name,
        f"names {first.name} in {named}", difference, hint, fact=f"{path} is not on disk{'; ' + to + ' is' if to else ''}",
    )  # fmt: skip


def _as_named(name: str, path: str, to: str) -> str:
    """The new name, in as many words as the report used for the old one."""
    if name == path:
        return to
    depth = name.count("/") + 1
    return "/".join(to.split("/")[-depth:])


def _gone_folders(disk: Disk) -> list[str]:
    """The folders that the last commit has files in and the disk none; of one within another the outer one."""
    left = {p[:i] for p in disk.here for i, c in enumerate(p) if c == "/"}
    gone = {p[:i] for p in disk.gone for i, c in enumerate(p) if c == "/"} - left
    return sorted(f for f in gone if posixpath.dirname(f) not in gone)


def _never_there(disk: Disk, case: Case, told: Callable[[int, str], bool]) -> Iterator[Flaw]:
    folders = {posixpath.dirname(p) for p in disk.here}
    seen: set[str] = set()
    for statement in case.prose.sentences():
        if not ("/" in statement.text or "`" in statement.text) or statement.question.private:
            continue
        for name, at, code in mentions(statement.text):
            folder, base = posixpath.split(name)
            ending = base.rpartition(".")[2].lower()
            if not code or name in seen or (folder and (folder not in folders or ending not in _CODE)):
                continue
            place = find(case, name, said=statement.plain)
            if not folder and not _one_off(name, place, statement.text, case):
                continue
            line = statement.line + statement.text.count("\n", 0, max(at, 0))
            slip = place.how == "there" and place.why == SLIP
            missing = slip or (place.how == "absent" and place.never)
            if not missing or told(line, name) or not plainly_there(statement):
                continue
            seen.add(name)
            near = place.path if slip else place.near.path if place.near else ""
            if not near:
                beside = [posixpath.basename(p) for p in disk.here if posixpath.dirname(p) == folder]
                near = next((f"{folder}/{b}" for b in difflib.get_close_matches(base, beside, 1, 0.85)), "")
            hint = (
                f"Write {near} in line {line}."
                if near
                else f"Add the file, or write the name that it has in line {line}."
            )
            yield Flaw(
                "file-not-there", Source(kind="question", n=statement.question.n), line, name, f"names {name}",
                f"There is no {name} in the repository, and no commit ever had it" + (f"; {near} is there." if near else "."),
                hint, fact=f"{folder}/ has no {base}" if folder else f"no folder has a {base}", detail=slip or not folder,
            )  # fmt: skip


def kept_out(
    disk: Disk, case: Case, ever: Collection[str], ignored: Callable[[str], str]
) -> dict[str, tuple[int, str]]:
    """The files that sentences plainly say are there and that are on disk alone, since git ignores them: each with its line, and where
    it says so. What tools make, and what is kept out on purpose (keys, settings of one machine), is left alone: only programs
    count, and files of other kinds that a commit once had, in a folder that is not kept out with them."""
    folders = {posixpath.dirname(p) for p in disk.here}
    found: dict[str, tuple[int, str]] = {}
    for statement in case.prose.sentences():
        if statement.question.private or not ("." in statement.text or "/" in statement.text):
            continue
        for name, at, code in mentions(statement.text):
            path = posixpath.normpath(name) if name else ""
            ending = path.rpartition(".")[2].lower()
            known = ending in _CODE and path in ever and posixpath.dirname(path) in folders
            if not code or path in found or path in disk.here or is_key_file(path) or not (ending in _PROGRAM or known):
                continue
            if (rule := ignored(path)) and plainly_there(statement):
                found[path] = (statement.line + statement.text.count("\n", 0, max(at, 0)), rule)
    return found


def _one_off(name: str, place: Place, said: str, case: Case) -> bool:
    """Whether a bare name is one letter or digit off that of a file that is there, with the same ending, and was never anything else:
    nothing makes it, git ignores none of its name, history has none, and the sentence does not name both."""
    known = names(case.snapshot)
    near = posixpath.basename(place.paths[0] if place.paths else place.near.path if place.near else "")
    ending = name.rpartition(".")[2].lower()
    if ending not in (*_CODE, "dockerfile") or near.rpartition(".")[2].lower() != ending or near in said:
        return False
    if GENERIC.fullmatch(name) or known.was(name) or known.made(name) or case.snapshot.history.shallow:
        return False
    one, other = sorted((name.rpartition(".")[0].lower(), near.rpartition(".")[0].lower()), key=len)
    same = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))
    return len(one) >= _SHORT and one != other and one[same + (len(one) == len(other)) :] == other[same + 1 :]


def _rows(question: Question) -> list[tuple[int, str]]:
    """The lines of an answer with their numbers."""
    texts = question.answer.split("\n") if question.answer else []
    first, last = question.answer_lines
    return list(zip(question.row_lines or range(first, last + 1), texts, strict=False))


def _named_in(question: int, rows: Iterable[tuple[int, str]]) -> Iterator[Named]:
    for line, row in rows:
        if "/" not in row and "." not in row:
            continue
        for match in _NAMED.finditer(row[:20_000]):
            name = re.sub(r"^(?:\.{1,2}/)+", "", match[0].rstrip(".,:;"))
            if name.strip("./"):
                yield Named(line, question, name)


def _likeness(one: File, other: File) -> float:
    """How much of two small files is the same, by their lines."""
    if max(one.size, other.size) > _LARGE or min(one.size, other.size) < 40:
        return 0.0
    try:
        rows = [[" ".join(r.split()) for r in f.text.split("\n") if r.strip()][:2000] for f in (one, other)]
    except Unreadable:
        return 0.0
    return difflib.SequenceMatcher(None, rows[0], rows[1], autojunk=False).quick_ratio()
