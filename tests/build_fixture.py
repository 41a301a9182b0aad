"""Turns a folder under `fixtures/` into a git repository with exactly the history that its `history.toml` tells.

The ids of the commits depend on the fixture alone: neither the clock, the time zone nor anybody's git settings enter.
"""

import os
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
NAMES = ("consistent", "overclaiming", "template2023", "messy", "hostile")


def fake_key() -> bytes:
    """A file that gives away a key of W&B's shape. Put together here, so that no scanner finds it in this repository."""
    return ("WANDB_API_KEY: " + "dead" + "beef" + "deadbeef" * 4 + "\n").encode()


def long_line() -> bytes:
    """One line of Python of almost a million characters: below the size at which a file is left out."""
    return b"WORDS = '" + b"spam " * 190_000 + b"'\n"


def deep_brackets() -> bytes:
    """Python that is nested deeper than its parser goes."""
    return b"DEPTH = " + b"(" * 5000 + b"1" + b")" * 5000 + b"\n"


GENERATED: dict[str, Callable[[], bytes]] = {
    "fake-key": fake_key,
    "long-line": long_line,
    "deep-brackets": deep_brackets,
}


@dataclass(frozen=True)
class Entry:
    """What lies at a path: git's mode, and the content (for a submodule: the commit's id)."""

    mode: str
    data: bytes


Tree = dict[str, Entry]


def build(name: str, into: Path) -> Path:
    """Make the repository of a fixture in the folder `into`, with its default branch checked out."""
    fixture = FIXTURES / name
    history = tomllib.loads((fixture / "history.toml").read_text(encoding="utf-8"))
    branch = history.get("default_branch", "main")
    into.mkdir(parents=True, exist_ok=True)
    git(into, "init", "--quiet", "-b", branch)
    for key, value in (("autocrlf", "false"), ("symlinks", "true"), ("quotePath", "false")):
        git(into, "config", f"core.{key}", value)
    git(into, "fast-import", "--quiet", "--done", stdin=b"".join(stream(history, source(fixture, history))))
    git(into, "checkout", "--quiet", "--force", branch)
    return into


def git(folder: Path, *arguments: str, stdin: bytes = b"") -> str:
    """Run git in a folder without anybody's settings; returns what it printed."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    environment |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "GIT_DEFAULT_HASH": "sha1"}
    environment |= {"GIT_TEMPLATE_DIR": "", "LC_ALL": "C", "TZ": "UTC"}
    done = subprocess.run(["git", *arguments], cwd=folder, env=environment, input=stdin, capture_output=True)
    if done.returncode:
        raise RuntimeError(f"git {arguments[0]} failed in {folder}: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout.decode(errors="replace")


def source(fixture: Path, history: Mapping[str, Any]) -> Tree:
    """Everything that a commit of the fixture can add: stored files, generated ones, links and submodules."""
    stored = sorted(path for path in (fixture / "files").rglob("*") if path.is_file())
    found = {path.relative_to(fixture / "files").as_posix(): Entry("100644", path.read_bytes()) for path in stored}
    found |= {made["path"]: Entry("100644", GENERATED[made["kind"]]()) for made in history.get("generated", [])}
    found |= {text["path"]: Entry("100644", text["text"].encode()) for text in history.get("texts", [])}
    found |= {link["path"]: Entry("120000", link["target"].encode()) for link in history.get("links", [])}
    found |= {part["path"]: Entry("160000", part["commit"].encode()) for part in history.get("submodules", [])}
    return found


def stream(history: Mapping[str, Any], files: Tree) -> Iterator[bytes]:
    """The history in the language of `git fast-import`."""
    default = history.get("default_branch", "main")
    tips: dict[str, str] = {}
    trees: dict[str, Tree] = {}
    parents: dict[str, list[str]] = {}
    marks: dict[str, int] = {}
    added: set[str] = set()
    for commit in history["commits"]:
        branch = commit.get("branch", default)
        first = commit.get("from", tips.get(branch, ""))
        merged = [tips.get(other, other) for other in [commit["merge"]]] if "merge" in commit else []
        tree = dict(trees.get(first, {}))
        for other in merged:
            tree = joined(tree, trees[common(first, other, parents)], trees[other])
        for pattern in commit.get("remove", []):
            tree = {path: entry for path, entry in tree.items() if path not in chosen(pattern, tree)}
        for pattern in commit.get("add", []):
            added |= chosen(pattern, files)
            tree |= {path: files[path] for path in chosen(pattern, files)}
        tree |= {path: Entry("100644", text.encode()) for path, text in commit.get("write", {}).items()}
        known = commit["id"]
        marks[known] = len(marks) + 1
        trees[known], tips[branch], parents[known] = tree, known, [part for part in (first, *merged) if part]
        yield from written(commit, branch, marks, parents[known], tree)
    if forgotten := sorted(files.keys() - added):
        raise ValueError(f"no commit adds {', '.join(forgotten)}")
    yield b"done\n"


def chosen(pattern: str, paths: Iterable[str]) -> set[str]:
    """The paths that a pattern names (`*` crosses `/`). A pattern without any is a slip of the pen."""
    if found := {path for path in paths if path == pattern or fnmatchcase(path, pattern)}:
        return found
    raise ValueError(f"{pattern!r} matches nothing")


def common(one: str, other: str, parents: Mapping[str, list[str]]) -> str:
    """The nearest commit on the other's first-parent line that the one already contains."""
    contained, waiting = set(), [one]
    while waiting:
        contained.add(commit := waiting.pop())
        waiting += parents[commit]
    while other not in contained:
        other = parents[other][0]
    return other


