"""Brings a remote repository into the user's cache as a bare clone of its default branch: no checkout, no hooks, no
submodules, no LFS."""

import hashlib
import json
import os
import re
import shutil
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

import git
from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_exponential

from auditor.errors import UserError
from auditor.lazy import dataclass
from auditor.repository import ASK_NOBODY, cache_folder

_SCHEMES = ("https", "ssh", "file")


def _reporter(say: Callable[[str], None]) -> Any:
    def update(op_code: int, count: str | float, total: str | float | None = None, message: str = "") -> None:
        of = f" of {total:.0f}" if isinstance(total, float | int) and total else ""
        done = ", done" if op_code & git.RemoteProgress.END else ""
        say(f"fetching: {count:.0f}{of} {message}{done}" if isinstance(count, float | int) else f"fetching {message}")

    return update


@dataclass(frozen=True)
class Fetched:
    """A bare clone, the branches and tags that its host has (with their commits, which the clone need not hold), and which
    branch is the default one; empty where the host does not say."""

    path: Path
    branches: dict[str, str]
    tags: dict[str, str]
    default_branch: str = ""


def fetch(
    url: str, *, ref: str = "", before: datetime | None = None, progress: Callable[[str], None] | None = None
) -> Fetched:
    """The bare clone of a URL, brought up to date where that is needed. Nobody is ever asked for a password: what git has
    stored, or a key that an agent holds, lets it in or nothing does.

    Nothing is fetched when `ref` is a commit that the clone has, or when the last fetch came after `before`.
    Raises UserError for a scheme other than https, ssh and file, and for what git cannot reach.
    """
    scheme = "ssh" if re.match(r"^[^:/]+:(?!//|:)", url) else url.split("://")[0].lower()
    if scheme not in _SCHEMES or "::" in url or url.startswith("-"):
        raise UserError(
            f"{url}: only https, ssh and file addresses are fetched", "give an https or ssh URL, or a folder"
        )
    shown = re.sub(r"://[^/@]*@", "://", url)
    name = re.sub(r"[^A-Za-z0-9.-]+", "-", re.sub(r"\.git$", "", shown.rstrip("/")).split("://")[-1])[-60:].strip("-")
    path = cache_folder() / f"{name}-{hashlib.sha256(url.encode()).hexdigest()[:12]}"
    state_file = path / "auditor.json"
    state = _state(state_file)
    environment = ASK_NOBODY | {
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_LFS_SKIP_SMUDGE": "1",
        "GIT_SSH_COMMAND": "ssh -oBatchMode=yes -oConnectTimeout=20 -oServerAliveInterval=20",
        "GIT_HTTP_LOW_SPEED_LIMIT": "1",  # a host that falls silent for a minute has hung up
        "GIT_HTTP_LOW_SPEED_TIME": "60",
        "GIT_CONFIG_COUNT": "3",
        "GIT_CONFIG_KEY_0": "core.hooksPath",
        "GIT_CONFIG_VALUE_0": os.devnull,
        "GIT_CONFIG_KEY_1": "core.askPass",
        "GIT_CONFIG_VALUE_1": "",
        "GIT_CONFIG_KEY_2": "credential.interactive",
        "GIT_CONFIG_VALUE_2": "false",
    }
    reporter = _reporter(progress) if progress else None
    part = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}.part")
    try:
        if state:
            repository = git.Repo(path)
            if not _current(repository, state, ref, before):
                with repository.git.custom_environment(**environment):
                    _retry(lambda: repository.remotes.origin.fetch(ref or None, progress=reporter, no_tags=True))
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            options = ["--single-branch", "--no-tags", "--template="]
            repository = _retry(
                lambda: git.Repo.clone_from(
                    url,
                    part,
                    progress=reporter,
                    env=environment,
                    bare=True,
                    multi_options=options,
                    allow_unsafe_options=True,
                )
            )
            # A bare single-branch clone has no refspec; this keeps its branch in step with the host's.
            branch = repository.head.reference.name if not repository.head.is_detached else ""
            if branch:
                with repository.config_writer() as config:
                    config.set_value('remote "origin"', "fetch", f"+refs/heads/{branch}:refs/heads/{branch}")
            _move(part, path)
            repository = git.Repo(path)
        if not state or not _current(repository, state, ref, before):
            if ref and not _has(repository, ref):
                with repository.git.custom_environment(**environment):
                    _try_ref(repository, ref)
            with repository.git.custom_environment(**environment):
                rows = str(repository.git.ls_remote("--symref", "origin", "HEAD", "refs/heads/*", "refs/tags/*")).split(
                    "\n"
                )
            told = _told(rows)
            if _is_checkout(url):
                told["default"] = ""
            if state and told["default"] in told["branches"] and told["default"] != repository.head.reference.name:
                return _anew(path, url, ref, before, progress)  # the host has made another branch the default one
            state = {"fetched": datetime.now(UTC).isoformat()} | told
            _write(state_file, json.dumps(state))
    except (git.GitCommandError, git.InvalidGitRepositoryError, git.NoSuchPathError, ValueError, OSError) as error:
        failed = str(getattr(error, "stderr", ""))
        # a killed fetch left its lock, or the default branch has been renamed
        if state and (".lock': File exists" in failed or (not ref and "couldn't find remote ref" in failed)):
            return _anew(path, url, ref, before, progress)
        said = str(getattr(error, "stderr", "") or error).strip().strip("'").splitlines()
        reason = next(
            (line.strip() for line in said if "fatal:" in line or "ERROR:" in line), said[-1].strip() if said else ""
        )
        raise UserError(
            f"{shown}: cannot be fetched ({reason.replace('fatal: ', '').replace(url, shown)[:200]})",
            "check the address and your access, for instance with: git ls-remote URL",
        ) from None
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return Fetched(path, dict(state["branches"]), dict(state["tags"]), str(state["default"]))


