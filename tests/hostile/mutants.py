"""Submissions with one thing changed: a byte, a line, a file, a name, a setting or the history of a fixture.

`PYTHONPATH=tests python -m tests.hostile mutants [--number N] [--fixture NAME]` audits N of them for each fixture, on two processes, and prints what
was not as it has to be: a traceback, an exit code but 0, 1 and 2, a run over its limits, a check that failed, a box that was
contradicted and now counts as supported. The same number makes the same submission on every machine.
"""

import contextlib
import gc
import io
import json
import random
import re
import resource
import shutil
import sys
import tempfile
import time
import tomllib
import traceback
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import Any

from build_fixture import FIXTURES, Entry, Tree, data, git, quoted, source, stream

SECONDS = 30
"""What one audit of a mutant may take. Its own limit is 20."""

ODD = (
    b"\x00", b"\xff", b"\xfe\xff", b"\xe2\x80\xa8", b"\xe2\x80\x8b", b"\x1b[2J", b"\r", b"\t", b"\x0c", b"${{ ", b"}}", b"{{", b"[", b"((((", b"'", b'"', b"`", b"```", b"<!--", b"-->", b"<", b"&", b"\\", b"\\u", b"%", b"#", b": ",
    b"- ", b"\n", b"\n\n\n", b"---\n", b"===", b"|", b"*", b"**", b"$(", b"$", b"\xc3", b"\xed\xa0\x80", b"9" * 400, b" " * 3000, b"a" * 3000, b"&a *a", b"!!python/object:os.system x", b"=1+1", b"::error::x", b"../" * 30,
)  # fmt: skip
NAMES = (
    "a b", "ø", "o\u0308", "\u202egnp.py", "-rf", "--help", "a\nb", "a\tb", 'a"b', "a'b", "a\\b", "a:b", "%2e%2e", "CON", "a" * 250, "*", "[a]", "{a,b}", "$(x)", "`x`", "<b>", "|", ";", "&", "~", ".hidden", "a.", " ", "\u200b", "\U0001f600",
    "README.md", "test_a.py", "conftest.py", "__init__.py", "Dockerfile", "pyproject.toml", "dvc.yaml", ".gitignore", ".gitattributes", ".gitmodules", "Makefile", "setup.py", "x.ipynb", "x.yaml", "x.json", "poetry.lock", "x.dvc",
)  # fmt: skip
VALUES = (
    "5", "null", "[]", "{}", "''", '""', "true", "1e999", "[[]]", "{a: {b: c}}", "9" * 400, "-1", "0", "&a [*a]", "${{ matrix.x }}", "${{", "*", "../..", "2026-01-01", "!x", "|", ">", "'\\ud800'", "[1, [2, [3]]]", "~", "\x07",
)  # fmt: skip


@dataclass
class Made:
    """A submission in the making: its files, its history, the settings of its repository, and what was done to it."""

    files: Tree
    history: dict[str, Any]
    settings: list[str] = field(default_factory=list)
    after: Callable[[Path], object] = lambda folder: None
    change: Callable[[Tree], object] = lambda files: None
    bytes: Callable[[bytes], bytes] = lambda made: made
    said: str = ""


Mutation = Callable[[random.Random, Made], None]


@cache
def _base(name: str) -> tuple[Tree, dict[str, Any]]:
    history = tomllib.loads((FIXTURES / name / "history.toml").read_text(encoding="utf-8"))
    return source(FIXTURES / name, history), history


def _readable(made: Made, random: random.Random) -> str:
    """A path of a text, the report and the settings of tools more often than others."""
    paths = sorted(
        p for p, e in made.files.items() if e.mode.startswith("100") and b"\0" not in e.data[:2000] and e.data
    )
    often = [
        p
        for p in paths
        if re.search(r"reports/README\.md$|\.ya?ml$|\.toml$|ocker|requirements|\.ipynb$|tasks|Make|test", p)
    ]
    return random.choice(often if often and random.random() < 0.7 else paths)


def _edit(made: Made, path: str, new: bytes, said: str) -> None:
    entry = made.files[path]
    made.change = lambda files: files.__setitem__(path, Entry(entry.mode, new))
    made.said = f"{path!r}: {said}"


