"""Brings a remote repository into the user's cache as a bare clone: no checkout, no hooks, no submodules, no LFS.

The host is asked each time what its branches and tags are, and which one is the default. What is audited is what it says
then, whatever else the clone holds from before: any number of processes may use one clone at once.
"""

import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_exponential

from auditor import regular
from auditor.errors import UserError
from auditor.gitdir import ASK_NOBODY, Directory, looked_for, no_git, program
from auditor.gitparts import odd_parts
from auditor.lazy import dataclass
from auditor.locks import LOCK, alone, if_free
from auditor.repository import cache_folder
from auditor.whole import PART, write_whole

_SCHEMES = ("https", "ssh", "file")
Progress = Callable[[str], None]
_ROW = 200  # characters of a line of progress; a longer one is none of git's


@dataclass(frozen=True)
class Fetched:
    """A bare clone, the branches and tags that its host has (with their commits, which the clone need not hold), and which
    branch is the default one; empty where the host does not say. `refs` are the refs that were fetched, `head` is the
    host's HEAD, and `notes` are what is odd about it."""

    path: Path
    branches: dict[str, str]
    tags: dict[str, str]
    default_branch: str = ""
    refs: dict[str, str] = field(default_factory=dict)
    head: str = ""
    notes: tuple[str, ...] = ()


def fetch(url: str, *, ref: str = "", before: datetime | None = None, progress: Progress | None = None) -> Fetched:
    """The bare clone of a URL, brought up to date. Nobody is ever asked for a password: what git has stored, or a key that an
    agent holds, lets it in or nothing does. A clone that is damaged is made anew.

    The host is not asked when `ref` is a commit that the clone has. Where it cannot be asked, and the last fetch came after
    `before`, that one is taken, and noted. Raises UserError for a scheme other than https, ssh and file, and for what git
    cannot reach.
    """
    scheme = "ssh" if re.match(r"^[^:/]+:(?!//|:)", url) else url.split("://")[0].lower()
    shown = re.sub(r"://[^/@]*@", "://", url)
    if scheme not in _SCHEMES or "::" in url or url.startswith("-"):
        raise UserError(
            f"{shown}: only https, ssh and file addresses are fetched", "give an https or ssh URL, or a folder"
        )
    if scheme == "file" and (odd := _odd(Path(unquote(urlsplit(url).path)))):
        raise UserError(f"{shown}: cannot be fetched: its {odd}", "give a repository whose files are all there")
    name = re.sub(r"[^A-Za-z0-9.-]+", "-", re.sub(r"\.git$", "", shown.rstrip("/")).split("://")[-1])[-60:].strip("-")
    path = cache_folder() / f"{name}-{hashlib.sha256(url.encode()).hexdigest()[:12]}"
    lock = path.with_name(path.name + LOCK)
    with (
        alone(lock, f"another run fetches {shown}", progress, "set AUDITOR_CACHE to a folder that can be written"),
        Directory(None) as nobodys,
    ):
        _sweep(path)
        try:
            return _Clone(url, path, _Git(nobodys, url, progress)).fetched(ref, before)
        except _Failed as error:
            raise UserError(
                f"{shown}: cannot be fetched ({error.reason.replace(url, shown)})",
                "check the address and your access, for instance with: git ls-remote URL",
            ) from None


class _Failed(Exception):
    """A git command that failed; `said` is all that it had to say."""

    def __init__(self, said: str) -> None:
        super().__init__(said)
        self.said = said

    @property
    def reason(self) -> str:
        """The line that says why."""
        lines = [line.strip() for line in self.said.strip().split("\n")]
        why = next((line for line in lines if "fatal:" in line or "ERROR:" in line), lines[-1])
        return why.replace("fatal: ", "")[:200]


