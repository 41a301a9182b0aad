"""Hostile submissions, each made by code on the fixture `overclaiming`, run through `audit`, `check`, `batch` and `--judge batch:`.

`program` runs them and prints a table. A case holds where each verb ends by itself within its limits, with the exit code that
is due, without a traceback, and where no box that was contradicted comes to count as supported. What needs more than one
submission is in `scenes`.
"""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from build_fixture import build
from oddities import ODD
from running import OWN, Done, faults_in, labels, record_of, run

REPORT = "reports/README.md"
VERBS = ("audit", "check", "batch", "judge")
Make = Callable[[Path], object]
DUE: Collection[int] = (1, 2)
"""`overclaiming` is never clean: nothing that is done to it may make it so."""


@dataclass(frozen=True)
class Case:
    """One hostile submission. `codes` are the exit codes that are due; `said` has to stand in what is printed or said. `brings`
    names the boxes whose work the case adds, so that they count as supported with right."""

    entry: str
    name: str
    make: Make
    codes: Collection[int] = DUE
    said: str = ""
    verbs: Sequence[str] = VERBS
    commit: bool = True
    brings: Collection[str] = ()

    @property
    def full(self) -> str:
        return f"{self.entry} {self.name}"


def git(repo: Path, *arguments: str, stdin: bytes = b"") -> str:
    settings = (
        "-c",
        "user.name=a",
        "-c",
        "user.email=a@example.org",
        "-c",
        "core.hooksPath=/dev/null",
        "-c",
        "gc.auto=0",
    )
    done = subprocess.run(["git", *settings, *arguments], cwd=repo, input=stdin, capture_output=True, check=True)
    return done.stdout.decode(errors="replace").strip()


def write(path: str, content: str | bytes | Callable[[], str | bytes]) -> Make:
    """One file with a content; large ones are made when they are written."""

    def make(repo: Path) -> None:
        file = repo / path
        made = content if isinstance(content, (str, bytes)) else content()
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(made if isinstance(made, bytes) else made.encode("utf-8", "surrogatepass"))

    return make


def report(change: Callable[[str], str]) -> Make:
    def make(repo: Path) -> None:
        file = repo / REPORT
        old = file.read_text(encoding="utf-8")
        new = change(old)
        assert new != old
        file.write_text(new, encoding="utf-8", newline="")

    return make


def add(path: str, content: str) -> Make:
    """More at the end of a file."""

    def make(repo: Path) -> None:
        with (repo / path).open("a", encoding="utf-8") as file:
            file.write(content)

    return make


def both(*makes: Make) -> Make:
    def make(repo: Path) -> None:
        for one in makes:
            one(repo)

    return make


def config(text: str, where: str = "config") -> Make:
    def make(repo: Path) -> None:
        with (repo / ".git" / where).open("a", encoding="utf-8") as file:
            file.write("\n" + text + "\n")

    return make


# -- A6: nesting -------------------------------------------------------------------------------------------------------

