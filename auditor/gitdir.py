"""How git is run: over a repository's objects and refs, but never with its settings, nor with anybody else's.

Git obeys the configuration of the repository that it opens, of its user and of the machine: some settings change what it
prints, some name commands that it runs. So git is given a directory of our own instead, with our configuration, in which
only objects, refs and the index are the repository's. What is not there (grafts, attributes, hooks, partial clones,
includes) cannot be obeyed, whatever a version of git reads.
"""

import atexit
import contextlib
import os
import re
import shutil
import stat
import subprocess
import tempfile
import threading
import weakref
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from auditor.errors import GitError as GitError  # whoever runs git may get it
from auditor.errors import UserError
from auditor.gitparts import odd_parts
from auditor.lazy import compile_later, dataclass

# An editor's terminal or a desktop puts its own window in the place of a prompt: empty, none is opened.
ASK_NOBODY = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "",
    "SSH_ASKPASS": "",
    "SSH_ASKPASS_REQUIRE": "never",
    "GCM_INTERACTIVE": "never",
}


def callers_environment() -> dict[str, str]:
    """The environment without the `GIT_*` variables of a caller (a hook sets GIT_DIR), asking nobody, in plain English."""
    own = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    return own | {"LC_ALL": "C"} | ASK_NOBODY | looked_for()


def looked_for() -> dict[str, str]:
    """The PATH without what counts from the current folder, which may be one that was handed in: an empty part does so, too. Git
    starts others by it."""
    parts = os.environ.get("PATH", os.defpath).split(os.pathsep)
    return {"PATH": os.pathsep.join(p for p in parts if os.path.isabs(p))}


def program() -> str:
    """Where git is. Raises UserError where it is not to be found."""
    found = _program(looked_for()["PATH"])
    if not found:
        raise UserError("git is not installed, or not on the PATH", "install git 2.30 or newer")
    return found


def no_git() -> UserError:
    """What to say where the program of that name says what git never would."""
    return UserError(
        f"{program()}: does not answer as git does", "see what git --version says; install git 2.30 or newer"
    )


@lru_cache(maxsize=4)
def _program(path: str) -> str:
    """Each folder is asked by its name: on Windows the current one would come before all of them."""
    found = (shutil.which(os.path.join(part, "git")) for part in path.split(os.pathsep) if part)
    return next((git for git in found if git), "")


# -- where a repository is ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Place:
    """The parts of a repository on disk: its own directory (HEAD, index), the one with objects and refs, which is another
    for a linked work tree, and whether it is a work tree's."""

    own: Path
    common: Path
    tree: bool


_WHERE = "give a checkout, a bare git directory, or an https, ssh or file URL"


def find(path: Path) -> Place:
    """The repository in a folder: in it, never around it, and no link to another one. Raises UserError for anything else."""
    try:
        if not path.exists():
            raise UserError(f"{path}: no such folder", _WHERE)
        if not path.is_dir():
            raise UserError(f"{path}: not a folder", _WHERE)
        place = _find(path)
        for part in (place.common / "objects", place.common / "refs"):
            if part.is_symlink() and not part.resolve().is_relative_to(place.common.resolve()):
                raise UserError(f"{path}: its {part.name} are a link to {part.resolve()}, another repository's", _COPY)
        if not (place.common / "objects").is_dir() or not _is_head(place.own / "HEAD"):
            lacks = "objects" if _is_head(place.own / "HEAD") else "HEAD"
            raise UserError(f"{path}: not a git repository any more (it has no {lacks})", "fetch or hand it in again")
        if odd := odd_parts(place.own, place.common):
            raise UserError(f"{path}: not a git repository that can be read: its {odd}", "fetch or hand it in again")
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror})", _WHERE) from None
    return place


_COPY = "give the repository itself, or a copy of it: git clone"


