"""What makes an audit quick gives what the plain way gives."""

import re
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from auditor import compiled, gitdir, kept
from auditor.blobs import Blobs
from auditor.facts.workflows import path_filter_hits
from auditor.globs import Paths, matches
from auditor.holes import watching
from auditor.lazy import compile_later, dataclass
from auditor.linear import Words
from auditor.needed import needed
from auditor.readers.python import python
from auditor.readers.yaml import yaml_documents
from auditor.repository import Repository
from auditor.said import Said, will_ask
from auditor.snapshot import Snapshot
from auditor.tree import Listing, tracked
from auditor.wording import names, stands


@pytest.mark.parametrize("text", ["", "a.b", "dvc and dvc.lock", "\ud800wandb\udfff", "é" * 9 + "wandb", "x\0\1\0dvc"])
def test_words_looked_for_at_once(text: str) -> None:
    words = ("dvc", "dvc.lock", "vc", "wandb", "a.b", "a|b", "é")
    assert Words(words).among(text) == {w for w in words if w in text}


def test_expressions_beside_words() -> None:
    found = Words(["key"], ["[0-9a-f]{8}"])
    assert found.among("key 0123abcd") == {"key", "[0-9a-f]{8}"}
    assert found.among("0123abc") == frozenset()


def test_words_asked_later_are_looked_for_too() -> None:
    said = Said("a text with late words")
    will_ask(("late", "other"))
    assert said.one_of(("LATE",))
    assert said.one_of(("never", "text"))
    assert not said.one_of(("never", "other"))


@pytest.mark.parametrize(
    ("source", "flags", "text"),
    [
        (r"(?P<a>x+)(?P<b>y)?", 0, "..xxy"),
        (r"^é\w*$", re.IGNORECASE | re.MULTILINE, "a\nÉcole"),
        (r"(?x) a  b", 0, "ab"),
    ],
)
def test_an_expression_that_was_kept(
    source: str, flags: int, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "_path", lambda: tmp_path / "kept")
    monkeypatch.setattr("sys.dont_write_bytecode", False)
    monkeypatch.setattr(kept, "_rows", {})
    monkeypatch.setattr(kept, "_new", {})
    assert compiled.compiled(source, flags) == re.compile(source, flags)
    kept.keep()
    assert [p.name for p in tmp_path.iterdir()] == ["kept"]
    monkeypatch.setattr(kept, "_rows", None)
    again = compiled.compiled(source, flags)
    assert not kept._new
    assert again == re.compile(source, flags)
    assert again.groupindex == re.compile(source, flags).groupindex
    match, plain = again.search(text), re.search(source, text, flags)
    assert match is not None
    assert plain is not None
    assert match.span() == plain.span()
    assert match.groupdict() == plain.groupdict()


@pytest.mark.parametrize("damage", [b"", b"1234", b"\0" * 40, b"{}"])
def test_a_damaged_file_of_expressions_is_none(damage: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "kept").write_bytes(damage)
    monkeypatch.setattr(kept, "_path", lambda: tmp_path / "kept")
    monkeypatch.setattr(kept, "_rows", None)
    assert compiled.compiled("a+", 0) == re.compile("a+")


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (r"\b(?:initially|at first|used to)\b", ("at first", "initially", "used to")),
        (r"(?i)\bTrained\s+on", ("trained",)),
        (r"a{2,}b*|\d+", ()),
        (r"(?:seed)?x?", ()),
        (r"(?i:Run)ning", ("ning",)),
        (r"k\d|running", ("k", "running")),
    ],
)
def test_words_that_an_expression_needs(source: str, words: tuple[str, ...]) -> None:
    assert needed(source, 0) == words


@pytest.mark.parametrize("source", [r"(?i)\b(?:kept|ski)s?\b", r"\b(no|not|never)\b|n't\b", r"at\W+first(?= we)|~~"])
@pytest.mark.parametrize(
    "text", ["", "\u212aept", "\u017fkis sk\u0131", "SK\u0130 KEPT", "we do n't", "not ~~", "at  first we", "at  first"]
)
def test_an_expression_that_looks_for_its_words_first(source: str, text: str) -> None:
    plain, later = re.compile(source), compile_later(source)
    found, same = later.search(text), plain.search(text)
    assert (found and found.span()) == (same and same.span())
    assert [m.span() for m in later.finditer(text)] == [m.span() for m in plain.finditer(text)]
    assert later.sub("-", text, count=1) == plain.sub("-", text, count=1)