DEEP = {
    "- ": "- " * 25_000 + "x", "[": "[" * 25_000, "[]": "[" * 25_000 + "]" * 25_000, "{a: ": "{a: " * 25_000, "? ": "? " * 25_000 + "x", "indents": "\n".join(" " * n + "a:" for n in range(3_000)), "quoted": 'a: "' + "[" * 25_000 + '"\nb: ' + "[" * 25_000,
    "flow over lines": "[\n" * 25_000, "- over lines": "\n".join("  " * n + "-" for n in range(3_000)), "in a comment": "a: [ # ]\n" * 9_000, "aliases": "a: &a [x]\n" + "".join(f"b{n}: &b{n} [*{'a' if not n else f'b{n - 1}'}, *{'a' if not n else f'b{n - 1}'}]\n" for n in range(60)),
}  # fmt: skip
YAMLS = (
    ".github/workflows/d.yml",
    ".pre-commit-config.yaml",
    "dvc.yaml",
    "docker-compose.yml",
    "configs/config.yaml",
    "cloudbuild.yaml",
    "mkdocs.yml",
    "environment.yml",
    ".gitlab-ci.yml",
    "data.dvc",
    "sweep.yaml",
    "Taskfile.yml",
    ".github/dependabot.yml",
)
NESTED = (
    *(Case("A6", f"nested YAML {name!r} in {YAMLS[n % len(YAMLS)]}", write(YAMLS[n % len(YAMLS)], text)) for n, (name, text) in enumerate(DEEP.items())),
    *(Case("A6", f"nested YAML in {path}", write(path, DEEP["- "]), verbs=("audit",)) for path in YAMLS),
    Case("A6", "nested notebook", write("n.ipynb", '{"cells": ' * 50_000)),
    Case("A6", "nested outputs of a notebook", write("n.ipynb", '{"cells": [{"cell_type": "code", "source": "x", "outputs": ' + "[" * 100_000 + "]" * 100_000 + "}]}")),
    Case("A6", "nested JSON", write("config.json", "[" * 200_000)),
    Case("A6", "nested TOML arrays", write("pyproject.toml", "a = " + "[" * 100_000)),
    Case("A6", "nested TOML tables", write("pyproject.toml", "a = " + "{a = " * 20_000)),
    Case("A6", "nested TOML keys", write("pyproject.toml", ".".join("a" * 20_000) + " = 1")),
    Case("A6", "nested TOML headings", write("uv.lock", "[" + ".".join("a" * 20_000) + "]")),
    Case("A6", "nested Python brackets", write("src/gridload/deep.py", "x = " + "(" * 90_000)),
    Case("A6", "nested Python operators", write("src/gridload/deep.py", "x = " + "-" * 90_000 + "1")),
    Case("A6", "nested Python attributes", write("src/gridload/deep.py", "x = a" + ".b" * 90_000)),
    Case("A6", "nested Python sums", write("src/gridload/deep.py", "x = " + "+".join("1" * 90_000))),
    Case("A6", "nested Python else", write("src/gridload/deep.py", "if a: pass\n" + "elif a: pass\n" * 20_000)),
    Case("A6", "nested Python blocks", write("src/gridload/deep.py", "".join(" " * n + "if a:\n" for n in range(95)) + " " * 95 + "pass\n")),
    Case("A6", "nested Python f-strings", write("src/gridload/deep.py", "x = " + "f'{" * 500 + "1")),
    Case("A6", "nested Python lambdas", write("src/gridload/deep.py", "x = " + "lambda: " * 50_000 + "1")),
    Case("A6", "nested Python calls in a notebook", write("n.ipynb", json.dumps({"cells": [{"cell_type": "code", "source": ["f(" * 50_000], "outputs": []}]}))),
    Case("A6", "nested shell", write("run.sh", "$(" * 50_000)),
    Case("A6", "nested shell quotes", write("run.sh", 'bash -c "' * 20_000)),
    Case("A6", "nested expressions of a workflow", write(".github/workflows/d.yml", "on: push\njobs:\n  a:\n    if: ${{ " + "(" * 50_000 + " }}\n    runs-on: x\n    steps: [{run: pytest}]\n")),
    Case("A6", "nested nots of a workflow", write(".github/workflows/d.yml", "on: push\njobs:\n  a:\n    if: ${{ " + "!" * 50_000 + "true }}\n    runs-on: x\n    steps: [{run: pytest}]\n")),
    Case("A6", "nested markers of a requirement", write("requirements.txt", "torch; " + "(" * 20_000 + "python_version > '3'")),
    Case("A6", "nested extras of a requirement", write("requirements.txt", "".join(f"-r r{n}.txt\n" for n in range(50)) + "-r requirements.txt\n")),
    Case("A6", "requirements that include each other", both(*(write(f"r{n}.txt", f"-r r{(n + 1) % 400}.txt\n") for n in range(400)), add("requirements.txt", "-r r0.txt\n"))),
    *(Case("A6", f"nested markdown {mark!r}", report(lambda t, mark=mark: t.replace("### Question 8", mark * 20_000 + "x\n\n### Question 8")))
      for mark in ("> ", "- ", "* ", "1. ", "[", "![", "<b>", "<div>\n", "(", "**", "_", "`", "~~", "<!--", "&amp;", "\\", "|", "[a](", "<details>\n", "&lt;", "<a href='x'>", "<", "$", "#")),
    Case("A6", "nested HTML", write("docs/a.html", "<div>" * 100_000)),
    Case("A6", "nested terraform", write("main.tf", "a {\n" * 50_000)),
    Case("A6", "nested make variables", write("Makefile", "A = " + "$(" * 50_000 + "\nall:\n\t$(A)\n")),
    Case("A6", "make variables that name each other", write("Makefile", "".join(f"V{n} = $(V{n + 1})$(V{n + 1})\n" for n in range(60)) + "V60 = x\nall:\n\techo $(V0)\n")),
    Case("A6", "nested .gitignore braces", write(".gitignore", "{a,b}" * 10_000 + "\n" + "[" * 10_000)),
    Case("A6", "workflows that call each other", both(*(write(f".github/workflows/w{n}.yml", f"on: [push, workflow_call]\njobs:\n  a:\n    uses: ./.github/workflows/w{(n + 1) % 60}.yml\n  b:\n    uses: ./.github/workflows/w{(n + 7) % 60}.yml\n") for n in range(60)))),
    Case("A6", "modules that import each other", both(*(write(f"src/gridload/m{n}.py", "".join(f"from gridload.m{(n + k) % 200} import *\n" for k in range(1, 6))) for n in range(200)))),
    Case("A6", "classes that inherit in a ring", write("src/gridload/ring.py", "".join(f"class C{n}(C{(n + 1) % 500}):\n    pass\n" for n in range(500)))),
    Case("A6", "functions that call each other", write("src/gridload/ring.py", "".join(f"def f{n}():\n    f{(n + 1) % 2000}(); f{(n + 3) % 2000}()\n" for n in range(2000)))),
    Case("A6", "names that are defined by each other", write("src/gridload/ring.py", "".join(f"A{n} = A{n + 1} + A{n + 1}\n" for n in range(300)))),
)  # fmt: skip

