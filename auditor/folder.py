"""The folder of a batch: what is finished is kept there, and known again only where it is as it was written."""

import contextlib
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from pydantic import ValidationError

from auditor import regular
from auditor.errors import UserError
from auditor.groups import file_name
from auditor.locks import LOCK, alone
from auditor.models import GroupEntry, Submission
from auditor.whole import PART, cannot_write, write_whole

_ROOM = "free some room: what is finished is kept, and the same command goes on from there"


class Folder:
    """Where a batch is written: `groups/` has the records and pages, `state/` the entries, which are written last: a group
    without an entry is not finished. An entry holds the size and the hash of each of its files."""

    def __init__(self, path: Path, formats: Iterable[str] = ()) -> None:
        self.path = path
        endings = {"markdown": "md", "text": "txt"}
        self.endings = ("json", *(endings.get(f, f) for f in formats))
        try:
            for part in ("groups", "state"):
                (path / part).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UserError(f"{path}: cannot be written ({error.strerror})", "name another folder with --out") from None

    @contextlib.contextmanager
    def held(self, note: Callable[[str], None] | None = None) -> Iterator[None]:
        """Have the folder alone, without what killed runs left half-written in it."""
        lock, hint = self.path / f".auditor{LOCK}", "name another folder with --out"
        with alone(lock, f"another run writes to {self.path}", note, hint):
            for folder in (self.path, self.path / "groups", self.path / "state"):
                for left in folder.glob(f"*{PART}"):
                    with contextlib.suppress(OSError):
                        left.unlink(missing_ok=True)
            yield

    def entry(self, submission: Submission) -> GroupEntry | None:
        """What is known of a group whose files are all there, by their sizes."""
        entry = self._read(submission)
        return entry if entry and not self._faults(entry, whole=False) else None

    def entries(self, submissions: Iterable[Submission], ended: bool) -> Iterator[GroupEntry]:
        """What is known of groups, in their order, by the sizes of their files. Once a run has `ended`, each was written: what
        cannot be read back is a failure like any other, and no group drops out of the totals."""
        found = (self.entry(s) or (self._lost(s) if ended else None) for s in submissions)
        return (entry for entry in found if entry)

    def _lost(self, submission: Submission) -> GroupEntry:
        _, fault = self.finished(submission)
        why = f"what was written of it cannot be read back ({fault or 'it is gone'}): run the same command again"
        return GroupEntry(id=submission.id, name=file_name(submission.id), repo=submission.repo, error=why)

    def finished(self, submission: Submission) -> tuple[GroupEntry | None, str]:
        """What is known of a group whose files are as they were written; else nothing, and what is wrong with them: an empty
        word where it was never finished like this."""
        state = self._state(file_name(submission.id))
        entry = self._read(submission)
        if entry is None:
            return None, f"{state.relative_to(self.path)} cannot be read" if state.exists() else ""
        if not self._wanted(entry) <= entry.files.keys():
            return None, ""
        faults = self._faults(entry, whole=True)
        return (None, faults[0]) if faults else (entry, "")

    def write(self, entry: GroupEntry, files: Mapping[str, str]) -> None:
        """Keep what was made of a group: its files, then its entry. Of a failed one no older page is left."""
        state = self._state(entry.name)
        for left in (state, *(self._file(entry.name, ending) for ending in sorted(set(self.endings) - set(files)))):
            try:
                left.unlink(missing_ok=True)
            except OSError as error:
                raise cannot_write(left, error, _ROOM) from None
        seals = {}
        for ending, text in files.items():
            data = text.encode("utf-8", "replace")
            write_whole(self._file(entry.name, ending), data, _ROOM)
            seals[ending] = _seal(data)
        kept = entry.model_dump(mode="json") | {"files": seals}
        write_whole(state, json.dumps(kept, ensure_ascii=False, indent=1) + "\n", _ROOM)

    def put(self, name: str, text: str | Iterable[str]) -> None:
        """A file for the whole class, from its text or pieces of it. Raises UserError when there is no room."""
        write_whole(self.path / name, text, _ROOM)

    def _state(self, name: str) -> Path:
        return self.path / "state" / f"{name}.json"

    def _file(self, name: str, ending: str) -> Path:
        return self.path / "groups" / f"{name}.{ending}"

    def _wanted(self, entry: GroupEntry) -> set[str]:
        return set(self.endings) if not entry.error else {"json"}

    def _read(self, submission: Submission) -> GroupEntry | None:
        """The entry of a group, if it is this group's."""
        try:
            entry = GroupEntry.model_validate_json(regular.read_bytes(self._state(file_name(submission.id))))
        except (OSError, ValidationError):
            return None
        return entry if entry.id == submission.id and entry.name == file_name(submission.id) else None

    def _faults(self, entry: GroupEntry, whole: bool) -> list[str]:
        """Which files of a group are not what its entry says, by their sizes, or by all that is in them."""
        faults = []
        for ending in sorted(self._wanted(entry)):
            file, seal = self._file(entry.name, ending), entry.files.get(ending, "")
            try:
                size = file.stat().st_size if file.is_file() else -1
                same = seal == _seal(regular.read_bytes(file)) if whole and size >= 0 else seal.startswith(f"{size} ")
            except OSError:
                size, same = -1, False
            if not same:
                what = "is gone" if size < 0 else "is empty" if not size else "is not as it was written"
                faults.append(f"{file.relative_to(self.path)} {what}")
        return faults


def _seal(data: bytes) -> str:
    return f"{len(data)} {hashlib.sha256(data).hexdigest()}"