def test_a_process_keeps_what_its_code_says_and_nothing_of_a_repository(tmp_path: Path) -> None:
    module = """
import re
PLAIN = re.compile("[a-c]+x" + "y")
def written(): return re.search("(?i)[d-f]+x", "DX"), re.sub(b"[g-i]x", b"", b"gx")
def made(name): return re.search(re.escape(name) + "[j-l]", name + "k")
"""
    (tmp_path / "asks.py").write_text(module)
    code = (
        "import sys; from auditor import compiled, kept; compiled.take_over(); import asks; said = (bool(asks.written()[0]), "
        "asks.written()[1], bool(asks.made('secret'))); print(said, sorted(map(str, (k[0] for k in kept._new))))"
    )
    said = subprocess.run([sys.executable, "-B", "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert said.stdout.startswith("(True, b'', True)")
    assert "[a-c]+xy" in said.stdout
    assert "(?i)[d-f]+x" in said.stdout
    assert "[g-i]x" in said.stdout
    assert "secret" not in said.stdout


@dataclass(frozen=True)
class _First:
    a: int
    b: str = "b"


@dataclass
class _Second(_First):
    c: tuple[int, ...] = ()


def test_a_dataclass_comes_from_another_process() -> None:
    said = "import pickle; from auditor.repository import Ref; print(pickle.dumps(Ref(True, 'x')).hex())"
    code = "import pickle, dataclasses; made = pickle.loads(bytes.fromhex('%s')); print(made == dataclasses.replace(made), made)"
    run = partial(subprocess.run, capture_output=True, text=True, check=True)
    data = run([sys.executable, "-c", said]).stdout.strip()
    assert run([sys.executable, "-c", code % data]).stdout.startswith("True Ref(checked_out=True")


def test_a_dataclass_is_made_with_its_first_object() -> None:
    made = _Second(1, c=(2,))
    assert (made.a, made.b, made.c) == (1, "b", (2,))
    assert made == _Second(1, "b", (2,))
    assert repr(_First(1)) == "_First(a=1, b='b')"
    assert len({_First(1), _First(a=1, b="b")}) == 1
    with pytest.raises(TypeError):
        _First()  # type: ignore[call-arg]


@pytest.mark.parametrize(
    "text",
    [
        '[core]\n\tbare = false\n[remote "origin"]\n\turl = https://example.com/a.git\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n',
        '[Core]\n\tBare = true\n[branch "a.b/C"]\n\tmerge = refs/heads/a.b/C\n\tmerge = x\n',
        '[core]\n\tbare\n[a]\n\tb = "c d" # e\n',
        '[a "b\\"c"]\n\td = e\\\n f\n; no\n',
        "[core] bare = true\n",
        "[a.B]\n\tc = 1  \n",
        "",
    ],
)
def test_plain_settings_are_read_as_git_reads_them(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "config").write_text(text)
    here = gitdir.settings(tmp_path)
    monkeypatch.setattr(gitdir, "_plain_settings", lambda _: None)
    assert here == gitdir.settings(tmp_path)


def test_earlier_commits_are_listed_as_git_lists_them(tmp_path: Path) -> None:
    git = ["git", "-C", str(tmp_path), "-c", "user.name=Ada Example", "-c", "user.email=ada@example.com"]
    subprocess.run([*git, "init", "-q", "-b", "main"], check=True)
    for n in range(3):
        for path in (f"a/b{n}/c.py", "a.py", "a/z", f"a-b/{n}"):
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(f"{path} {n}\n" * (n + 1))
        subprocess.run([*git, "add", "-A"], check=True)
        subprocess.run([*git, "commit", "-q", "-m", str(n)], check=True)
    repository = Repository(tmp_path)
    blobs = Blobs(repository)
    listing = Listing(repository, blobs, tracked(repository, "HEAD", blobs)[0])
    for commit in ("HEAD~2", "HEAD~1", "HEAD"):
        assert listing.tracked(commit) == tracked(repository, commit, blobs)
    blobs.close()


@pytest.mark.parametrize(
    ("phrase", "ends"),
    [("we use", 2), ("use dvc", 3), ("us*", 2), ("dvc+we", 3), ("not", 0), ("a+not", 0), ("x y z w v", 0)],
)
def test_where_a_phrase_stands(phrase: str, ends: int) -> None:
    said = ["we", "use", "dvc", "a", "lot"]
    assert stands(said, phrase) == ends
    assert names(said, ("nothing here", phrase)) == bool(ends)


FOLDERS = ("", "src/", "Tests/deep/", "a b/é/")
NAMES = (
    "test_a.py",
    "A_test.PY",
    "test_.py",
    "conftest.py",
    "te",
    "notes.md",
    "\ud800.py",
    "x\ny.py",
    "Dockerfile.dev",
    "dev.dockerfile",
)
MANY = tuple(f"{folder}{n}{name}" for folder in FOLDERS for name in NAMES for n in ("", *range(15)))
GLOBS = ("**/*.py", "**/test_*.py", "**/*_test.py", "**/*dockerfile*", "src/**", "**/deep/**", "**/t*t*", "*.md", "tests/**/*.py", "**/[0-5]*.py", "**/test_*.py")  # fmt: skip


@pytest.mark.parametrize(
    "glob", [*((g,) for g in GLOBS), ("**/*.py", "!**/test_*.py"), GLOBS, ("**/*_*.py", "!src/**", "src/te")]
)
def test_what_is_looked_up_among_many_paths_is_what_matches(glob: tuple[str, ...]) -> None:
    paths = Paths(MANY)
    assert paths.matching(glob) == [p for p in MANY if matches(p, glob)]
    assert paths.those(glob) == {p for p in MANY if matches(p, glob)}
    snapshot = Snapshot({p: "x" for p in MANY if "\ud800" not in p})
    all_ = snapshot.select(("**",), all=True)
    assert [f.path for f in all_.matching(*glob).chosen] == [f.path for f in all_.chosen if matches(f.path, glob)]


@pytest.mark.parametrize(
    "patterns",
    [["**"], ["src/**"], ["**.py", "!src/**"], ["!src/**"], ["**/test_?.py", "!**/1*", "src/1*"], ["*.md", "a b/**"], ["[", "**.md"], ["x*"]],
)  # fmt: skip
def test_a_filter_lets_the_same_of_many_paths_through_as_of_one(patterns: list[str]) -> None:
    assert len(MANY) > 500
    assert path_filter_hits(MANY, patterns) == tuple(p for p in MANY if path_filter_hits([p], patterns))


def test_a_selection_is_made_anew_once_other_files_are_set_aside() -> None:
    snapshot = Snapshot({"a.py": "import one", "b.py": "import two"})
    assert [f.path for f in snapshot.select(("*.py",), ("import",)).chosen] == ["a.py", "b.py"]
    snapshot.set_aside = lambda f: "run output" if f.path == "a.py" else ""
    assert [f.path for f in snapshot.select(("*.py",), ("import",)).chosen] == ["b.py"]
    assert [f.path for f in snapshot.select(("*.py",), ("import",), all=True).chosen] == ["a.py", "b.py"]


def test_what_was_put_aside_is_not_taken_from_memory() -> None:
    file = Snapshot({"a.py": "x = 1\n"}).files["a.py"]
    assert python(file) is python(file) is not None
    file.put_aside("could not be made sense of (KeyError)")
    with watching() as watch:
        assert python(file) is None
    assert [str(h) for h in watch.holes] == ["a.py: could not be made sense of (KeyError)"]


def test_a_hole_is_told_each_time_that_a_file_is_asked_for() -> None:
    file = Snapshot({"a.yml": "a: [\n"}).files["a.yml"]
    for _ in range(2):
        with watching() as watch:
            yaml_documents(file)
        assert watch.holes