# -- A9: bombs ---------------------------------------------------------------------------------------------------------


def bomb(levels: int, width: int, blob: Callable[[], bytes] = lambda: b"x\n", suffix: str = "py") -> Make:
    """A few tree objects that spell out width ** levels files."""

    def make(repo: Path) -> None:
        at = git(repo, "hash-object", "-w", "--stdin", stdin=blob())
        kind = "100644 blob"
        for level in range(levels):
            rows = "".join(f"{kind} {at}\tf{n}{'.' + suffix if not level else ''}\n" for n in range(width))
            at, kind = git(repo, "mktree", stdin=rows.encode()), "040000 tree"
        _grafted(repo, f"040000 tree {at}\tbomb\n")

    return make


def _grafted(repo: Path, *rows: str) -> None:
    old = git(repo, "ls-tree", "HEAD") + "\n"
    tree = git(repo, "mktree", stdin=(old + "".join(rows)).encode())
    sha = git(repo, "commit-tree", tree, "-p", "HEAD", "-m", "more")
    git(repo, "update-ref", "HEAD", sha)


def chain(depth: int, width: int) -> Make:
    """Folders that share one chain of folders."""

    def make(repo: Path) -> None:
        at = git(repo, "hash-object", "-w", "--stdin", stdin=b"x\n")
        kind, name = "100644 blob", "f.py"
        for _ in range(depth):
            at = git(repo, "mktree", stdin=f"{kind} {at}\t{name}\n".encode())
            kind, name = "040000 tree", "d"
        at = git(repo, "mktree", stdin="".join(f"040000 tree {at}\tw{n}\n" for n in range(width)).encode())
        _grafted(repo, f"040000 tree {at}\tchain\n")

    return make