def _is_checkout(url: str) -> bool:
    """Whether an address leads to a working tree on this machine, whose HEAD is only what somebody has checked out."""
    return url.startswith("file://") and (Path(unquote(urlsplit(url).path)) / ".git").exists()


def _anew(path: Path, url: str, ref: str, before: datetime | None, progress: Callable[[str], None] | None) -> Fetched:
    shutil.rmtree(path, ignore_errors=True)
    return fetch(url, ref=ref, before=before, progress=progress)


def _told(rows: list[str]) -> dict[str, Any]:
    """What a host says of its branches and tags, and which branch HEAD is."""
    found = [(what, name) for what, _, name in (row.partition("\t") for row in rows)]
    heads = {n.removeprefix("refs/heads/"): sha for sha, n in found if n.startswith("refs/heads/")}
    tags = {n.removeprefix("refs/tags/"): sha for sha, n in found if n.startswith("refs/tags/")}
    peeled = {n.removesuffix("^{}"): sha for n, sha in tags.items() if n.endswith("^{}")}
    tags = {n: peeled.get(n, sha) for n, sha in tags.items() if not n.endswith("^{}")}
    default = next((what for what, n in found if n == "HEAD" and what.startswith("ref: refs/heads/")), "")
    return {"branches": dict(sorted(heads.items())), "tags": tags, "default": default.removeprefix("ref: refs/heads/")}


def _state(file: Path) -> dict[str, Any]:
    """What is known of a clone; nothing where it is none, or was left half-made."""
    try:
        state = json.loads(file.read_text())
        return state if isinstance(state, dict) and {"fetched", "branches", "tags", "default"} <= state.keys() else {}
    except (OSError, ValueError):
        return {}


def _move(part: Path, path: Path) -> None:
    """Put a finished clone in its place; one that somebody else has finished meanwhile stays."""
    if path.exists() and _state(path / "auditor.json"):
        shutil.rmtree(part, ignore_errors=True)
        return
    shutil.rmtree(path, ignore_errors=True)  # what an interrupted run left
    part.rename(path)


def _write(file: Path, text: str) -> None:
    part = file.with_name(f"{file.name}.{os.getpid()}-{threading.get_ident()}.part")
    part.write_text(text)
    part.replace(file)


def _has(repository: git.Repo, ref: str) -> bool:
    return (
        bool(re.fullmatch(r"[0-9a-f]{40}", ref))
        and repository.git.cat_file("-t", ref, with_exceptions=False) == "commit"
    )


def _current(repository: git.Repo, state: dict[str, str], ref: str, before: datetime | None) -> bool:
    if _has(repository, ref):
        return True
    return bool(before and not ref and datetime.fromisoformat(state["fetched"]) > before)


def _try_ref(repository: git.Repo, ref: str) -> None:
    """A branch or tag other than the default one; one that the host does not have is found out by whoever resolves it."""
    if not re.fullmatch(r"[A-Za-z0-9][\w./+-]*", ref) or ".." in ref:
        return
    for source, target in (
        (f"refs/heads/{ref}", f"refs/heads/{ref}"),
        (f"refs/tags/{ref}", f"refs/tags/{ref}"),
        (ref, ""),
    ):
        try:
            repository.git.fetch("--no-tags", "origin", f"+{source}:{target}" if target else source)
        except git.GitCommandError:
            continue
        return


def _transient(error: BaseException) -> bool:
    said = str(getattr(error, "stderr", "")).lower()
    hopeless = (
        "not found",
        "could not read",
        "denied",
        "does not exist",
        "does not appear",
        "not allowed",
        "authentication",
    )
    passing = ("timed out", "reset", "early eof", "could not resolve", "unexpected disconnect", "502", "503", "429")
    return (
        isinstance(error, git.GitCommandError)
        and any(p in said for p in passing)
        and not any(h in said for h in hopeless)
    )


T = TypeVar("T")


def _retry(call: Callable[[], T]) -> T:
    return Retrying(
        retry=retry_if_exception(_transient),
        stop=stop_after_attempt(3),
        wait=wait_exponential(0.5, max=5),
        reraise=True,
    )(call)