def joined(ours: Tree, base: Tree, theirs: Tree) -> Tree:
    """A merge by whole files: what they changed since the base replaces what we have."""
    gone = {path for path in base if path not in theirs}
    kept = {path: entry for path, entry in ours.items() if path not in gone}
    return kept | {path: entry for path, entry in theirs.items() if base.get(path) != entry}


def written(
    commit: Mapping[str, Any], branch: str, marks: Mapping[str, int], parents: list[str], tree: Tree
) -> Iterator[bytes]:
    """One commit with its whole tree."""
    author = commit["author"]
    yield f"reset refs/heads/{branch}\n".encode()
    yield f"commit refs/heads/{branch}\nmark :{marks[commit['id']]}\n".encode()
    yield f"author {author} {moment(commit['date'])}\n".encode()
    yield f"committer {commit.get('committer', author)} {moment(commit.get('committed', commit['date']))}\n".encode()
    yield from data(commit["message"].rstrip("\n").encode() + b"\n")
    for word, parent in zip(("from", "merge"), parents, strict=False):
        yield f"{word} :{marks[parent]}\n".encode()
    yield b"deleteall\n"
    for path, entry in sorted(tree.items()):
        if entry.mode == "160000":
            yield f"M 160000 {entry.data.decode()} {quoted(path)}\n".encode()
        else:
            yield f"M {entry.mode} inline {quoted(path)}\n".encode()
            yield from data(entry.data)
    yield b"\n"


def data(content: bytes) -> Iterator[bytes]:
    """Content with its length before it."""
    yield f"data {len(content)}\n".encode()
    yield content
    yield b"\n"


def moment(when: datetime) -> str:
    """A time as git writes it, in its own offset."""
    if when.tzinfo is None:
        raise ValueError(f"{when} has no offset")
    return f"{int(when.timestamp())} {when:%z}"


def quoted(path: str) -> str:
    """A path as a C string, so that quotes and line ends survive."""
    escaped = path.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] not in NAMES:
        sys.exit(f"usage: python tests/build_fixture.py {{{','.join(NAMES)}}} FOLDER")
    print(build(sys.argv[1], Path(sys.argv[2])))