AT_ONCE = ("audit", "batch", "judge")
BOMBS = (
    Case("A9", "10^6 files of 6 trees", bomb(6, 10), verbs=AT_ONCE),
    Case("A9", "10^12 files of 12 trees", bomb(12, 10), verbs=AT_ONCE),
    Case("A9", "10^5 workflows", bomb(5, 10, lambda: b"on: push\njobs: {a: {runs-on: x, steps: [{run: pytest}]}}\n", "yml"), verbs=AT_ONCE),
    Case("A9", "1 MB of Python at 100 paths", bomb(1, 100, lambda: b"x = 1\n" * 166_000), verbs=AT_ONCE),
    Case("A9", "1 MB of YAML at 100 paths", bomb(1, 100, lambda: b"a: 1\n" * 199_000, "yaml"), verbs=AT_ONCE),
    Case("A9", "a notebook of 11 MB at 30 paths", bomb(1, 30, lambda: json.dumps({"cells": [{"cell_type": "code", "source": ["x = 1\n"] * 900_000, "outputs": []}]}).encode(), "ipynb"), verbs=AT_ONCE),
    Case("A9", "300 different files of 1 MB", both(*(write(f"src/gridload/m{n}.py", lambda n=n: f"x{n} = 1\n" * 100_000) for n in range(300))), verbs=("audit", "judge")),
    Case("A9", "a chain of 50 folders, 500 times", chain(50, 500), verbs=AT_ONCE),
    Case("A9", "a chain of 1,500 folders, 100 times", chain(1_500, 100), verbs=AT_ONCE),
    Case("A9", "a picture of 300 MB", both(write("reports/figures/big.png", lambda: b"\x89PNG\r\n\x1a\n" + bytes(300_000_000)), report(lambda t: t.replace("### Question 8", "![a](figures/big.png)\n\n### Question 8"))), verbs=("audit", "check")),
    Case("A9", "20,000 branches", lambda repo: _refs(repo, 20_000)),
    Case("A9", "20,000 commits", lambda repo: _commits(repo, 20_000)),
)  # fmt: skip


def _refs(repo: Path, number: int) -> None:
    head = git(repo, "rev-parse", "HEAD")
    (repo / ".git" / "packed-refs").write_text(
        "# pack-refs with: peeled fully-peeled sorted \n"
        + "".join(f"{head} refs/heads/b{n:06}\n" for n in range(number))
    )


def _commits(repo: Path, number: int) -> None:
    text = "".join(f"commit refs/heads/main\ncommitter Ada {n % 50} <a{n % 50}@example.com> {1779000000 + n} +0000\ndata 2\nx\n\n" + ("from refs/heads/main^0\n" if not n else "") for n in range(number))  # fmt: skip
    git(repo, "fast-import", "--quiet", "--force", stdin=text.encode())


# -- A10: odd files ----------------------------------------------------------------------------------------------------


def _together(n: int) -> Make:
    """The n-th odd content of every file at once: one odd file costs itself, and so do thirty."""
    return both(*(write(path, texts[n % len(texts)]) for path, texts in ODD.items()))


ODDS = (
    *(Case("A10", f"{path} {n}: {text[:30]!r}", write(path, text), verbs=("audit",)) for path, texts in ODD.items() for n, text in enumerate(texts)),
    *(Case("A10", f"odd files together, {n}", _together(n), verbs=("check", "batch", "judge")) for n in range(20)),
)  # fmt: skip

# -- A11, A12, C: refs, history, reports ---------------------------------------------------------------------------------

HEADINGS: Mapping[str, Callable[[str], str]] = {
    "zero-width space": lambda t: t.replace("### Question", "### \u200bQuestion"), "bold": lambda t: t.replace("### Question", "**Question").replace("**Question", "**Question", 1), "h3": lambda t: _headings(t, "<h3>{}</h3>"), "bold lines": lambda t: _headings(t, "**{}**"),
    "entity": lambda t: t.replace("### Question", "### &#81;uestion"), "Cyrillic": lambda t: t.replace("### Question", "### Quеstiоn"), "U+2028": lambda t: t.replace("\n", "\u2028"), "U+2029": lambda t: t.replace("\n", "\u2029"), "U+0085": lambda t: t.replace("\n", "\x85"),
    "in a fence": lambda t: "```\n" + t + "\n```", "in a comment": lambda t: "<!--\n" + t + "\n-->", "indented": lambda t: "\n".join("    " + r for r in t.split("\n")), "quoted": lambda t: "\n".join("> " + r for r in t.split("\n")), "setext": lambda t: _headings(t, "{}\n---"), "no number": lambda t: _headings(t, "### A question"),
    "in details": lambda t: "<details>\n" + t, "another word": lambda t: t.replace("### Question", "### Spørgsmål"), "h1": lambda t: t.replace("### Question", "# Question"), "no blank": lambda t: t.replace("### Question", "###Question"), "in a table": lambda t: _headings(t, "| {} |\n| --- |"),
    "soft hyphens": lambda t: t.replace("### Question", "### Ques\u00adtion"), "right to left": lambda t: t.replace("### Question", "### \u202enoitseuQ\u202c"), "HTML tags within": lambda t: t.replace("### Question", "### Qu<b></b>estion"), "escaped": lambda t: t.replace("### Question", "\\### Question"),
}  # fmt: skip