def _byte(random: random.Random, made: Made) -> None:
    path = _readable(made, random)
    old = made.files[path].data
    at, length = random.randrange(len(old) + 1), random.choice((1, 1, 2, 8, 80, 800))
    how = random.choice(("insert", "insert", "delete", "flip", "cut", "repeat", "shuffle", "odd everywhere"))
    new = {
        "insert": lambda: old[:at] + random.choice(ODD) + old[at:],
        "delete": lambda: old[:at] + old[at + length :],
        "flip": lambda: (
            old[:at] + bytes(b ^ (1 << random.randrange(8)) for b in old[at : at + length]) + old[at + length :]
        ),
        "cut": lambda: old[:at],
        "repeat": lambda: old[:at] + old[at : at + length] * random.choice((2, 50)) + old[at + length :],
        "shuffle": lambda: (
            old[:at] + bytes(random.sample(part := old[at : at + length], len(part))) + old[at + length :]
        ),
        "odd everywhere": lambda: old.replace(random.choice((b" ", b"\n", b"e", b":", b'"')), random.choice(ODD)[:9]),
    }[how]()
    _edit(made, path, new, f"{how} at byte {at}")


def _line(random: random.Random, made: Made) -> None:
    path = _readable(made, random)
    rows = made.files[path].data.split(b"\n")
    at = random.randrange(len(rows))
    other = made.files[_readable(made, random)].data.split(b"\n")
    how = random.choice(
        ("delete", "double", "swap", "indent", "dedent", "join", "foreign", "odd", "comment", "reverse", "many", "half")
    )
    new = list(rows)
    if how == "delete":
        del new[at : at + random.choice((1, 1, 5, 20))]
    elif how in ("double", "many"):
        new[at:at] = [rows[at]] * (1 if how == "double" else 2000)
    elif how == "swap":
        to = random.randrange(len(rows))
        new[at], new[to] = new[to], new[at]
    elif how == "indent":
        new[at] = b" " * random.choice((1, 2, 4, 200)) + new[at]
    elif how == "dedent":
        new[at] = new[at].lstrip()
    elif how == "join":
        new[at : at + 2] = [b" ".join(new[at : at + 2])]
    elif how == "foreign":
        new[at:at] = other[: random.choice((1, 5, 50))]
    elif how == "odd":
        new[at] = random.choice(ODD) + new[at] + random.choice(ODD)
    elif how == "comment":
        new[at] = b"# " + new[at]
    elif how == "reverse":
        new[at : at + 10] = reversed(new[at : at + 10])
    else:
        new = new[: len(new) // 2]
    _edit(made, path, b"\n".join(new), f"{how} at line {at + 1}")


def _file(random: random.Random, made: Made) -> None:
    path, other = _readable(made, random), _readable(made, random)
    how = random.choice(
        (
            "gone",
            "empty",
            "other",
            "link",
            "loop",
            "submodule",
            "executable",
            "folder",
            "zeros",
            "utf-16",
            "twice",
            "deep",
            "folder gone",
        )
    )
    entry, parent = made.files[path], path.rpartition("/")[0]
    new: dict[str, Entry | None] = {
        "gone": lambda: {path: None},
        "empty": lambda: {path: Entry(entry.mode, b"")},
        "other": lambda: {path: made.files[other]},
        "link": lambda: {path: Entry("120000", random.choice((b"/etc/passwd", b"../../../../etc/passwd", other.encode(), b"nowhere")))},
        "loop": lambda: {path: Entry("120000", path.rpartition("/")[2].encode())},
        "submodule": lambda: {path: Entry("160000", b"1" * 40)},
        "executable": lambda: {path: Entry("100755", entry.data)},
        "folder": lambda: {path: None, f"{path}/a.py": entry},
        "zeros": lambda: {path: Entry(entry.mode, bytes(5000))},
        "utf-16": lambda: {path: Entry(entry.mode, entry.data.decode(errors="replace").encode("utf-16"))},
        "twice": lambda: {f"copy/{path}": entry},
        "deep": lambda: {path: None, "d/" * 70 + path: entry},
        "folder gone": lambda: {p: None for p in made.files if p.startswith(f"{parent}/")} or {path: None},
    }[how]()  # fmt: skip

    def change(files: Tree) -> None:
        for at, what in new.items():
            files.pop(at, None)
            if what is not None:
                files[at] = what

    made.change, made.said = change, f"{path!r}: {how}" + (f" ({other!r})" if how == "other" else "")


def _name(random: random.Random, made: Made) -> None:
    path = random.choice(sorted(made.files)) if random.random() < 0.5 else _readable(made, random)
    folder, _, last = path.rpartition("/")
    word = random.choice(NAMES)
    to = random.choice(
        (word, f"{word}.{last.rpartition('.')[2]}", last.upper(), last + word, f"{word}/{last}", last.swapcase())
    )
    target = f"{folder}/{to}" if folder and random.random() < 0.8 else to
    parts = [p for p in target.split("/") if p not in ("", ".", "..", ".git")]
    target = "/".join(parts) or "x"

    def change(files: Tree) -> None:
        entry = files.pop(path)
        for at in [f for f in files if f.startswith(f"{target}/") or target.startswith(f"{f}/")]:
            del files[at]
        files[target] = entry

    made.change, made.said = change, f"{path!r} -> {target!r}"[:160]


def _setting(random: random.Random, made: Made) -> None:
    if random.random() < 0.25:
        key, value = random.choice(
            (("core.bare", "maybe"), ("i18n.logOutputEncoding", "UTF-16"), ("core.quotePath", "true"), ("diff.renames", "copies"), ("log.showSignature", "true"), ("core.precomposeUnicode", "true"), ("core.abbrev", "4"), ("log.date", "relative"),
             ("blame.ignoreRevsFile", "nowhere"), ("core.ignoreCase", "true"), ("core.worktree", "/"), ("grep.patternType", "perl"), ("core.fsmonitor", "touch /tmp/pwned"), ("core.attributesFile", "/etc/passwd"), ("extensions.objectFormat", "x"),
             ("core.repositoryFormatVersion", "9"), ("include.path", "/etc/passwd"), ("core.sshCommand", "touch /tmp/pwned"), ("uploadpack.packObjectsHook", "touch /tmp/pwned"), ("log.mailmap", "false"), ("core.commitGraph", "true"),
             ("gc.auto", "1"), ("core.compression", "77"), ("core.bigFileThreshold", "1"), ("pack.threads", "-1"), ("color.ui", "always"), ("core.pager", "touch /tmp/pwned"), ("alias.log", "!touch /tmp/pwned"))
        )  # fmt: skip
        section, _, word = key.rpartition(".")

        def after(folder: Path) -> None:
            where = folder / ".git" if (folder / ".git").is_dir() else folder
            with (where / "config").open("a", encoding="utf-8") as file:
                file.write(f"\n[{section}]\n\t{word} = {value}\n")

        made.after, made.said = after, f"git: {key} = {value}"
        return
    paths = sorted(
        p
        for p, e in made.files.items()
        if re.search(r"\.(ya?ml|toml|json|ini|cfg|dvc)$|ocker|requirements|Makefile", p)
        and e.data
        and e.mode.startswith("100")
    )
    path = random.choice(paths)
    text = made.files[path].data.decode("utf-8", "surrogateescape")
    places = list(re.finditer(r"(?<=[:=])[ \t]*[^\s:=][^\n]*|(?m:^[\w.-]+)", text)) or list(
        re.finditer(r"(?s).+", text)
    )
    place = random.choice(places)
    value = random.choice(VALUES)
    new = (
        text[: place.start()]
        + " " * (text[place.start() - 1 : place.start()] in (":", "="))
        + value
        + text[place.end() :]
    )
    _edit(made, path, new.encode("utf-8", "surrogateescape"), f"{place[0].strip()[:40]!r} -> {value[:40]!r}")


def _history(random: random.Random, made: Made) -> None:
    history = deepcopy(made.history)
    commits = history["commits"]
    commit = random.choice(commits)
    how = random.choice(
        (
            "author",
            "message",
            "date",
            "branch name",
            "tags",
            "many",
            "encoding",
            "replace",
            "grafts",
            "shallow",
            "notes",
            "detached",
            "no branch",
            "empty commits",
            "same author",
            "header",
            "root",
        )
    )
    made.history, made.said = history, f"history: {how}"
    text = random.choice(
        (
            "",
            "x" * 70_000,
            "a\x1fb\x1ec",
            "\u2028",
            "fix\r\rfix",
            "\x1b[2J",
            "Merge pull request #1 from a/b",
            "::error::x",
            "\ufeff",
            "a\n\nCo-authored-by: x",
            "\u202e",
        )
    )
    if how == "author":
        name = random.choice(
            ("", "a\x1fb\x1ec", "ø" * 500, "\u2028", "\x1b[2J", "Ada <b", "=1+1", "\u202eadA", "dependabot[bot]")
        )
        commit["author"] = f"{name.replace('<', '')} <{random.choice(('', 'a@b', 'x' * 3000, '@', 'a b c'))}>"
        made.said += f" {name[:20]!r}"
    elif how == "message":
        commit["message"] = text
        made.said += f" {text[:20]!r}"
    elif how == "date":
        year = random.choice((1970, 1971, 2038, 2099, 2106, 1999))
        commit["date"] = datetime(year, 2, 3, 4, tzinfo=timezone(timedelta(hours=random.choice((-12, 0, 14)))))
        made.said += f" {year}"
    elif how == "same author":
        for one in commits:
            one["author"] = "Ada <ada@example.com>"
    elif how == "header":
        made.bytes = lambda b: re.sub(
            rb"(?m)^(committer .*)$", random.choice((rb"\1\nencoding UTF-16", rb"\1\nencoding x", rb"\1")), b, count=3
        )
    elif how == "encoding":
        made.bytes = lambda b: b.replace(b"\nauthor ", b"\nauthor \xff\xfe ", 2)
    else:
        branch = history.get("default_branch", "main")

        def after(folder: Path) -> None:
            head = git(folder, "rev-parse", "HEAD").strip()
            where = folder / ".git" if (folder / ".git").is_dir() else folder
            first = git(folder, "rev-list", "--max-parents=0", "HEAD").split()[0]
            env = ("-c", "user.name=a", "-c", "user.email=a@b")
            if how == "branch name":
                name = random.choice(
                    (
                        "--help",
                        "a\u2028b",
                        "=1+1",
                        "x" * 200,
                        "ø",
                        "HEAD2",
                        "refs/heads/x",
                        "a;b",
                        "master",
                        "origin/main",
                    )
                )
                with contextlib.suppress(RuntimeError):
                    git(folder, "update-ref", f"refs/heads/{name}", head)
                with contextlib.suppress(RuntimeError):
                    git(folder, "symbolic-ref", "HEAD", f"refs/heads/{name}")
            elif how == "tags":
                for n in range(300):
                    git(folder, "update-ref", f"refs/tags/v{n}\u2028x", head)
            elif how in ("many", "empty commits", "root"):
                tree = git(folder, "rev-parse", "HEAD^{tree}").strip()
                at = "" if how == "root" else head
                for _ in range(1 if how == "root" else 30):
                    at = git(folder, *env, "commit-tree", tree, *(["-p", at] if at else []), "-m", text or "x").strip()
                git(folder, "update-ref", f"refs/heads/{branch}", at)
            elif how == "replace":
                git(folder, "replace", "-f", head, first)
            elif how == "grafts":
                (where / "info").mkdir(exist_ok=True)
                (where / "info" / "grafts").write_text(f"{head}\n")
            elif how == "shallow":
                (where / "shallow").write_text(f"{head}\n")
            elif how == "notes":
                git(folder, *env, "notes", "add", "-m", text or "x", head)
            elif how == "detached":
                (where / "HEAD").write_text(f"{head}\n")
            elif how == "no branch":
                (where / "HEAD").write_text("ref: refs/heads/nowhere\n")

        made.after = after


KINDS: dict[str, Mutation] = {
    "bytes": _byte,
    "lines": _line,
    "files": _file,
    "names": _name,
    "settings": _setting,
    "history": _history,
}


def mutant(name: str, number: int, into: Path, work_tree: bool = False) -> str:
    """Make the repository of a fixture with one thing changed in a folder; what was changed."""
    chance = random.Random(f"{name}-{number}")
    files, history = _base(name)
    made = Made(dict(files), history)
    kind = list(KINDS)[number % len(KINDS)]
    KINDS[kind](chance, made)
    branch = made.history.get("default_branch", "main")
    text = b"".join(stream(made.history, files)).removesuffix(b"done\n")
    after = dict(_last(text, branch, made.history, files))
    before = dict(after)
    made.change(after)
    text = made.bytes(text)
    if after != before:
        text += f"commit refs/heads/{branch}\ncommitter Ada <ada@example.com> 1779000000 +0000\n".encode()
        text += b"".join(data(b"Change one thing\n")) + b"deleteall\n"
        for path, entry in sorted(after.items()):
            if entry.mode == "160000":
                text += f"M 160000 {entry.data.decode()} {quoted(path)}\n".encode()
            else:
                text += f"M {entry.mode} inline {quoted(path)}\n".encode() + b"".join(data(entry.data))
        text += b"\n"
    into.mkdir(parents=True)
    git(into, "init", "--quiet", *([] if work_tree else ["--bare"]), "-b", branch)
    git(into, "fast-import", "--quiet", "--done", stdin=text + b"done\n")
    if work_tree:
        with contextlib.suppress(RuntimeError):  # a name that this machine's disk cannot hold
            git(into, "checkout", "--quiet", "--force", branch)
    made.after(into)
    return f"{kind}: {made.said}"


def _last(text: bytes, branch: str, history: Mapping[str, Any], files: Tree) -> Tree:
    """The tree at the end of the default branch."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        git(folder, "init", "--quiet", "--bare", "-b", branch)
        git(folder, "fast-import", "--quiet", "--done", stdin=text + b"done\n")
        listed = git(folder, "ls-tree", "-r", "-z", branch).split("\0")
    paths = {row.partition("\t")[2] for row in listed if row}
    known = dict(files)
    for commit in history["commits"]:
        known.update({p: Entry("100644", t.encode()) for p, t in commit.get("write", {}).items() if p not in files})
    return {p: e for p, e in known.items() if p in paths}


# -- one run -----------------------------------------------------------------------------------------------------------


@dataclass
class Ran:
    """What came of one mutant: nothing in `wrong`, or why it is a surprise; the boxes that came to count as supported."""

    name: str
    number: int
    said: str
    code: int | None = None
    seconds: float = 0.0
    wrong: list[str] = field(default_factory=list)
    better: list[str] = field(default_factory=list)


def command(*arguments: str) -> tuple[int | None, str, str]:
    """The command line in this process: exit code, what it printed and what it said."""
    from auditor import cli

    out, err = io.StringIO(), io.StringIO()
    old = sys.argv, sys.stdout
    sys.argv = ["auditor", *arguments]
    code: int | None = 0
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            cli.main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1 if end.code else 0
    except BaseException:
        code = None
        err.write(traceback.format_exc())
    finally:
        sys.argv, sys.stdout = old
        gc.enable()
        gc.collect()
    return code, out.getvalue(), err.getvalue()


def boxes(record: Mapping[str, Any]) -> dict[str, tuple[bool, str]]:
    """Each box of the course: whether it is ticked, and the label that stands for it."""
    labels = {i["n"]: i["label"] for i in record["items"]}
    return {i["item"]: (i["checked"], labels.get(i["n"], "")) for i in record["report"]["items"] if i["item"]}


@cache
def plain(name: str) -> Mapping[str, Any]:
    """The record of a fixture as it is."""
    with tempfile.TemporaryDirectory() as scratch:
        repo = Path(scratch) / name
        from build_fixture import build

        build(name, repo)
        return dict(json.loads(command("audit", str(repo), "--format", "json")[1]))


def run(name: str, number: int) -> Ran:
    """Make a mutant, audit it (each seventh is checked, too), and hold what came out against what has to."""
    ran = Ran(name, number, "")
    with tempfile.TemporaryDirectory() as scratch:
        repo = Path(scratch) / name
        checked = number % 7 == 0
        try:
            ran.said = mutant(name, number, repo, work_tree=checked)
        except RuntimeError as error:
            ran.said = f"git does not make it: {error}"[:200]
            return ran
        begun = time.perf_counter()
        ran.code, out, err = command("audit", str(repo), "--format", "json", "--timeout", "20")
        ran.seconds = time.perf_counter() - begun
        _judge(ran, "audit", ran.code, out, err)
        if out:
            _compare(ran, json.loads(out))
        if checked:
            code, out, err = command("check", str(repo), "--format", "json", "--timeout", "20")
            _judge(ran, "check", code, out, err)
        shutil.rmtree(repo, ignore_errors=True)
    return ran


def _judge(ran: Ran, verb: str, code: int | None, out: str, err: str) -> None:
    if code not in (0, 1, 2):
        ran.wrong.append(f"{verb}: exit code {code}")
    if "Traceback" in err or "a fault of auditor" in err:
        ran.wrong.append(f"{verb}: {err.strip()[-600:]}")
    if code == 2 and not err.strip():
        ran.wrong.append(f"{verb}: exit code 2 without a word")
    if out:
        record = json.loads(out)
        faults = [
            p["message"]
            for p in record["omitted"]
            if " failed: " in p["message"] or "a fault of auditor" in p["message"]
        ]
        faults += [r["reason"] for r in record["results"] if " failed: " in r["reason"] or "a fault of" in r["reason"]]
        faults += [
            p["message"]
            for p in record["omitted"]
            if re.search(r"took longer|more memory|time", p["message"]) and "seconds" in p["message"]
        ]
        ran.wrong += [f"{verb}: {f}" for f in faults[:3]]
    if ran.seconds > SECONDS:
        ran.wrong.append(f"{verb}: {ran.seconds:.1f} s")


def _compare(ran: Ran, record: Mapping[str, Any]) -> None:
    before, after = boxes(plain(ran.name)), boxes(record)
    for item, (ticked, label) in after.items():
        was = before.get(item)
        if was and was[0] == ticked and was[1] == "contradicted" and label == "supported":
            ran.better.append(item)


def _one(pair: tuple[str, int]) -> Ran:
    return run(*pair)


def every(names: tuple[str, ...], number: int) -> Iterator[Ran]:
    """All mutants of these fixtures on two processes."""
    import multiprocessing

    pairs = [(name, n) for n in range(number) for name in names]
    with multiprocessing.get_context("spawn").Pool(2, maxtasksperchild=60) as pool:
        yield from pool.imap_unordered(_one, pairs)


def told(names: tuple[str, ...], number: int) -> bool:
    """Run them and print the table; whether nothing was wrong."""
    count, worst, wrong, codes = 0, 0.0, 0, dict[int | None, int]()
    for ran in every(names, number):
        count, worst = count + 1, max(worst, ran.seconds)
        codes[ran.code] = codes.get(ran.code, 0) + 1
        for why in ran.wrong:
            print(f"WRONG {ran.name} {ran.number} ({ran.said}): {why}", flush=True)
        if ran.better and (ran.name, ran.number) not in BRINGS:
            print(f"BETTER {ran.name} {ran.number} ({ran.said}): {', '.join(ran.better)}", flush=True)
        wrong += bool(ran.wrong or (ran.better and (ran.name, ran.number) not in BRINGS))
    grown = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(
        f"{count} mutants, {wrong} surprises; exit codes {dict(sorted(codes.items(), key=str))}; {worst:.1f} s and {grown:.0f} MB at most"
    )
    return not wrong


BRINGS: Mapping[tuple[str, int], str] = {
    (
        "overclaiming",
        79,
    ): "the box is open, and what stood there without a tick, the code of the front end, is taken away"
}
"""Mutants after which a contradicted box counts as supported, rightly, since the change brings the thing: and what it brings."""