class _Clone:
    """The clone of one URL, to whoever holds its lock."""

    def __init__(self, url: str, path: Path, git: "_Git") -> None:
        self.url, self.path, self.git = url, path, git
        self.state = _state(path, url)

    def fetched(self, ref: str, before: datetime | None) -> Fetched:
        """The clone with what is asked of it. Raises _Failed."""
        if self.state and _is_sha(ref) and self._has(ref):
            return self._as(self.state, ref)
        try:
            told = self._ask()
        except _Failed:
            if self.state and before and not ref and before < _when(self.state) <= datetime.now(UTC):
                return self._as(
                    self.state, ref, f"the host could not be asked; as it was at {self.state['fetched'][:16]}"
                )
            raise
        for attempt in (1, 2, 3):
            try:
                return self._take(told, ref)
            except _Failed as error:  # a branch that was renamed or removed since the host was asked
                if attempt == 3 or "couldn't find remote ref" not in error.said:
                    raise
                told = self._ask()
        raise AssertionError

    def _ask(self) -> dict[str, Any]:
        told = _told(_retry(lambda: self.git("ls-remote", "--symref", self.url, "HEAD", "refs/heads/*", "refs/tags/*")))
        if _is_checkout(self.url):
            told["default"] = ""
        return told

    def _take(self, told: dict[str, Any], ref: str) -> Fetched:
        wanted = _wanted(told, ref)
        state = self.state
        if not state or any(state["refs"].get(name) != sha for name, sha in wanted.items()):
            try:
                if not state:
                    raise _Failed("")
                refs = self._update(self.path, wanted)
            except _Failed:  # be it damaged, locked by what was killed, or of another kind than the host's is now
                refs = self._anew(wanted)
        else:
            refs = {name: state["refs"][name] for name in wanted}
        if ref and f"refs/heads/{ref}" not in refs and f"refs/tags/{ref}" not in refs and not self._has(ref):
            refs |= self._search(told, ref)
        for name in told["branches"]:  # the host may have moved on since it was asked
            told["branches"][name] = refs.get(f"refs/heads/{name}", told["branches"][name])
        detached = "" if told["head"].startswith("ref: ") else refs.pop(_DETACHED, "")
        known = {k: v for k, v in (state or {}).get("refs", {}).items() if _has_ref(told, k, v)}
        state = told | {
            "url": self.url,
            "fetched": datetime.now(UTC).isoformat(),
            "head": detached or told["head"] or "ref: refs/heads/main",
            "refs": known | refs,
            "files": _files(self.path),
        }
        write_whole(self.path / _STATE, json.dumps(state))
        self.state = state
        return self._as(state, ref)

    def _update(self, path: Path, wanted: Mapping[str, str]) -> dict[str, str]:
        """Fetch refs into a clone; what they are now. The clone keeps no other."""
        if wanted:
            specs = [f"+{'HEAD' if name == _DETACHED else name}:{name}" for name in wanted]
            _retry(lambda: self.git("fetch", *_FETCH, self.url, *specs, of=path))
        rows = self.git("for-each-ref", "--format=%(objectname) %(refname)", of=path).split("\n")
        have = {name: sha for sha, _, name in (row.partition(" ") for row in rows if row)}
        if missing := wanted.keys() - have.keys():
            raise _Failed(f"fatal: couldn't find remote ref {min(missing)}")
        return {name: have[name] for name in wanted}

    def _anew(self, wanted: Mapping[str, str]) -> dict[str, str]:
        """A clone in the place of what is there, which stays until the new one is whole."""
        part = Path(tempfile.mkdtemp(prefix=f"{self.path.name}.", suffix=PART, dir=self.path.parent))
        try:
            form = "sha256" if any(len(sha) == 64 for sha in wanted.values()) else "sha1"
            self.git("init", "--quiet", "--bare", "--template=", f"--object-format={form}", of=part)
            if not (part / "HEAD").is_file():
                raise no_git()
            self.git("config", "remote.origin.url", self.url, of=part)
            refs = self._update(part, wanted)
            self._put(part)
        finally:
            shutil.rmtree(part, ignore_errors=True)
        self.state = None
        return refs

    def _put(self, part: Path) -> None:
        if os.path.lexists(self.path):
            old = Path(tempfile.mkdtemp(prefix=f"{self.path.name}.", suffix=PART, dir=self.path.parent))
            self.path.rename(old / "old")
            part.rename(self.path)
            shutil.rmtree(old, ignore_errors=True)
        else:
            part.rename(self.path)

    def _search(self, told: Mapping[str, Any], ref: str) -> dict[str, str]:
        """What a name that is no branch and no tag may mean: a commit by its id, for which all branches are looked through,
        or a ref of another kind. What the host does not have is found out by whoever resolves it."""
        try:
            if ref.startswith("refs/") and re.fullmatch(r"[\w./+-]+", ref):
                return self._update(self.path, {ref: ""})
            if _is_sha(ref):
                self.git("fetch", *_FETCH, self.url, ref, of=self.path)
            if re.fullmatch(r"[0-9a-f]{4,64}", ref) and not self._has(ref):
                return self._update(self.path, {f"refs/heads/{name}": sha for name, sha in told["branches"].items()})
        except _Failed:
            pass
        return {}

    def _has(self, ref: str) -> bool:
        try:
            self.git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}", of=self.path)
            return True
        except _Failed:
            return False

    def _as(self, state: Mapping[str, Any], ref: str, *notes: str) -> Fetched:
        """What was asked for, and no more: another audit of this clone may have fetched other refs."""
        branches, tags = ({_shown(k): v for k, v in state[what].items()} for what in ("branches", "tags"))
        names = [*_wanted(state, ref), *((ref,) if ref.startswith("refs/") else ())]
        refs = {name: state["refs"][name] for name in names if name in state["refs"] and name != _DETACHED}
        return Fetched(self.path, branches, tags, _shown(state["default"]), refs, str(state["head"]), notes)