def _headings(text: str, form: str) -> str:
    return "\n".join(form.format(row[4:]) if row.startswith("### Question") else row for row in text.split("\n"))


def _ref(name: str, head: bool = False) -> Make:
    def make(repo: Path) -> None:
        git(repo, "update-ref", f"refs/heads/{name}", "HEAD")
        if head:
            git(repo, "symbolic-ref", "HEAD", f"refs/heads/{name}")

    return make


def _message(message: bytes, author: str = "Ada") -> Make:
    def make(repo: Path) -> None:
        tree = git(repo, "rev-parse", "HEAD^{tree}")
        raw = (
            f"tree {tree}\nparent {git(repo, 'rev-parse', 'HEAD')}\nauthor {author} <a@example.com> 1779000000 +0000\ncommitter {author} <a@example.com> 1779000000 +0000\n\n".encode()
            + message
        )
        git(
            repo,
            "update-ref",
            "HEAD",
            git(repo, "hash-object", "-t", "commit", "-w", "--literally", "--stdin", stdin=raw),
        )

    return make


def _unpacked(repo: Path) -> None:
    pack = next((repo / ".git" / "objects" / "pack").glob("*.pack"), None)
    if pack is not None:
        away = repo / "away.pack"
        pack.rename(away)
        git(repo, "unpack-objects", "-q", stdin=away.read_bytes())
        away.unlink()