def _find(path: Path) -> Place:
    dot = path / ".git"
    if dot.is_symlink():
        raise UserError(f"{path}: its .git is a link to {dot.resolve()}", _COPY)
    if dot.is_dir():
        return Place(dot, dot, True)
    if dot.is_file():
        return _linked(path, dot)
    if (path / "HEAD").is_file() and (path / "objects").is_dir():
        return Place(path, path, False)
    for around in path.resolve().parents:
        if (around / ".git").exists():
            raise UserError(
                f"{path}: not a git repository, only a folder in the one at {around}",
                f"to audit that one, give {around}; a work that was handed in needs a .git of its own",
            )
    raise UserError(f"{path}: not a git repository", "run auditor on the repository's folder, or give its URL")


def _linked(path: Path, dot: Path) -> Place:
    """The repository that a `.git` file names: a further work tree, a submodule, or one that was told to lie elsewhere. It has
    to know of this folder, or nobody else's may it be: a file in a folder that was handed in proves nothing."""
    named = re.match(r"gitdir: ([^\n\0]+)", _short(dot))
    own = (path / named[1].strip()).resolve() if named else None
    if own is None or not own.is_dir():
        raise UserError(f"{path}: not a git repository (its .git is a file that leads to none)", _COPY)
    common, back = own, _short(own / "gitdir").strip()
    if back:  # a further work tree
        same = (own / back).resolve() == dot.resolve()
        common = (own / (_short(own / "commondir").strip() or ".")).resolve()
    elif work := _setting(own, "core.worktree"):
        same = (own / work).resolve() == path.resolve()
    else:
        same = own.name != ".git" and _setting(own, "core.bare") == "false"
    if not same:
        raise UserError(f"{path}: its .git leads to {own}, which is another folder's repository", _COPY)
    return Place(own, common, True)


def _short(file: Path) -> str:
    """The text of a small file of git's; empty where there is none."""
    try:
        if not stat.S_ISREG(os.lstat(file).st_mode):
            return ""
        with file.open("rb") as opened:
            return opened.read(4096).decode("utf-8", errors="surrogateescape")
    except OSError:
        return ""


def _is_head(file: Path) -> bool:
    return file.is_symlink() or stat.S_ISREG(os.lstat(file).st_mode) if os.path.lexists(file) else False


def _head(file: Path) -> str:
    """What HEAD says; as a link, it is how git once wrote that it stands on a branch."""
    return f"ref: {os.readlink(file)}\n" if file.is_symlink() else _short(file)


def _setting(own: Path, key: str) -> str:
    return dict(settings(own)).get(key, "")


def settings(common: Path) -> list[tuple[str, str]]:
    """What a repository's configuration says, in its order; nothing where git cannot read it. It is told, never obeyed."""
    file = common / "config"
    if (plain := _plain_settings(file)) is not None:
        return plain
    if not file.is_file():  # git would wait for a pipe
        return []
    with Directory(None) as nobodys:
        asked = ("config", "--file", str(file.absolute()), "--null", "--list")
        try:
            rows = nobodys.run(*asked, seconds=_SETTINGS).split(b"\0")
        except GitError:
            return []
    pairs = (row.decode("utf-8", errors="replace").partition("\n") for row in rows if row)
    # a key's section and name mean the same in any case; what stands between the dots does not
    return [
        (f"{k.partition('.')[0].lower()}.{'.'.join([*k.split('.')[1:-1], k.split('.')[-1].lower()])}", v)
        for k, _, v in pairs
        if "." in k  # a key that stands in no section is nobody's
    ]


_SETTINGS = 10.0  # seconds that git may take to read them
_SECTION = compile_later(r"\[([A-Za-z][A-Za-z0-9-]*)(?: \"([\w./-]*)\")?\]")
_SET = compile_later(r"([A-Za-z][A-Za-z0-9-]*) = ([^\s\"\\;#](?:[^\"\\;#\0\t\r]*[^\s\"\\;#\0])?)")


