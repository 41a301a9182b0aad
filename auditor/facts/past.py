"""What is gone, or never came in: whether something that the commit lacks stood in an earlier one, or stands on a branch that
was never merged.

Git is not searched: the commits that took something away which could be it are known (`auditor.facts.changes`), and the
question is asked again of the commits before them. That is bounded: a few commits for a whole audit.
"""

import contextlib
import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from auditor import limits
from auditor.decoding import decode
from auditor.facts.changes import Change, brought, changes
from auditor.facts.history import Branch, branches
from auditor.gitsnapshot import OpenSnapshot
from auditor.globs import matches
from auditor.lazy import compile_later, dataclass
from auditor.models import Evidence
from auditor.repository import Commit, Unreadable
from auditor.said import Said
from auditor.snapshot import Snapshot, too_large

SNAPSHOTS = 48  # earlier commits and branches of one audit that are looked at
FILES = 8000  # that these may have in all: each costs as much as the commit itself
_BRANCHES = 4  # of these, for one question: those that brought most files which could be it
_TIPS = 40  # branches, the newest, whose files are held against a question at all
_BLOBS = 1500  # earlier versions of files that are read to see which commits are worth it
_COMMITS = 400  # of these the newest, for one question
_BULK = 1000  # files that a commit changes: it brings or takes out data, or somebody else's code
_CHANGES = 5000  # of files that are held against the globs of one question
_TRIES = 4  # commits that are asked one question; what is found is found by the first two
_GUESSES = 2  # of these that are asked only because they changed a file that could be it
_MOST = 0.5  # of a file's lines: a change that leaves less took most of it away
_NO_TEXT = compile_later(r"\.(?:png|jpe?g|gif|webp|bmp|pdf|ipynb|csv|json|lock|html?)$", re.IGNORECASE)
_SIGNS = {"md": (), "mdx": (), "rst": (), "js": ("//",), "ts": ("//",), "jsx": ("//",), "tsx": ("//",)}

Ask = Callable[[Snapshot], tuple[Evidence, ...]]


@dataclass(frozen=True)
class Past:
    """Where something was: the file, the commit that brought it (`first`) and the one that took it away (`last`); or the
    branch that has it and was never merged."""

    path: str
    line: int = 0
    first: Commit | None = None
    last: Commit | None = None
    branch: str = ""
    weak: bool = False  # what was there, or the branch has, only speaks for it

    @property
    def sources(self) -> tuple[str, ...]:
        """What it rests on, as evidence names it."""
        commits = tuple(f"commit {c.sha[:10]}" for c in (self.first, self.last) if c)
        return (*commits, f"branch {self.branch}") if self.branch else commits

    @property
    def place(self) -> str:
        return f"{self.path}:{self.line}" if self.line else self.path

    @property
    def days(self) -> str:
        """From when to when it was there, in words."""
        if self.last is None:
            return ""
        end = f"{self.last.time:%Y-%m-%d}"
        begin = f"{self.first.time:%Y-%m-%d}" if self.first else ""
        return f"on {end}" if begin == end else f"from {begin} until {end}" if begin else f"until {end}"

    def __str__(self) -> str:
        if self.last is None:
            has = "has what may be it" if self.weak else "has it"
            return f"The branch {self.branch}, which was not merged as it is, {has} ({self.place})."
        what = "what may be it" if self.weak else "it"
        return f"Commit {self.last.sha[:10]} took {what} out; it was there {self.days} ({self.place})."