def _broken(what: str, how: str) -> Make:
    """An object that is missing, cut or another."""

    def make(repo: Path) -> None:
        sha = git(repo, "rev-parse", what)
        _unpacked(repo)
        file = repo / ".git" / "objects" / sha[:2] / sha[2:]
        data = file.read_bytes()
        file.chmod(0o644)
        if how == "missing":
            file.unlink()
        else:
            file.write_bytes({"cut": data[: len(data) // 2], "empty": b"", "garbage": bytes(reversed(data))}[how])

    return make


TEXTS = (
    *(Case("A12", f"headings: {name}", report(change)) for name, change in HEADINGS.items()),
    Case("A12", "no questions", report(lambda t: "\n".join(r for r in t.split("\n") if not r.startswith("### Question"))), said="question"),
    Case("A12", "no checklist", report(lambda t: "\n".join(r for r in t.split("\n") if not r.startswith("* ["))), said="checklist"),
    Case("A12", "an empty report", write(REPORT, ""), codes=(2,)),
    Case("A12", "no report", lambda repo: (repo / REPORT).unlink(), codes=(2,)),
    Case("A12", "a report of NUL", write(REPORT, bytes(5_000)), codes=(2,)),
    Case("A12", "a report that is a link", lambda repo: ((repo / REPORT).unlink(), (repo / REPORT).symlink_to("/etc/passwd")), codes=(2,)),
    Case("A12", "a report of 5 MB", report(lambda t: t + "word " * 1_000_000)),
    Case("A12", "a report of 400,000 lines", report(lambda t: t.replace("### Question 8", "\n" * 400_000 + "### Question 8"))),
    *(Case("A11", f"a branch called {name!r}", _ref(name)) for name in ("f\u2028x", "f\u2029x", "f\u0085x", "-x", "a;b", "HEAD", "x" * 200, "$(id)", "%3A%3Aerror%3A%3Ax%0A", "=1+1")),
    *(Case("A11", f"the default branch is called {name!r}", _ref(name, head=True)) for name in ("f\u2028x", "f\u0085x", "a;b", "$(id)", "%3A%3Aerror%3A%3Ax%0A", "=1+1")),
    *(Case("B9", f"a subject {text!r}", _message(text)) for text in (b"direct \x1f push", b"a\x1eb", b"a\x00b", b"\xff\xfe", b"a\r\nb", b"\xe2\x80\xa8", b"x" * 1_000_000, b"", b"\x1b[2J")),
    *(Case("B9", f"an author {name!r}", _message(b"x", name)) for name in ("A\x1fb", "A\x1eb", "\u2028", "", "\x1b[2J", "=1+1", "A" * 100_000)),
    *(Case("A11", f"{what} is {how}", _broken(what, how), codes=(1, 2)) for what in ("HEAD", "HEAD^{tree}", "HEAD~3", "HEAD~3^{tree}", "HEAD:src", "HEAD:src/gridload/train.py", f"HEAD:{REPORT}", "HEAD:pyproject.toml") for how in ("missing", "cut", "empty", "garbage")),
    Case("A11", "an index of rubbish", write(".git/index", "rubbish-rubbish"), verbs=("check",), codes=(2,), commit=False),
    *(Case("C", f"git's own files: {path} {text[:20]!r}", write(f".git/{path}", text), codes=(1, 2), commit=False) for path, text in (("HEAD", ""), ("HEAD", "ref: refs/heads/nowhere\n"), ("HEAD", "\x00" * 50), ("HEAD", "0" * 40), ("config", "[core"), ("config", "[core]\nbare = maybe\n"), ("config", "[core]\nrepositoryformatversion = 9\n[extensions]\nx = y\n"), ("packed-refs", "rubbish\n"), ("shallow", "rubbish\n"), ("info/grafts", "rubbish\n"), ("objects/info/alternates", "/etc\n/nowhere\n"), ("commondir", "/etc\n"), ("info/exclude", "*\n"), ("info/attributes", "* filter=x\n"))),
)  # fmt: skip

# -- A13, A14, B1, B10, B11: what acts --------------------------------------------------------------------------------

RUNS = (
    "core.fsmonitor", "core.sshCommand", "core.pager", "core.editor", "core.askPass", "core.hooksPath", "core.alternateRefsCommand", "core.gitProxy", "diff.external", "diff.x.command", "diff.x.textconv", "filter.x.smudge", "filter.x.clean", "filter.x.process", "gpg.program", "gpg.ssh.program", "credential.helper",
    "uploadpack.packObjectsHook", "remote.origin.uploadpack", "remote.origin.receivepack", "remote.origin.vcs", "sequence.editor", "merge.x.driver", "trailer.x.command", "trailer.x.cmd", "log.showSignature", "pager.log", "pager.blame", "alias.log", "alias.ls-tree", "alias.cat-file", "browser.x.cmd", "man.x.cmd", "difftool.x.cmd", "interactive.diffFilter", "sendemail.smtpServer", "fsmonitor.socketDir", "core.worktree", "include.path",
)  # fmt: skip


def _acting(repo: Path) -> None:
    """Settings, hooks and attributes that name a command, on a commit of which an object is missing."""
    marker, script = repo / "RAN", repo / ".git" / "evil.sh"
    script.write_text(f"#!/bin/sh\ntouch {marker}\nexit 1\n")
    script.chmod(0o755)
    write(".gitattributes", "* filter=x diff=x merge=x\n")(repo)
    git(repo, "add", "-A")
    git(repo, "commit", "-q", "-m", "x")
    for key in RUNS:
        if key not in ("core.worktree", "include.path", "log.showSignature"):
            git(repo, "config", key, str(script))
    config(
        f'[log]\n\tshowSignature = true\n[protocol]\n\tallow = always\n[protocol "ext"]\n\tallow = always\n[extensions]\n\tpartialClone = origin\n[remote "origin"]\n\tpromisor = true\n\turl = ext::{script}\n[core]\n\trepositoryformatversion = 1\n'
    )(repo)
    for hook in ("post-checkout", "reference-transaction", "pre-auto-gc", "post-index-change", "fsmonitor-watchman"):
        (repo / ".git" / "hooks").mkdir(exist_ok=True)
        (repo / ".git" / "hooks" / hook).write_text(script.read_text())
        (repo / ".git" / "hooks" / hook).chmod(0o755)


def _injected(repo: Path) -> None:
    from injection import plant

    plant(repo)


NAMES = (
    "a\nb.py",
    "::error::x.py",
    "\x1b[2J.py",
    "=1+1.csv",
    "<script>alert(1).md",
    "`id`.sh",
    "$(id).sh",
    "-rf",
    "--help",
    "\u202egnp.py",
    "a\tb.yml",
    'a"b.yml',
    "|a.md",
    "[a](b).md",
    "\x7f.py",
    "a\\b.py",
    "CON.py",
    "..py",
    "~.py",
    "%2e%2e%2f.py",
    "e\u0301" * 20 + ".py",
    "\u2028.py",
    "a;=1+1.csv",
)


def _names(repo: Path) -> None:
    for name in NAMES:
        for folder in (repo, repo / "tests", repo / ".github" / "workflows"):
            (folder / name).write_text("x = 1\n")
    report(
        lambda t: t.replace(
            "### Question 8", "See " + ", ".join(f"`{' '.join(n.split())}`" for n in NAMES) + ".\n\n### Question 8"
        )
    )(repo)


ACTS = (
    Case("B1", "settings, hooks and attributes that name a command", _acting, commit=False),
    *(Case("B10", f"git's settings: {text!r}"[:70], config(text), commit=False) for text in ("[blame]\n\tignoreRevsFile = .git-blame-ignore-revs", "[i18n]\n\tlogOutputEncoding = UTF-16", "[core]\n\tworktree = /", "[include]\n\tpath = /etc/passwd", "[core]\n\tbare = true", "[extensions]\n\tobjectFormat = sha256", "[core]\n\trepositoryFormatVersion = 1\n[extensions]\n\tnonsense = x", "[safe]\n\tdirectory =", "[color]\n\tui = always", "[diff]\n\trenames = copies\n\torderFile = /nowhere", "[core]\n\tignoreCase = true", "[index]\n\tsparse = true", "[core]\n\tsparseCheckout = true")),
    Case("B10", "grafts and replace refs", lambda repo: (git(repo, "replace", "HEAD", "HEAD~5"), write(".git/info/grafts", git(repo, "rev-parse", "HEAD") + "\n")(repo)), commit=False),
    Case("B10", "shallow", lambda repo: write(".git/shallow", git(repo, "rev-parse", "HEAD") + "\n")(repo), commit=False),
    Case("A13", "80 orders to a model in every place", _injected, commit=False),
    Case("A14", "names that act", _names),
    Case("B11", "links to elsewhere", report(lambda t: t.replace("### Question 8", "[a](https://github.com%2F@evil.example/login) [b](javascript:alert(1)) <https://github.com%23@evil.example>\n\n### Question 8"))),
    *(Case("A13", f"an answer with {ascii(text)[:40]}", report(lambda t, text=text: t.replace("### Question 8", text + "\n\n### Question 8"))) for text in ("\x1b]0;x\x07\x1b[2J", "\x9b2J\x85::error::x\u2028::error::y", "\u202e\u2066", "::error::x\n##[error]y\n%0A::error::z", "=HYPERLINK(\"http://evil.example\")", "<script>alert(1)</script><img src=x onerror=alert(1)>", "\ufffd" * 999, "e" + "\u0301" * 20_000)),
)  # fmt: skip


BRINGS = {"files: calls": ("logging",)}


def _stress() -> tuple[Case, ...]:
    """The rows of `stress` at eight times their size: globs (A7) and texts (A8)."""
    import stress

    def make(row: stress.Row) -> Make:
        def change(repo: Path) -> None:
            old = dict(stress.base())
            new = stress.tree_of(row, row.n * 8)
            for path, text in new.items():
                if old.get(path) != text:
                    write(path, text)(repo)

        return change

    return tuple(
        Case(
            "A7" if row.name.startswith("glob") else "A8",
            row.name,
            make(row),
            verbs=("judge",) if row.judge else ("audit",),
            brings=BRINGS.get(row.name, ()),
        )
        for row in stress.ROWS
        if not row.commits and row.name != "files: deep folder"
    )


@cache
def every() -> tuple[Case, ...]:
    return (*NESTED, *BOMBS, *ODDS, *TEXTS, *ACTS, *_stress())


# -- running -----------------------------------------------------------------------------------------------------------


@cache
def plain() -> tuple[Path, Mapping[str, tuple[bool, str]]]:
    """The fixture, built once, and what its boxes count as."""
    folder = Path(tempfile.mkdtemp(prefix="hostile-"))
    repo = build("overclaiming", folder / "overclaiming")
    made = record_of(run(("audit", str(repo), "--format", "json"), folder))
    assert made is not None
    return repo, labels(made)


def _add(repo: Path) -> None:
    """Add all files, that of attributes as it is: what it says of the others is not done."""
    file, away = repo / ".gitattributes", repo / ".git" / "attributes-away"
    if file.is_file() and not file.is_symlink():
        file.rename(away)
    git(repo, "add", "-A", "-f")
    if away.is_file():
        sha = git(repo, "hash-object", "-w", "--no-filters", str(away))
        git(repo, "update-index", "--add", "--cacheinfo", f"100644,{sha},.gitattributes")
        away.rename(file)


def made(case: Case, into: Path) -> Path:
    """The submission of a case in a folder."""
    repo = into / "groups" / "overclaiming"
    shutil.copytree(plain()[0], repo, symlinks=True)
    case.make(repo)
    if case.commit and git(repo, "rev-parse", "HEAD") == git(plain()[0], "rev-parse", "HEAD"):
        try:
            _add(repo)
            git(repo, "commit", "-q", "--allow-empty", "-m", "Change something")
        except subprocess.CalledProcessError:
            if not case.name.startswith(("HEAD", "a subject", "an author")):
                raise
    return repo


def tried(case: Case, verbs: Sequence[str] = VERBS) -> list[tuple[str, Done]]:
    """Run a case through the verbs; what is wrong with each run stands in its `wrong`."""
    ran: list[tuple[str, Done]] = []
    with tempfile.TemporaryDirectory(prefix="hostile-", ignore_cleanup_errors=True) as scratch:
        folder = Path(scratch)
        try:
            repo = made(case, folder)
        except (OSError, subprocess.CalledProcessError) as error:
            words = (
                error.stderr.decode(errors="replace")
                if isinstance(error, subprocess.CalledProcessError)
                else str(error)
            )
            return [("make", Done(-1, "", "", 0, 0, [f"cannot be made: {words[:200]}"]))]
        for verb in [v for v in case.verbs if v in verbs]:
            done = run(_arguments(verb, repo, folder), folder)
            _hold(case, verb, done, repo, folder)
            ran.append((verb, done))
    return ran


def _arguments(verb: str, repo: Path, folder: Path) -> tuple[str, ...]:
    as_json = ("--format", "json")
    return {
        "audit": ("audit", str(repo), *as_json, *OWN),
        "check": ("check", str(repo), *as_json, *OWN),
        "batch": ("batch", str(folder / "groups"), "--out", str(folder / "out"), "--workers", "1", *OWN),
        "judge": ("audit", str(repo), *as_json, *OWN, "--judge", f"batch:{folder / 'answers'}", "--model", "m"),
    }[verb]


def _hold(case: Case, verb: str, done: Done, repo: Path, folder: Path) -> None:
    if done.code not in case.codes and done.code >= 0:
        done.wrong.append(f"exit code {done.code}, due {' or '.join(map(str, case.codes))}")
    if done.code == 2 and not done.err.strip() and not done.out.strip():
        done.wrong.append("exit code 2 without a word")
    stored = folder / "out" / "groups" / "overclaiming.json"
    text = stored.read_text(encoding="utf-8") if verb == "batch" and stored.is_file() else ""
    if case.said and case.said not in done.out + done.err + text:
        done.wrong.append(f"does not say {case.said!r}")
    if (repo / "RAN").exists():
        done.wrong.append("A COMMAND OF THE REPOSITORY RAN")
    if verb == "batch":
        record = json.loads(text) if text else None
    else:
        record = record_of(done)
        if done.out and record is None:
            done.wrong.append("what it printed is no JSON")
    if record is None:
        return
    done.wrong += faults_in(record)
    before = plain()[1]
    after = labels(record)
    better = [
        i
        for i, (ticked, label) in after.items()
        if before.get(i) == (ticked, "contradicted") and label == "supported" and i not in case.brings
    ]
    if better:
        done.wrong.append(f"contradicted before, supported now: {', '.join(better)}")
    if "root:x:0" in json.dumps(record):
        done.wrong.append("a file of this machine was read")
