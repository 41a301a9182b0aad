"""Which commit brought the project template, and what it brought."""

import re
from collections import Counter
from collections.abc import Iterator

from auditor.lazy import dataclass
from auditor.repository import RAW_TIME, GitError, Unreadable, moment_of, told
from auditor.snapshot import File, Snapshot

_ENOUGH = 8  # the report's own template comes with five known figures
_EMPTY = ("e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",)
# What a tool's own init writes looks alike wherever it was run: that it looks like the template's tells nothing.
_INITS = (".dvc/", ".idea/", ".ipynb_checkpoints/", ".terraform/")
_INIT_FILES = (
    ".dvcignore",
    ".terraform.lock.hcl",
    ".python-version",
    "uv.lock",
    "poetry.lock",
    "pdm.lock",
    "pixi.lock",
)


@dataclass(frozen=True)
class Template:
    """The commit that brought the template, with the files that came with it, by their path without a folder that holds all."""

    commit: str
    date: str
    files: dict[str, File]
    _aside: Snapshot | None = None

    def brought(self, name: str) -> File | None:
        """A file of the template at this path, with this unique name, or below this folder; None if it has none. What the
        commit brought beside the template, or changed, is not the template's, nor what the init of a tool writes."""
        name = name.strip("/").removeprefix("./")
        if f"{name}/".startswith(_INITS) or name in _INIT_FILES:
            return None
        exact = [f for p, f in self.files.items() if p == name]
        named = [f for p, f in self.files.items() if p.rsplit("/", 1)[-1] == name]
        below = [f for p, f in self.files.items() if p.startswith(name + "/")]
        for found in (exact, named if len(named) == 1 else [], below):
            if file := next((f for f in found if _from_template(f, self._aside)), None):
                return file
            # an empty folder may be anybody's, unless the commit holds little else than the template
            if (kept := next((f for f in found if f.name == ".gitkeep"), None)) and self._alone():
                return kept
        return None

    def _alone(self) -> bool:
        whole = [f for f in self.files.values() if not f.skipped and f.size and f.suffix not in ("md", "lock", "csv")]
        return sum(_from_template(f, self._aside) for f in whole) >= 0.8 * len(whole)


def template(snapshot: Snapshot) -> Template | None:
    """The template as it came: the first commit that adds the most of its known files; None where none adds enough, or git cannot
    be asked. Files that a commit moved as they were came with an earlier one."""
    opened = snapshot.opened
    if opened is None:
        return None

    def make() -> Template | None:
        try:
            log = opened.repository.raw(
                "log", "--root", "-m", "--raw", "-z", "-M100%", "--diff-filter=A", "--no-abbrev", RAW_TIME, "--format=%x01%H %cd", "--end-of-options", opened.commit
            )  # fmt: skip
        except GitError:
            return None
        best: tuple[int, str, str, list[str]] = (0, "", "", [])
        for part in log.split(b"\x01"):
            head, _, rest = part.partition(b"\0")
            sha, _, date = head.decode(errors="replace").strip().partition(" ")
            rows = re.findall(rb":\d+ \d+ [0-9a-f]+ ([0-9a-f]+) A\0([^\0]+)\0", rest)
            known = 0
            for blob, path in rows:
                known += blob.decode() not in _EMPTY and _known(blob.decode(), path.decode(errors="replace"), snapshot)
            if known and known >= best[0]:  # the newest is told first
                best = (known, sha, told(moment_of(date))[:10], [p.decode(errors="replace") for _, p in rows])
        if best[0] < _ENOUGH:
            return None
        then = opened if best[1] == opened.commit else opened.at(best[1])
        paths = [p for p in best[3] if p in then.files]
        top = _top(paths)
        return Template(best[1], best[2], {p.removeprefix(top): then.files[p] for p in paths}, then)

    return opened.once("template", make)


@dataclass(frozen=True)
class Kept:
    """What became of a file that the template brought: `untouched`, `changed` or `removed`, with the day of the first commit
    that did so (empty where it is untouched or git does not say)."""

    path: str
    state: str
    since: str = ""


def kept(snapshot: Snapshot) -> tuple[Kept, ...]:
    """What became of each file of the template, by its path there; none where no template is known."""
    return snapshot.once("template kept", lambda: tuple(_kept(snapshot)))


def _kept(snapshot: Snapshot) -> Iterator[Kept]:
    found, opened = template(snapshot), snapshot.opened
    if found is None or opened is None:
        return
    try:
        log = opened.repository.raw(
            "log", "--reverse", "--no-renames", "--name-only", "-z", RAW_TIME, "--format=%x01%cd", "--end-of-options", f"{found.commit}..{opened.commit}"
        )  # fmt: skip
    except GitError:
        log = b""
    since: dict[str, str] = {}
    for part in log.split(b"\x01"):
        head, _, rest = part.partition(b"\0")
        for path in rest.split(b"\0"):
            since.setdefault(
                path.decode(errors="replace").strip("\n"), told(moment_of(head.decode(errors="replace")))[:10]
            )
    for name, file in sorted(found.files.items()):
        if file.blob in _EMPTY or not _known(file.blob, name, snapshot):
            continue
        # who moved the template out of a folder of its own did not remove it
        now = snapshot.files.get(file.path) or snapshot.files.get(name)
        state = "removed" if now is None else "untouched" if now.blob == file.blob else "changed"
        day = "" if state == "untouched" else since.get(file.path) or since.get(name, "")
        yield Kept(name, state, day)


def _top(paths: list[str]) -> str:
    """The folder, with `/`, that a group put the whole template in before it moved it up; empty if it is at the root."""
    tops = Counter(p.split("/", 1)[0] for p in paths if "/" in p)
    top, count = tops.most_common(1)[0] if tops else ("", 0)
    whole = any(f"{top}/{name}" in paths for name in ("pyproject.toml", "README.md", "setup.py", ".gitignore"))
    return f"{top}/" if whole and count > 0.6 * len(paths) and "pyproject.toml" not in paths else ""


def _missing() -> bytes:
    raise Unreadable("not read")


def _known(blob: str, path: str, snapshot: Snapshot) -> bool:
    return snapshot.set_aside(File(path, blob, 1, _missing)) == "template stub"


def _from_template(file: File, snapshot: Snapshot | None) -> bool:
    """Whether the template has the file: as it is there, or in most of its lines."""
    if snapshot is None or file.skipped or not file.size:
        return False
    if snapshot.aside(file) == "template stub":
        return True
    rows = [row for row in file.lines if len(row.strip()) > 3]
    if len(rows) < 8:
        return False
    same = 0
    for row in rows:
        one = File(file.path, "", len(row), row.encode, "")
        same += snapshot.set_aside(one) == "template stub"
    return same >= 0.7 * len(rows)


def is_template_text(snapshot: Snapshot, file: File, start: int, end: int) -> bool:
    """Whether the lines `start` to `end` of a file all stand in the template's file of this name; lines that say next to
    nothing (a decorator, a bracket) tell neither way."""
    rows = file.lines[start - 1 : max(end, start)]
    telling = [row for row in rows if len(row.strip()) > 3 and not row.lstrip().startswith("@")]
    if not telling:
        return False
    text = "\n".join(telling)
    return snapshot.set_aside(File(file.path, "", len(text), text.encode, "")) == "template stub"
