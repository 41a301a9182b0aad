"""Globs, whoever wrote them: they mean what the tools mean by them, and no pattern takes longer than another."""

import re
import subprocess
import time
from pathlib import Path

import pathspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.facts.ignored import ignore_rule
from auditor.facts.workflows import path_filter_hits
from auditor.globs import Paths, matches, may_match_below
from auditor.linear import linear
from auditor.readers.workflows import github_glob


@pytest.mark.parametrize(
    ("glob", "fits", "fails"),
    [
        ("a*b*c", ("abc", "axbxc", "ab-b-c"), ("acb", "a/b/c")),
        ("**/x?y/*.txt", ("xay/b.txt", "a/b/x-y/c.txt"), ("xy/b.txt", "a/xay/c/b.txt")),
        ("a/**/b", ("a/b", "a/c/b", "a/c/d/b"), ("ab", "a/bc")),
        ("[ab]c*.py", ("ac.py", "bcd.py"), ("cc.py",)),
        ("[!ab]c*.py", ("cc.py",), ("ac.py", "/c.py")),
        ("x[z-a]y*", (), ("xzy", "xay", "x-y")),  # an empty range fits nothing, and breaks nothing
        ("x[ab*?q", ("x[abcdq",), ("xaq",)),  # a bracket that does not close is one
        ("d{1,2}/*?.{a,b}", ("d1/x.a", "d2/xy.b"), ("d3/x.a", "d1/.a")),
        ("a+(b)|c*?", ("a+(b)|cx",), ("aab", "a", "c")),
        ("å*?ø.md", ("å--ø.md", "åxø.md"), ("åø.md",)),
    ],
)
def test_globs_mean_what_they_say(glob: str, fits: tuple[str, ...], fails: tuple[str, ...]) -> None:
    assert [p for p in (*fits, *fails) if matches(p, (glob,))] == list(fits)
    assert Paths((*fits, *fails)).matching((glob,)) == list(fits)


def test_a_line_feed_in_a_path_is_part_of_its_name() -> None:
    paths = ("a\nb/x-y.txt", "b/x-y.txt", "c\udc80d/x-y.txt")
    assert Paths(paths).matching(("?/x?y.txt",)) == ["b/x-y.txt"]
    assert Paths(paths).matching(("a?b/x?y.txt",)) == ["a\nb/x-y.txt"]
    assert [p for p in paths if matches(p, ("c?d/x?y.txt",))] == ["c\udc80d/x-y.txt"]


def test_braces_with_absurdly_many_choices_are_one_expression() -> None:
    many = "{a,b}" * 40
    assert matches("ab" * 20, (many,))
    assert not matches("ab" * 19 + "ac", (many,))
    assert matches("x/" + "ba" * 20 + ".py", ("**/" + many + ".py",))
    assert may_match_below("a", (many,))  # nobody knows; then it could


HOSTILE = (
    "*a" * 60 + "b",
    "**a?" * 60 + "b",
    "**/a" * 200,
    "*" * 5000 + "b",
    "{a,*a}" * 60 + "b",
    "[ab]*" * 60 + "c",
    "?*" * 200,
)


@pytest.mark.parametrize("pattern", HOSTILE)
def test_no_pattern_takes_long(pattern: str) -> None:
    path = "a" * 4000 + "/" + "a/" * 1000 + "a" * 4000
    start = time.process_time()
    matches(path, (pattern,))
    matches(path.replace("/", ""), (pattern,))
    for text in (path, path.replace("/", "")):
        if fits := github_glob(pattern):
            fits.fits(text)
        if rule := ignore_rule(pattern):
            rule[0].fits(text)
    Paths([path] * 20).matching((pattern,))
    path_filter_hits([path] * 20, [pattern, "!" + pattern])
    assert time.process_time() - start < 2


@pytest.mark.parametrize("source", [r"(?=a)b", r"(a)\1", r"(?<!x)y", "(", "a" * 30_000, "[z-a]"])
def test_what_re2_refuses_is_refused(source: str) -> None:
    assert linear(source) is None