_STATE = "auditor.json"
_DETACHED = "refs/auditor/HEAD"
_FETCH = (
    "--no-tags",
    "--refmap=",
    "--update-shallow",
    "--no-recurse-submodules",
    "--no-write-fetch-head",
    "--progress",
)


def _is_sha(ref: str) -> bool:
    return bool(re.fullmatch(r"[0-9a-f]{40}|[0-9a-f]{64}", ref))


def _shown(name: str) -> str:
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _is_checkout(url: str) -> bool:
    """Whether an address leads to a working tree on this machine, whose HEAD is only what somebody has checked out."""
    return url.startswith("file://") and (Path(unquote(urlsplit(url).path)) / ".git").exists()


def _odd(folder: Path) -> str:
    """Which of git's files in a folder of this machine is no regular file: git would wait for it on the host's side, too."""
    own = folder / ".git" if (folder / ".git").is_dir() else folder
    return odd_parts(own, own)


def _told(out: str) -> dict[str, Any]:
    """What a host says of its branches and tags, and what HEAD is."""
    found = [(what, name) for what, _, name in (row.partition("\t") for row in out.split("\n"))]
    heads = {n.removeprefix("refs/heads/"): sha for sha, n in found if n.startswith("refs/heads/")}
    objects = {n.removeprefix("refs/tags/"): sha for sha, n in found if n.startswith("refs/tags/")}
    peeled = {n.removesuffix("^{}"): sha for n, sha in objects.items() if n.endswith("^{}")}
    objects = {n: sha for n, sha in objects.items() if not n.endswith("^{}")}
    head = next((what for what, n in found if n == "HEAD" and what.startswith("ref: refs/heads/")), "")
    head = head or next((what for what, n in found if n == "HEAD" and _is_sha(what)), "")
    return {
        "branches": dict(sorted(heads.items())),
        "tags": {n: peeled.get(n, sha) for n, sha in objects.items()},
        "objects": objects,
        "head": head,
        "default": head.removeprefix("ref: refs/heads/") if head.startswith("ref: ") else "",
    }


def _wanted(told: Mapping[str, Any], ref: str) -> dict[str, str]:
    """The refs that an audit needs, by what the host says they are: that of HEAD, and that of `ref`, of which an older commit
    may be meant."""
    wanted: dict[str, str] = {}
    head = str(told["head"])
    if head.startswith("ref: "):
        name = head.removeprefix("ref: refs/heads/")
        if name in told["branches"]:
            wanted[f"refs/heads/{name}"] = told["branches"][name]
    elif head:
        wanted[_DETACHED] = head
    for name in (ref, re.split(r"[~^@:]", ref)[0]):
        short = name.removeprefix("refs/heads/").removeprefix("refs/tags/")
        if short in told["branches"] and not name.startswith("refs/tags/"):
            return wanted | {f"refs/heads/{short}": told["branches"][short]}
        if short in told["tags"] and not name.startswith("refs/heads/"):
            return wanted | {f"refs/tags/{short}": told["objects"][short]}
    return wanted


