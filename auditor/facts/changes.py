"""Which commits changed which files: what came straight to the default branch by kind of file, where files went, and what
was there once. One call to git, made when the first of these is asked for."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from auditor.facts.history import direct_commits, main_line, own_pull_requests, pull_requests
from auditor.globs import matches
from auditor.holes import Hole, unsure
from auditor.lazy import dataclass
from auditor.repository import Commit, GitError
from auditor.snapshot import Snapshot

_SECONDS = 20.0  # for git to list them all; a history that takes longer is not gone through
_RENAMES = "-l200"  # in a commit that moves more, only files that did not change are known again


@dataclass(frozen=True)
class Change:
    """What a commit did to a file: `status` is git's letter (A, M, D, R, C, T), `was` the path before where it is another
    one, `before` and `after` the blobs, empty where there is none."""

    status: str
    path: str
    was: str
    before: str
    after: str

    @property
    def gone(self) -> bool:
        """Whether the path before has no file any more."""
        return self.status in "DR"


def changes(snapshot: Snapshot) -> Mapping[str, tuple[Change, ...]]:
    """The changes of each commit that leads to the audited one, newest first, merges left out: what a merge did beyond its
    parents is not seen. Empty, and a hole, where git cannot tell; a shallow history leaves a hole, too."""
    opened = snapshot.opened
    if opened is None:
        unsure(Hole("git history", "not in this copy"))
        return {}

    def make() -> dict[str, tuple[Change, ...]]:
        if opened.history.shallow:
            unsure(Hole("git history", "this copy holds only its end"))
        command = (
            "log",
            "-z",
            "--no-color",
            "--no-mailmap",
            "--no-merges",
            "--root",
            "--raw",
            "--no-abbrev",
            "--format=%H",
        )
        for renames in (("--find-renames", _RENAMES), ("--no-renames",)):  # a partial copy may lack what is compared
            try:
                log = opened.repository.raw(*command, *renames, "--end-of-options", opened.commit, seconds=_SECONDS)
            except GitError as error:
                reason = str(error).splitlines()[0] if str(error) else "git cannot list its changes"
                continue
            return _parse(log)
        unsure(Hole("git history", reason))
        return {}

    return opened.once("changes", make)


def brought(snapshot: Snapshot, tips: tuple[str, ...]) -> Mapping[str, tuple[Change, ...]]:
    """For the tip of each branch the versions of files that it alone has: what it has otherwise than the audited commit, and
    no commit that leads there ever had. One call to git, which compares trees only."""
    opened = snapshot.opened
    if opened is None or not tips:
        return {}

    def make() -> dict[str, tuple[Change, ...]]:
        command = ("diff-tree", "--stdin", "-z", "-r", "--raw", "--no-abbrev", "--no-renames")
        asked = "".join(f"{tip} {opened.commit}\n" for tip in tips).encode()  # the commit stands in for a parent
        try:
            made = _parse(opened.repository.raw(*command, stdin=asked, seconds=_SECONDS))
        except GitError:
            return {}
        known = {c.after for row in changes(snapshot).values() for c in row}
        return {tip: tuple(c for c in row if c.after and c.after not in known) for tip, row in made.items()}

    return opened.once("brought " + " ".join(tips), make)


def _parse(log: bytes) -> dict[str, tuple[Change, ...]]:
    """NUL-separated: a commit's id, then for each file modes, blobs and status in one piece, and its path or two. A path
    stands only where one is due, so that none is taken for anything else."""
    found: dict[str, list[Change]] = {}
    pieces = iter(log.split(b"\0"))
    of: list[Change] = []
    for piece in pieces:
        text = piece.lstrip(b"\n")
        if text.startswith(b":"):
            _, _, before, after, status = text.decode().split(" ")
            was = next(pieces, b"").decode("utf-8", errors="replace")
            path = next(pieces, b"").decode("utf-8", errors="replace") if status[0] in "RC" else was
            of.append(Change(status[0], path, was, before.strip("0") and before, after.strip("0") and after))
        elif text:
            of = found.setdefault(text.decode(), [])
    return {sha: tuple(made) for sha, made in found.items()}


# -- kinds of files ----------------------------------------------------------------------------------------------------

KINDS = ("code", "tests", "workflows", "configuration", "prose", "data", "other")
_GLOBS = {
    "workflows": (".github/workflows/**", ".github/actions/**", ".gitlab-ci.yml", "**/cloudbuild*.y*ml", "azure-pipelines.yml", "bitbucket-pipelines.yml", ".circleci/**", "jenkinsfile"),
    "tests": ("**/test_*.py", "**/*_test.py", "**/conftest.py", "tests/**/*.py", "test/**/*.py", "**/tests/**/*.py", "**/locustfile*.py"),
    "data": ("data/**", "**/*.dvc", ".dvc/**", "dvc.lock", "**/*.csv", "**/*.parquet", "**/*.npy", "**/*.npz", "**/*.pkl", "**/*.pt", "**/*.pth", "**/*.ckpt", "**/*.onnx", "**/*.zip", "models/**"),
    "code": ("**/*.py", "**/*.ipynb", "**/*.sh", "**/*.js", "**/*.ts", "**/*.tsx", "**/*.jsx", "**/*.html", "**/*.css", "**/*.svelte", "**/*.vue", "**/*.r", "**/*.tf", "**/*.proto", "**/*.sql", "**/*.ps1"),
    "configuration": ("**/*.yaml", "**/*.yml", "**/*.toml", "**/*.cfg", "**/*.ini", "**/*.json", "**/*.lock", "**/requirements*.txt", "**/requirements/*.txt", "**/*.in", "**/*dockerfile*", "**/makefile", "**/justfile", "**/.git*", "**/.dockerignore", "**/.env*", "**/.python-version", "**/.flake8"),
    "prose": ("**/*.md", "**/*.rst", "**/*.txt", "**/*.tex", "**/*.pdf", "**/*.docx", "**/*.png", "**/*.jpg", "**/*.jpeg", "**/*.svg", "**/*.gif", "**/*.drawio", "reports/**", "report/**", "docs/**", "**/license*", "**/.gitkeep", "**/.mailmap"),
}  # fmt: skip
_PIPELINES = frozenset(["code", "tests", "workflows"])


def kind_of(path: str) -> str:
    """What a file of this path is, by its name: one of KINDS. Scripts of a report or of the documentation are prose where
    they are no code; a `.gitkeep` is no data."""
    if path.endswith(".gitkeep"):
        return "prose"
    return next((kind for kind, globs in _GLOBS.items() if matches(path, globs)), "other")


@dataclass(frozen=True)
class Straight:
    """The commits of people that stand on the default branch's line by themselves, newest first: by the kinds of files that
    they change (a commit is in as many rows), and those among them that bring a new file of code, tests or workflows."""

    by_kind: Mapping[str, tuple[Commit, ...]]
    features: tuple[Commit, ...]


def straight(snapshot: Snapshot) -> Straight:
    """What came straight to the default branch. A lower bound, as `direct_commits` is; the first commit brings everything
    and is left out of the features."""

    def make() -> Straight:
        changed = changes(snapshot)
        rows: dict[str, list[Commit]] = {}
        features = []
        for commit in direct_commits(snapshot.history):
            made = changed.get(commit.sha, ())
            for kind in dict.fromkeys(kind_of(c.path) for c in made):
                rows.setdefault(kind, []).append(commit)
            if commit.parents and any(c.status == "A" and kind_of(c.path) in _PIPELINES for c in made):
                features.append(commit)
        return Straight({k: tuple(rows[k]) for k in KINDS if k in rows}, tuple(features))

    return snapshot.once("straight", make)


_ABOUT = "report readme question answer checklist typo docs md figure template initial"
_PROSE = frozenset(_ABOUT.split())


def pushed_work(snapshot: Snapshot) -> list[Commit]:
    """The commits of people that stand on the default branch by themselves after the first pull request, change more than prose
    and data, and were made where they stand: neither rebased, amended nor picked (their times agree); those with new files first, then
    those that change most files of code, tests and workflows. By their files where git can
    tell, else by their subjects. A branch that is merged by a fast-forward leaves such commits, too."""
    line = main_line(snapshot.history)
    place = {c.sha: i for i, c in enumerate(line)}
    first = max((place[p.commit] for p in pull_requests(snapshot.history) if p.commit in place), default=-1)
    later = {c.sha for c in line[: max(first, 0)]}
    plain = [
        c
        for c in direct_commits(snapshot.history)
        if c.sha in later and abs((c.committed - c.time).total_seconds()) < 60
    ]
    if snapshot.opened is None or not plain:
        return [c for c in plain if not set(re.findall(r"[a-z]+", c.subject.lower())) & _PROSE]
    changed = changes(snapshot)
    work = [c for c in plain if any(kind_of(one.path) not in ("prose", "data") for one in changed.get(c.sha, ()))]
    return largest(snapshot, work)


def largest(snapshot: Snapshot, commits: Iterable[Commit]) -> list[Commit]:
    """Commits by the work in them: first those that bring a new file of code, tests or workflows, then by how many such files
    they change."""
    changed, features = changes(snapshot), {c.sha for c in straight(snapshot).features}
    return sorted(commits, key=lambda c: (c.sha not in features, -len(worked_on(changed.get(c.sha, ())))))


def worked_on(made: Iterable[Change]) -> list[str]:
    """The files of code, tests and workflows among changed ones, new ones first."""
    return [c.path for c in sorted(made, key=lambda c: c.status != "A") if kind_of(c.path) in _PIPELINES]


_WEB_FLOW = "GitHub"  # commits what is edited or rebased in the browser


def clearly_pushed(snapshot: Snapshot, only_features: bool) -> list[Commit]:
    """Those of them that were not made in the browser (with `only_features`: that bring a new file of code, tests or workflows);
    none where all are older than half of the pull requests, as the branch may have been closed to pushes then."""
    features = {c.sha for c in straight(snapshot).features} if only_features else set()
    found = [c for c in pushed_work(snapshot) if c.committer != _WEB_FLOW and (not only_features or c.sha in features)]
    place = {c.sha: i for i, c in enumerate(main_line(snapshot.history))}
    requests = sorted(place[p.commit] for p in own_pull_requests(snapshot.history) if p.commit in place)
    half = requests[len(requests) // 2] if requests else 0
    return found if any(place[c.sha] < half for c in found) else []


# -- where files went --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Rename:
    """Where a file or folder is now, with the last commit that moved it there."""

    path: str
    commit: Commit


def renamed(snapshot: Snapshot, path: str) -> Rename | None:
    """Where a file, or a folder with most of what was moved out of it, went: through several moves if need be, to a path that
    is there now. None for a path that is still there, was never moved, or whose last place is gone, too."""
    path = re.sub(r"^(?:\./)+", "", path).rstrip("/")
    if not path or path in snapshot.files or path in snapshot.folders:
        return None
    moves = snapshot.once("moves", lambda: _moves(snapshot))
    if found := _follow(path, moves, snapshot):
        return found
    moved = [(old, end) for old in moves if old.startswith(path + "/") and (end := _follow(old, moves, snapshot))]
    kept = [(end.path.removesuffix(old[len(path) :]), end) for old, end in moved if end.path.endswith(old[len(path) :])]
    for folder, many in Counter(to for to, _ in kept).most_common(1):
        if folder in snapshot.folders and many * 2 > len(moved):
            order = {c.sha: i for i, c in enumerate(snapshot.history.commits)}
            last = min((end.commit for to, end in kept if to == folder), key=lambda c: order[c.sha])
            return Rename(folder, last)
    return None


def _moves(snapshot: Snapshot) -> dict[str, tuple[int, str, Commit]]:
    """The newest move of each path: its place in the history, and where it led."""
    moves: dict[str, tuple[int, str, Commit]] = {}
    changed = changes(snapshot)
    for place, commit in enumerate(snapshot.history.commits):
        for change in changed.get(commit.sha, ()):
            if change.status == "R":
                moves.setdefault(change.was, (place, change.path, commit))
    return moves


def _follow(path: str, moves: Mapping[str, tuple[int, str, Commit]], snapshot: Snapshot) -> Rename | None:
    place, last = len(snapshot.history.commits), None
    for _ in range(20):
        move = moves.get(path)
        if move is None or move[0] >= place:
            break
        place, path, last = move
    return Rename(path, last) if last is not None and path in snapshot.files else None
