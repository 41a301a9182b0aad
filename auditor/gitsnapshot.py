"""A snapshot of one commit over a live git process, from git objects only."""

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Self

from auditor.blobs import Blobs
from auditor.repository import History, Repository, Unreadable, read_history, told
from auditor.snapshot import LINK, SUBMODULE, File, Snapshot, too_large
from auditor.tree import BINARY, Listing, Row, tracked


def open_snapshot(
    repository: Repository,
    commit: str,
    set_aside: Callable[[File], str] | None = None,
    known_branches: Mapping[str, str] | None = None,
    known_tags: Mapping[str, str] | None = None,
) -> "OpenSnapshot":
    """The files of a commit (a full sha) with its history, read as they are asked for. Use it in a `with`."""
    history = read_history(repository, commit, known_branches, known_tags)
    return OpenSnapshot(repository, commit, history, set_aside)


class OpenSnapshot(Snapshot):
    """A snapshot over a live git process; leaving the `with` ends the process."""

    def __init__(
        self, repository: Repository, commit: str, history: History, set_aside: Callable[[File], str] | None
    ) -> None:
        self.repository = repository
        self._blobs = Blobs(repository)
        self._earlier: dict[str, Snapshot] = {}
        committed = told(history.commits[0].committed) if history.commits else ""
        with self._opening():
            rows, cut = tracked(repository, commit, self._blobs)
            self._listing = Listing(repository, self._blobs, rows)
            files = self._list(rows, {})
            self._blobs.expect((f.blob, f.size) for f in files if not f.why_skipped and f.suffix not in BINARY)
            super().__init__(
                files=files, history=history, commit=commit, committed=committed, set_aside=set_aside, cut=cut
            )
            self.opened = self
            with contextlib.suppress(Unreadable, KeyError):
                self.history = replace(self.history, mailmap=dict.__getitem__(self.files, ".mailmap").text)

    @contextlib.contextmanager
    def _opening(self) -> Iterator[None]:
        """Ends the process where what is done in the `with` is cut short: whoever opens has no `with` of its own to leave yet."""
        with contextlib.ExitStack() as stopped:
            stopped.callback(self._blobs.close)
            yield
            stopped.pop_all()

    def at(self, commit: str) -> Snapshot:
        """An ancestor's snapshot. Files that are the same there are the same objects, so that nothing is parsed twice."""
        if commit not in self._earlier:
            same = {(f.path, f.blob): f for s in (self, *self._earlier.values()) for f in s.files.values()}
            history = self.history.until(commit)
            committed = told(history.commits[0].committed) if history.commits else ""
            rows, cut = self._listing.tracked(commit)
            files = self._list(rows, same)
            earlier = Snapshot(
                files=files,
                cut=cut,
                history=history,
                commit=commit,
                committed=committed,
                set_aside=self.set_aside,
            )
            earlier.report = self.report
            earlier.opened = self
            earlier.still_aside(self)
            self._earlier[commit] = earlier
        return self._earlier[commit]

    def forget(self) -> None:
        """Let go of what was read and computed: much of it is in rings that only a search of the whole memory would end."""
        for snapshot in (self, *self._earlier.values()):
            snapshot._facts.clear()
            for file in dict.values(snapshot.files):
                file.forget()
        self._earlier.clear()

    def blob(self, sha: str) -> bytes:
        """The content of a blob by its id. Raises Unreadable when this copy does not have it."""
        return self._blobs.read(sha)

    def count(self, commit: str) -> int:
        """How many files another commit has. Raises Unreadable when this copy does not have it all."""
        return self._blobs.count(commit)

    def _list(self, rows: Iterable[Row], same: Mapping[tuple[str, str], File]) -> list[File]:
        files = []
        for row in rows:
            path = row.path.decode("utf-8", errors="replace")
            if (path, row.blob) in same:
                files.append(same[path, row.blob])
                continue
            if row.mode == "120000":
                skipped = LINK
            elif row.mode == "160000":
                skipped = SUBMODULE
            elif row.size < 0:
                skipped = "missing from this copy of the repository"
            else:
                skipped = too_large(path, row.size)
            read = partial(self._blobs.read, row.blob)
            files.append(File(path, row.blob, max(row.size, 0), read, skipped, read))
        return files

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._blobs.close()