@pytest.mark.parametrize(
    ("pattern", "fits", "fails"),
    [
        ("feature/**", ("feature/a", "feature/a/b"), ("feature", "features/a")),
        ("v[0-9]+", ("v1", "v12"), ("v", "va")),
        ("*.js?", ("a.js", "a.j"), ("a.jsx", "a/b.js")),
        ("**/README.md", ("README.md", "a/b/README.md"), ("aREADME.md",)),
        (r"a\*b", ("a*b",), ("axb",)),
        ("a*+b", ("ab", "axxb"), ("a/b",)),
        ("a[!b]c", ("axc",), ("a", "c", "a/c")),
        ("a\nb", (), ("a", "b", "a\nb")),
        ("[", ("[",), ("a",)),
        ("**", ("a", "a/b", "a\nb", "é/ü"), ()),
    ],
)
def test_filters_of_workflows(pattern: str, fits: tuple[str, ...], fails: tuple[str, ...]) -> None:
    assert path_filter_hits((*fits, *fails), (pattern,)) == fits


_PIECES = st.sampled_from(["a", "b", "*", "?", "/", "**/", "/**", "[ab]", "[!a]", ".py", "-", "\\*", "[a-c]"])
_NAMES = st.text("ab/c.py*-", min_size=1, max_size=12).filter(
    lambda p: "//" not in p and not p.startswith("/") and not p.endswith("/") and not {".", ".."} & set(p.split("/"))
)


@settings(deadline=None)  # a busy machine
@given(st.lists(_PIECES, min_size=1, max_size=6).map("".join), st.lists(_NAMES, max_size=8))
def test_rules_of_gitignore_as_git_reads_them(row: str, paths: list[str]) -> None:
    if re.search(r"\*{3,}|/{2,}|\*\*[^/]|[^/]\*\*|^/?$|\\$", row):  # where the tools differ among themselves
        return
    rule = ignore_rule(row)
    spec = pathspec.GitIgnoreSpec.from_lines([row])
    for path in paths:
        if "[!" in row and "/" in path:
            continue  # `pathspec` lets `[!a]` stand for a slash, git does not: see below
        parts = path.split("/")
        ours = rule is not None and any(
            rule[0].fits("/".join(parts[:n])) and (n < len(parts) or not rule[1]) for n in range(1, len(parts) + 1)
        )
        assert ours == spec.match_file(path), (row, path)


def test_no_set_of_characters_stands_for_a_slash(tmp_path: Path) -> None:
    """As real git reads rules of `.gitignore`."""
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    paths = [
        "a/-",
        "a-b",
        "a/b/c",
        "axy",
        "a/xb",
        "xb",
        "a--",
        "b/a-b",
        "a/-/c",
        "-/b",
        "a]b",
        "a/b",
        "a0b",
        "[!]a]b",
        "ab",
    ]
    for row in (
        "a[!a][!a]",
        "a[!a]b",
        "[!a]b",
        "a/[!a]",
        "a[^a]-",
        "[!a]*",
        "a[+-9]b",
        "a[!a]b/",
        "*[!a][!b]",
        "a[/]b",
        "[!]a]b",
        "a[]-]b",
        "a[a\\]-]b",
        "[+--]b",
        "a[--0]b",
        "a[!-]",
    ):
        (tmp_path / ".gitignore").write_text(row + "\n")
        asked = ["git", "-C", str(tmp_path), "check-ignore", "--no-index", "--stdin"]
        done = subprocess.run(asked, input="\n".join(paths), capture_output=True, text=True)
        rule = ignore_rule(row)
        assert rule is not None
        ours = [
            path
            for path in paths
            for parts in [path.split("/")]
            if any(
                rule[0].fits("/".join(parts[:n])) and (n < len(parts) or not rule[1]) for n in range(1, len(parts) + 1)
            )
        ]
        assert ours == done.stdout.split(), row