def _plain_settings(file: Path) -> list[tuple[str, str]] | None:
    """The same of a configuration as git itself writes it; None for one with anything that only git should read: quotes,
    escapes, comments, a key without a value, a file that is no small one of plain letters."""
    try:
        if not stat.S_ISREG(os.stat(file).st_mode):
            return None
        with file.open("rb") as opened:
            data = opened.read(20_000)
    except OSError:
        return None
    if len(data) == 20_000 or not data.isascii():
        return None
    made, section = [], ""
    for row in data.decode().split("\n"):
        row = row.strip(" \t")
        if head := _SECTION.fullmatch(row):
            section = head[1].lower() + (f".{head[2]}" if head[2] is not None else "")
        elif (pair := _SET.fullmatch(row)) and section:
            made.append((f"{section}.{pair[1].lower()}", pair[2]))
        elif row:
            return None
    return made


# -- a directory of our own --------------------------------------------------------------------------------------------

_CONFIG = f"""[core]
\tbare = true
\thooksPath = {os.devnull}
\tfsmonitor = false
\tquotePath = false
\tcommitGraph = false
\tmultiPackIndex = false
\tattributesFile = {os.devnull}
[protocol]
\tallow = never
[gc]
\tauto = 0
[maintenance]
\tauto = false
"""
# A file of the commit graph may say anything of commits that it names, and a repository brings its own.


class Directory:
    """A git directory of ours over a place, for as long as it is used; without one, over nothing. Of what the place's settings
    have `said`, the form of its objects and refs is taken over. `refs` are taken instead of its own, `head` for its HEAD."""

    def __init__(
        self,
        place: Place | None,
        said: Mapping[str, str] | None = None,
        refs: Mapping[str, str] | None = None,
        head: str = "",
    ) -> None:
        self.path = _room()
        self._end = weakref.finalize(self, shutil.rmtree, self.path, True)
        self.environment = callers_environment() | {
            "GIT_DIR": str(self.path),
            "HOME": str(self.path),  # a git before 2.32 knows no GIT_CONFIG_GLOBAL
            "XDG_CONFIG_HOME": str(self.path),
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_ATTR_NOSYSTEM": "1",
            "GIT_ALLOW_PROTOCOL": "",  # none, whatever else is allowed anywhere
            "GIT_NO_LAZY_FETCH": "1",
            "GIT_NO_REPLACE_OBJECTS": "1",
            "GIT_OPTIONAL_LOCKS": "0",
        }
        version, extensions = 0, ""
        if place is None:
            (self.path / "objects").mkdir()
            (self.path / "refs").mkdir()
            head = "ref: refs/heads/main"
        else:
            for name in ("objectformat", "refstorage"):
                if re.fullmatch(r"[a-z0-9]+", value := (said or {}).get(f"extensions.{name}", "").lower()):
                    version, extensions = 1, f"{extensions}\t{name} = {value}\n"
            self._of(place, refs)
            head = head or _head(place.own / "HEAD")
        (self.path / "HEAD").write_bytes(os.fsencode(head.rstrip("\n") + "\n"))
        (self.path / "config").write_text(
            f"{_CONFIG}[core]\n\trepositoryformatversion = {version}\n[extensions]\n{extensions}"
        )

    def _of(self, place: Place, refs: Mapping[str, str] | None) -> None:
        self.environment["GIT_OBJECT_DIRECTORY"] = str((place.common / "objects").absolute())
        self.environment["GIT_INDEX_FILE"] = str((place.own / "index").absolute())
        if refs is None:
            for name in ("refs", "reftable"):
                if (place.common / name).is_dir():
                    _link(place.common / name, self.path / name)
        (self.path / "refs").mkdir(exist_ok=True)
        (self.path / "info").mkdir()
        parts = [place.own / name for name in sorted(os.listdir(place.own)) if name.startswith("sharedindex.")]
        parts += [place.common / "shallow", place.common / "info" / "exclude"]
        if refs is None:
            parts.append(place.common / "packed-refs")
        else:
            rows = "".join(f"{sha} {name}\n" for name, sha in sorted(refs.items()))
            (self.path / "packed-refs").write_bytes(os.fsencode(rows))
        for part in parts:
            if part.is_file():  # no pipe, on which git would wait
                _link(part, self.path / ("info/exclude" if part.name == "exclude" else part.name))

    def run(
        self,
        *arguments: str,
        stdin: bytes | None = None,
        seconds: float | None = None,
        cwd: Path | None = None,
        environment: Mapping[str, str | None] | None = None,
    ) -> bytes:
        """The output of a git command. Raises GitError with what git said, also where it takes longer than `seconds`. What
        `environment` has as None is left out."""
        try:
            done = subprocess.run(
                self.command(*arguments),
                input=stdin if stdin is not None else b"",
                capture_output=True,
                env={k: v for k, v in {**self.environment, **(environment or {})}.items() if v is not None},
                cwd=cwd or self.path,
                check=False,
                timeout=seconds,
            )
        except subprocess.TimeoutExpired:
            raise GitError(f"git {arguments[0]} took longer than {seconds:.0f} seconds") from None
        except FileNotFoundError:
            if cwd is not None and not cwd.exists():
                raise UserError(f"{cwd}: no such folder any more", _WHERE) from None
            _program.cache_clear()  # it is gone since it was found
            raise UserError("git is not installed, or not on the PATH", "install git 2.30 or newer") from None
        if done.returncode:
            said = done.stderr.decode("utf-8", errors="replace").strip()
            raise GitError(said or f"git {arguments[0]} ended with code {done.returncode}", said, done.stdout)
        if arguments[:2] == ("rev-parse", "--verify") and not re.search(rb"\b[0-9a-f]{40,64}\b", done.stdout):
            raise no_git()
        return done.stdout

    @staticmethod
    def command(*arguments: str) -> Sequence[str]:
        """A git command line, with what only its options can say."""
        return [program(), "--no-pager", "--no-replace-objects", *arguments]

    def close(self) -> None:
        """Remove the directory; nothing of the repository is in it."""
        self._end()

    def __enter__(self) -> "Directory":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _link(source: Path, target: Path) -> None:
    try:
        target.symlink_to(source.absolute())
    except OSError:  # where links are a privilege
        if source.is_dir():
            shutil.copytree(source, target, symlinks=True)
        else:
            shutil.copy2(source, target)