class Memory:
    """The past of a snapshot, for one audit: what it may look at is used up by all that ask."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._opened: dict[str, bool] = {}  # earlier commits, and whether they may be: the second question is cheap
        self._files = FILES
        self._blobs: dict[str, str] = {}
        self._said: dict[str, Said] = {}

    def was_there(self, globs: tuple[str, ...], words: tuple[str, ...], ask: Ask | None = None) -> Past | None:
        """When something was there that is gone, else the branch that alone has it. `globs` and `words` say which files
        could be it (as a probe's scope does); `ask` whether an earlier commit has it, with evidence: without one, a file
        that matches and has one of the words is enough."""
        opened = self._snapshot.opened
        if opened is None or not globs:
            return None
        known, tries = {c.sha for c in self._snapshot.history.commits}, 0
        floor: Commit | None = None  # the newest commit that is known to have it
        for commit, change in self._taken_away(opened, globs, words):
            parent = commit.parents[0] if commit.parents else ""
            if tries == _TRIES:
                break
            if parent not in known or not self._may_open(opened, parent):
                continue
            tries += 1
            found = self._asked(opened, parent, globs, words, ask)
            if found is not None and self._lived_on(opened, commit, globs, words, ask):
                floor = commit  # it was moved, or another file of its kind went
                break
            if found is not None:
                path, line = found
                first = self._brought(opened, parent, path or change.was, line, words)
                return Past(path or change.was, line, first, commit)
        if floor and (gone := self._gone_after(opened, floor, globs, words, ask)):
            return gone
        return self._on_a_branch(opened, globs, words, ask)

    def may_have_been(self, globs: tuple[str, ...], words: tuple[str, ...], ask: Ask) -> Past | None:
        """When a weak sign of it was there that is gone, else the unmerged branch that alone has one."""
        found = self.was_there(globs, words, ask)
        return replace(found, weak=True) if found else None

    def _lived_on(
        self, opened: OpenSnapshot, commit: Commit, globs: tuple[str, ...], words: tuple[str, ...], ask: Ask | None
    ) -> bool:
        """Whether a commit that could have taken something away still has it."""
        if commit.sha == self._snapshot.commit or not self._may_open(opened, commit.sha):
            return False
        return self._asked(opened, commit.sha, globs, words, ask) is not None

    def _gone_after(
        self, opened: OpenSnapshot, floor: Commit, globs: tuple[str, ...], words: tuple[str, ...], ask: Ask | None
    ) -> Past | None:
        """The commit after which it is gone, of those after `floor` (which has it) that changed a file that could be it:
        halved until one is left."""
        changed = changes(self._snapshot)
        commits = self._snapshot.history.commits
        newer = commits[: commits.index(floor)]
        touching: list[tuple[Commit, Change]] = []
        for commit in reversed(newer[-_COMMITS:]):  # oldest first
            made = changed.get(commit.sha, ())
            fits = [c for c in made if matches(c.was or c.path, globs)] if len(made) <= _BULK else []
            if fits and commit.parents:
                touching.append((commit, fits[0]))
        low, high = 0, len(touching) - 1
        for _ in range(_TRIES):
            if low >= high:
                break
            middle = (low + high) // 2
            commit = touching[middle][0]
            if not self._may_open(opened, commit.sha):
                return None
            if self._asked(opened, commit.sha, globs, words, ask) is None:
                high = middle
            else:
                low = middle + 1
        if not touching or low != high:
            return None
        last, change = touching[low]
        parent = last.parents[0]
        if not self._may_open(opened, parent):
            return None
        place = self._asked(opened, parent, globs, words, ask)
        if place is None or self._lived_on(opened, last, globs, words, ask):
            return None
        path, line = place
        return Past(path or change.was, line, self._brought(opened, parent, path or change.was, line, words), last)

    def _taken_away(
        self, opened: OpenSnapshot, globs: tuple[str, ...], words: tuple[str, ...]
    ) -> Iterator[tuple[Commit, Change]]:
        """The commits, newest first, after which a file that could be it is gone, says nothing any more (emptied, or commented
        out), or has none of the words; then those that took most of such a file away, and those that only changed one. Each
        once."""
        changed = changes(self._snapshot)
        shrunk: list[tuple[Commit, Change]] = []
        later: list[tuple[Commit, Change]] = []
        left = _CHANGES
        for commit in self._snapshot.history.commits[:_COMMITS]:
            made = changed.get(commit.sha, ())
            if len(made) > _BULK:
                continue
            if (left := left - len(made)) < 0:
                break
            fits = [c for c in made if c.before and matches(c.was, globs)]
            fits = [c for c in fits if not too_large(c.was, 0) and self._says(opened, c.before, words)]
            left_of = {c: self._left(opened, c) for c in fits if c.status != "D" and c.before != c.after}
            taken = [
                c
                for c in fits
                if c.status == "D" or left_of.get(c) == 0 or (words and not self._says(opened, c.after, words))
            ]
            if taken:
                yield commit, taken[0]
            elif most := [c for c, share in left_of.items() if share < _MOST]:
                shrunk.append((commit, most[0]))
            elif left_of:
                later.append((commit, next(iter(left_of))))
        yield from [*shrunk, *later][:_GUESSES]

    def _left(self, opened: OpenSnapshot, change: Change) -> float:
        """The share of a file's lines that are neither blank nor comments which a change left; 1 where it cannot be told."""
        if _NO_TEXT.search(change.was) or len(self._blobs) >= _BLOBS:
            return 1
        before, after = (
            living(self._text(opened, blob), path)
            for blob, path in ((change.before, change.was), (change.after, change.path))
        )
        return after / before if before else 1

    def _says(self, opened: OpenSnapshot, blob: str, words: tuple[str, ...]) -> bool:
        """Whether a version of a file has one of the words; without words any version does."""
        if not words or not blob:
            return bool(blob)
        if blob not in self._said:
            text = self._text(opened, blob)
            if blob not in self._blobs:
                return False
            self._said[blob] = Said(text)
        return self._said[blob].one_of(words)

    def _text(self, opened: OpenSnapshot, blob: str) -> str:
        """A version of a file in small letters; empty where it is none, or not read."""
        if blob and blob not in self._blobs:
            if len(self._blobs) >= _BLOBS:
                return ""
            self._blobs[blob] = ""
            with contextlib.suppress(Unreadable):
                data = opened.blob(blob)
                self._blobs[blob] = decode(data).lower() if len(data) <= limits.TEXT.value else ""
        return self._blobs.get(blob, "")

    def _may_open(self, opened: OpenSnapshot, commit: str) -> bool:
        """Whether another commit may be looked at. One with many more files than are left (somebody else's code was in it,
        or data) is passed over; so is one that this copy does not have, such as a branch that only its host has."""
        if commit not in self._opened:
            if sum(self._opened.values()) >= SNAPSHOTS:
                return False
            try:
                count = opened.count(commit)
            except Unreadable:
                count = FILES + 1
            self._opened[commit] = count <= self._files
            self._files -= count if self._opened[commit] else 0
        return self._opened[commit]

    def _asked(
        self, opened: OpenSnapshot, commit: str, globs: tuple[str, ...], words: tuple[str, ...], ask: Ask | None
    ) -> tuple[str, int] | None:
        """The file, and the line if it has one, that shows it in another commit; None where nothing does."""
        then = opened.at(commit)
        if ask is None:
            file = next(iter(then.select(globs, words)), None)
            return (file.path, 0) if file else None
        # a place in a file: what is measured over all files was another number, and no more
        found = next((e for e in ask(then) if e.path and e.start), None)
        return (found.path, found.start) if found else None

    def _brought(
        self, opened: OpenSnapshot, commit: str, path: str, line: int, words: tuple[str, ...]
    ) -> Commit | None:
        """The commit that brought what a line of a file says, else the first that has the file (under this name)."""
        by_sha = {c.sha: c for c in self._snapshot.history.commits}
        if line:
            lines = opened.repository.blame(commit, path)
            if line <= len(lines) and lines[line - 1] in by_sha:
                return by_sha[lines[line - 1]]
        changed = changes(self._snapshot)
        made = [
            c
            for c in opened.at(commit).history.commits
            for change in changed.get(c.sha, ())
            if change.path == path and self._says(opened, change.after, words)
        ]
        return made[-1] if made else None

    def _on_a_branch(
        self, opened: OpenSnapshot, globs: tuple[str, ...], words: tuple[str, ...], ask: Ask | None
    ) -> Past | None:
        refs = opened.repository.refs
        history = self._snapshot.history
        apart = [b for b in branches(history) if b.state == "unmerged"]
        times = {ref.commit: ref.time for ref in refs.values()}
        tip = dict(history.branch_tips).get(history.default_branch, "")
        if tip and history.commits and tip != history.commits[0].sha:  # of what stood before a deadline, nothing later
            apart = [b for b in apart if times.get(b.commit, 0) <= history.commits[0].committed.timestamp()]
        apart.sort(key=lambda b: -times.get(b.commit, 0))
        own = brought(self._snapshot, tuple(dict.fromkeys(b.commit for b in apart[:_TIPS])))
        fits: list[tuple[int, Branch]] = []
        left = _CHANGES
        for branch in apart[
            :_TIPS
        ]:  # a program's branches (a newer version of a package) bring little, or nothing that fits
            made = own.get(branch.commit, ())[:_BULK]
            if (left := left - len(made)) < 0:
                break
            could = [c for c in made if matches(c.path, globs) and not too_large(c.path, 0)]
            if count := sum(self._says(opened, c.after, words) for c in could):
                fits.append((count, branch))
        fits.sort(key=lambda f: -f[0])
        for _, branch in fits[:_BRANCHES]:
            if self._may_open(opened, branch.commit):
                found = self._asked(opened, branch.commit, globs, words, ask)
                if found is not None:
                    return Past(found[0], found[1], branch=branch.name)
        return None


def living(text: str, path: str) -> int:
    """How many lines of a file say something: neither blank nor comments, nor Python that is one string as a whole."""
    bare = text.strip()
    if (
        path.endswith(".py")
        and len(bare) >= 6
        and bare[:3] in ('"""', "'''")
        and bare.find(bare[:3], 3) == len(bare) - 3
    ):
        return 0
    suffix = path.rsplit("/", 1)[-1].rpartition(".")[2].lower()
    signs = _SIGNS.get(suffix, ("#",))
    return sum(1 for row in bare.split("\n") if (said := row.strip()) and not (signs and said.startswith(signs)))


def was_there(snapshot: Snapshot, globs: tuple[str, ...], words: tuple[str, ...] = ()) -> Past | None:
    """From when to when a file that matches, with one of the words, was there, or the unmerged branch that has one; None
    where the history shows neither, or cannot be asked."""
    return Memory(snapshot).was_there(globs, words)