def _has_ref(told: Mapping[str, Any], name: str, sha: str) -> bool:
    """Whether the host still has a ref that was fetched before, as it was then."""
    kind, short = ("branches", name[11:]) if name.startswith("refs/heads/") else ("objects", name[10:])
    return bool(told[kind].get(short) == sha)


# -- the clone on disk -------------------------------------------------------------------------------------------------


def _state(path: Path, url: str) -> dict[str, Any] | None:
    """What is known of a clone; nothing where there is none, or it is not as it was left."""
    try:
        state = json.loads(regular.read_bytes(path / _STATE))
        known = {"fetched", "branches", "tags", "objects", "default", "head", "refs", "files"}
        sound = known <= state.keys() and state["url"] == url and bool(_when(state)) and not odd_parts(path, path)
        return state if sound and state["files"].items() <= _files(path).items() else None
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def _when(state: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(state["fetched"])


def _files(path: Path) -> dict[str, list[int]]:
    """The size and time of every file that objects are in: whoever cuts or writes to one changes them."""
    found = sorted(p for p in (path / "objects" / "pack").glob("pack-*") if p.suffix in (".pack", ".idx"))
    parts = [*found, *(p for p in (path / "shallow", path / "HEAD") if p.exists())]
    return {str(p.relative_to(path)): [p.stat().st_size, p.stat().st_mtime_ns] for p in parts}


def _sweep(path: Path) -> None:
    """Remove what killed runs left in the cache: of this clone, whose lock is held, and of all that nobody is at."""
    for part in path.parent.glob(f"*{PART}"):
        of = re.match(r"(.+-[0-9a-f]{12})\.", part.name)
        if of is None or of[1] == path.name:
            _remove(part)
            continue
        with if_free(part.with_name(of[1] + LOCK)) as free:
            if free:
                _remove(part)
    for left in (*path.glob(f".*{PART}"), *(path / "objects" / "pack").glob("tmp_*"), *path.glob("*.lock")):
        _remove(left)


def _remove(left: Path) -> None:
    if left.is_dir() and not left.is_symlink():
        shutil.rmtree(left, ignore_errors=True)
    else:
        left.unlink(missing_ok=True)


# -- git over a network ------------------------------------------------------------------------------------------------

# The user's settings say how a host is reached (proxies, certificates, credentials, other addresses). These would do more.
_SETTINGS = {
    "core.hooksPath": os.devnull,
    "core.askPass": "",
    "core.fsmonitor": "false",
    "credential.interactive": "false",
    "fetch.fsckObjects": "false",
    "transfer.fsckObjects": "false",
    "fetch.unpackLimit": "1",  # always a pack, whose files can be counted
    "transfer.unpackLimit": "1",
    "fetch.negotiationAlgorithm": "default",
    "fetch.prune": "false",
    "fetch.pruneTags": "false",
    "fetch.writeCommitGraph": "false",
    "submodule.recurse": "false",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "uploadpack.packObjectsHook": "",
    "transfer.bundleURI": "false",
}
_KEPT = ("GIT_CONFIG_", "GIT_SSL_", "GIT_HTTP_", "GIT_PROXY_", "GIT_EXEC_PATH", "GIT_TRACE", "GIT_CURL_")
_ENVIRONMENT = ASK_NOBODY | {
    "LC_ALL": "C",
    "GIT_LFS_SKIP_SMUDGE": "1",
    "GIT_SSH_COMMAND": "ssh -oBatchMode=yes -oConnectTimeout=20 -oServerAliveInterval=20",
    "GIT_HTTP_LOW_SPEED_LIMIT": "1",  # a host that falls silent for a minute has hung up
    "GIT_HTTP_LOW_SPEED_TIME": "60",
    "GIT_NO_REPLACE_OBJECTS": "1",
}


class _Git:
    """Runs git for one URL: by the protocol that it leads to and no other, in a clone or in none."""

    def __init__(self, nobodys: Directory, url: str, progress: Progress | None) -> None:
        self.nobodys, self.progress = nobodys, progress
        caller = {k: v for k, v in os.environ.items() if not k.startswith("GIT_") or k.startswith(_KEPT)}
        self.environment = caller | _ENVIRONMENT | {"GIT_ALLOW_PROTOCOL": ""} | looked_for()
        leads_to = self("ls-remote", "--get-url", url).strip()  # a setting of the user may send it elsewhere
        found = re.match(r"([A-Za-z][A-Za-z0-9+.-]*)://", leads_to)
        scheme = found[1].lower() if found else "file" if leads_to.startswith(("/", ".")) else "ssh"
        self.environment["GIT_ALLOW_PROTOCOL"] = scheme if scheme in (*_SCHEMES, "http", "git") else ""

    def __call__(self, *arguments: str, of: Path | None = None) -> str:
        """The output of a git command. Raises _Failed. What it has started ends with it."""
        options = [o for key, value in _SETTINGS.items() for o in ("-c", f"{key}={value}")]
        with tempfile.TemporaryFile(dir=self.nobodys.path) as out:
            process = subprocess.Popen(
                [program(), "--no-pager", *options, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.PIPE,
                env=self.environment | {"GIT_DIR": str((of or self.nobodys.path).absolute())},
                cwd=self.nobodys.path,
                start_new_session=True,
            )
            try:
                said = self._listen(process)
                code = process.wait()
            finally:
                if process.poll() is None:
                    _end(process)
            out.seek(0)
            if code:
                raise _Failed(said or f"git {arguments[0]} ended with code {code}")
            return out.read().decode("utf-8", errors="surrogateescape")

    def _listen(self, process: "subprocess.Popen[bytes]") -> str:
        """What git says. Of its progress the last line of each piece goes on, and of that the numbers."""
        source: Any = process.stderr
        said = bytearray()
        tell = _teller(self.progress) if self.progress is not None else None
        with source:
            while chunk := source.read1(65_536):
                said = (said + chunk)[-65_536:]
                rows = re.split(r"[\r\n]", chunk.decode("utf-8", errors="replace"))
                if tell is not None and (counted := [r for r in rows if "%" in r and len(r) < _ROW]):
                    tell(counted[-1])
        return said.decode("utf-8", errors="replace").replace("\r", "\n")


def _teller(progress: Progress) -> Callable[[str], None]:
    """Takes the lines of git's progress, and hands on numbers alone: a host may put anything between."""
    from git import RemoteProgress

    class Teller(RemoteProgress):
        def update(self, op_code: int, cur_count: Any, max_count: Any = None, message: str = "") -> None:
            what = {self.RECEIVING: "objects", self.RESOLVING: "deltas"}.get(op_code & self.OP_MASK)
            if what and max_count:
                done = ", done" if op_code & self.END or cur_count == max_count else ""
                progress(f"fetching: {int(cur_count)} of {int(max_count)} {what}{done}")

    return Teller().new_message_handler()


def _end(process: "subprocess.Popen[bytes]") -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (OSError, AttributeError):
        process.kill()
    process.wait()


def _transient(error: BaseException) -> bool:
    said = error.said.lower() if isinstance(error, _Failed) else ""
    hopeless = (
        "not found",
        "could not read username",  # of ssh, "could not read from remote repository" follows whatever has failed
        "could not read password",
        "denied",
        "does not exist",
        "does not appear",
        "not allowed",
        "authentication",
    )
    passing = ("timed out", "reset", "early eof", "could not resolve", "unexpected disconnect", "502", "503", "429")
    return any(p in said for p in passing) and not any(h in said for h in hopeless)


def _retry(call: Callable[[], str]) -> str:
    return Retrying(
        retry=retry_if_exception(_transient),
        stop=stop_after_attempt(3),
        wait=wait_exponential(0.5, max=5),
        reraise=True,
    )(call)