_rooms = threading.Lock()
_own: dict[int, Path] = {}


def _room() -> Path:
    """A new folder for one directory, in a folder of this process's that others remove once it has ended, however it ends."""
    with _rooms:
        if os.getpid() not in _own:
            _own[os.getpid()] = _open_room()
        return Path(tempfile.mkdtemp(dir=_own[os.getpid()]))


def _open_room() -> Path:
    user = os.getuid() if hasattr(os, "getuid") else "user"
    root = Path(tempfile.gettempdir()) / f"auditor-{user}"
    with contextlib.suppress(FileExistsError):
        root.mkdir(mode=0o700)
    found = os.lstat(root)
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (user, 0) or found.st_mode & 0o022:
        root = Path(tempfile.mkdtemp(prefix=f"{root.name}-"))  # somebody else has taken the name
    for left in root.iterdir():  # of processes that were killed
        if (held := _hold(left)) is not None:
            shutil.rmtree(left, ignore_errors=True)
            os.close(held)
    while True:
        own = root / f"{os.getpid()}-{os.urandom(4).hex()}"
        own.mkdir(mode=0o700)
        held = _hold(own)  # as long as this process lives: it is never closed
        if own.is_dir():  # nobody took it for left before it was held
            atexit.register(_close_room, os.getpid(), own)
            return own
        if held is not None:
            os.close(held)


def _hold(folder: Path) -> int | None:
    """Lock a folder; None where another process holds it, or where there are no such locks."""
    try:
        import fcntl
    except ImportError:
        return None
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        return None
    return handle


def _close_room(process: int, own: Path) -> None:
    if os.getpid() == process:  # a forked child leaves alone what is its parent's
        shutil.rmtree(own, ignore_errors=True)
