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
from auditor.globs import Paths, fits_name, matches, may_match_below
from auditor.linear import Rows, Words, character_class, linear
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
    assert [p for p in paths if matches(p, ("c\udc80d/x?y.txt",))] == ["c\udc80d/x-y.txt"]


def test_braces_with_absurdly_many_choices_are_one_expression() -> None:
    many = "{a,b}" * 40
    assert matches("ab" * 20, (many,))
    assert not matches("ab" * 19 + "ac", (many,))
    assert matches("x/" + "ba" * 20 + ".py", ("**/" + many + ".py",))
    assert matches("ab" * 20 + ",x", (many + ",x",))
    assert may_match_below("a", (many,))  # nobody knows; then it could


def meant(glob: str) -> str:
    """What a glob means, said as simply as can be: an expression over the whole path in small letters."""
    signs = re.findall(r"\*\*/|\*\*|\[[^]]*\]|\{|\}|.", glob.lower())
    says = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]", "{": "(?:", "}": ")", ",": "|"}
    return "".join(says.get(sign) or (sign if sign[0] == "[" else re.escape(sign)) for sign in signs)


FORMS = (
    "a/b.py", "b.py", "**/b.py", "**/*.py", "**/*b", "**/*", "**", "*", "*.py", "a/*.py", "a/b/*.py", "a/*", "a/*b", "a/**", "a/b/**", "**/a/**",
    "**/a/b/**", "**/b/*.py", "a/**/*.py", "a/b/**/*.py", "a/**/*", "a/**/b.py", "a/**/b/*.py", "**/a/**/*.py", "**/a/**/*", "**/ab/**/*b",
    "**/a/b/**/*.py", "**/a/**/b/*", "**/*a*", "**/*.*", "**/**", "**/a*b", "**/a*.py", "**/ab*ba", "**/*a*.py", "**/a*b*", "**/a*b*a", "**/*a*b*a*",
    "a*", "a*b", "*a", "a?b", "**/?.py", "[ab]/*.py", "**/[ab].py", "**/a?/*", "**/*b.py", "{a,b}.py", "**/{a,b}/*.{py,md}", "{a,b/a}/{b,ab}.py",
    "a{,b}.py", "A/*.PY", "a/b*", "**/a/b.py", "*/b.py", "*/*", "**/*.ya?ml", "**/.py", "**/a", "**/A*", "a/b", "a/[ab]/**", "a/**/a/**", "**/?/**",
    "a/**/*b/a", "a/**/*b*", "[ab]/**/*.py", "?/**/*", "*b/**/*.py", "[a]b/**/*.py", "a**b.py", "?**b", "[ab]**.py",
)  # fmt: skip
PLACES = ("", "a/", "b/", "a/b/", "b/a/", "a/b/a/", "b/ab/", "ab/", "x/a/b/x/")
CALLED = (
    "a",
    "b",
    "ab",
    "ba",
    "aab",
    "abb",
    "aba",
    "abba",
    "bab",
    "a.py",
    "b.py",
    "ab.py",
    "ba.py",
    ".py",
    "A.PY",
    "a.md",
    "x.yaml",
    "x.txt",
    "abx",
)


@pytest.mark.parametrize("glob", FORMS)
def test_each_form_of_a_glob_means_the_same_looked_up_and_walked(glob: str) -> None:
    """The common forms are looked up, each in its way: they fit what the plain meaning of their signs fits."""
    paths = [place + name for place in PLACES for name in CALLED]
    want = [p for p in paths if re.fullmatch(meant(glob), p.lower())]
    assert [p for p in paths if matches(p, (glob,))] == want
    assert Paths(paths).matching((glob,)) == want
    others = [p for p in paths if p not in want]
    assert Paths(paths).matching(("**", f"!{glob}")) == others
    assert [p for p in paths if matches(p, ["**", f"!{glob}"])] == others
    assert Paths(paths).those((glob, "!**", "b/**")) == {p for p in paths if p.startswith("b/")}


def test_several_globs_fit_what_each_of_them_fits() -> None:
    paths = [place + name for place in PLACES for name in CALLED]
    want = [p for p in paths if any(re.fullmatch(meant(g), p.lower()) for g in FORMS if not g.startswith(("*", "a")))]
    assert Paths(paths).matching(tuple(g for g in FORMS if not g.startswith(("*", "a")))) == want
    assert [p for p in paths if matches(p, [g for g in FORMS if not g.startswith(("*", "a"))])] == want


def test_both_endings_of_yaml_are_one() -> None:
    assert [p for p in ("a.yml", "a.yaml", "a.yxml", "a.ym") if matches(p, ("*.y*ml",))] == ["a.yml", "a.yaml"]


def test_braces_that_do_not_close_are_letters() -> None:
    assert matches("a{b", ("a{b",))
    assert matches("x{bc", ("?{b*",))
    assert matches("x}b,c", ("?}b,*",))
    assert not matches("xb", ("?{b",))


def test_a_pattern_that_nobody_types_matches_nothing() -> None:
    assert matches("b" + "a" * 9_999, ("?" + "a" * 9_999,))
    assert not matches("b" + "a" * 20_000, ("?" + "a" * 20_000,))
    assert fits_name("a" * 20_000, "a" * 20_000)
    assert not fits_name("a" * 20_001, "a" * 20_001)


def test_names_of_tests_fit_as_pytest_holds_them() -> None:
    assert fits_name("tests/test_a.py", "tests*.py")
    assert fits_name("TestA", "Test*")
    assert not fits_name("testA", "Test*")


@pytest.mark.parametrize(
    ("folder", "globs", "may"),
    [
        ("data", ("data/*.csv",), True),
        ("data", ("*.csv",), False),
        ("data", ("data",), False),
        ("data", ("src/*.csv",), False),
        ("data", ("**/*.csv",), True),
        ("Data", ("dA*/x",), True),
        ("data", ("[a-d]ata/x",), True),
        ("data", ("?/x",), False),
        ("data/raw", ("data/*.csv",), False),
        ("data/raw", ("data/*/*.csv",), True),
        ("data/raw", ("data/**/x.csv",), True),
        ("data/raw", ("data/raw/**",), True),
        ("data/raw", ("src/**",), False),
        ("data/raw", ("**/*.csv",), True),
        ("data/raw/a/b", ("data/**/x.csv",), True),
        ("data/raw", ("*/raw/x/y/z",), True),
        ("data", ("{src,data}/x",), True),
        ("data", ("{src,lib}/x",), False),
        ("data", ("src/**", "data/x"), True),
        ("data", (), False),
        # what takes out the whole folder, and what takes out less
        ("data", ("**/*.csv", "!data/**"), False),
        ("data/raw", ("**/*.csv", "!data/**"), False),
        ("data", ("**/*.csv", "!data/*.csv"), True),
        ("data", ("**/*.csv", "!data/raw/**"), True),
        ("data", ("!data/**",), False),
        ("data", ("!src/**",), False),
    ],
)
def test_whether_something_below_a_folder_may_match(folder: str, globs: tuple[str, ...], may: bool) -> None:
    assert may_match_below(folder, globs) is may


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


def test_a_pattern_fits_a_whole_text_or_a_part_of_it() -> None:
    pattern = linear("b+")
    assert pattern is not None
    assert (pattern.fits("bb"), pattern.fits("abb"), pattern.fits("")) == (True, False, False)
    assert (pattern.within("abba"), pattern.within("aca")) == (True, False)
    rows = Rows(["bb", "ab", "", "b", "b\nb"])
    assert pattern.among(rows) == [0, 3]
    assert rows.fitting("(?=b)") == []  # refused
    assert rows.fitting("b.b") == [4]
    assert linear("a" * 20_000) is not None
    assert linear("a" * 20_001) is None


def test_words_are_found_also_where_re2_gives_up() -> None:
    words = Words(["ab", "b.", "ab"], ["c+d"])
    assert words.words == {"ab", "b."}
    assert words.among("xab ccd") == {"ab", "c+d"}
    assert words.among("b.") == {"b."}
    assert words.among("bx\ud800") == set()

    class NoMemory:
        def Match(self, _: bytes) -> list[int]:
            return []

    words._set = NoMemory()
    assert words.among("xab ccd") == {"ab", "c+d"}
    assert words.among("bx") == set()


@pytest.mark.parametrize(
    ("glob", "end", "fits", "fails"),
    [
        ("[ab]c", 4, "ab", "c]"),
        ("[a-c]", 5, "abc", "d-"),
        ("[c-a]", 5, "", "abc-"),
        ("[a-]", 4, "a-", "b]"),
        ("[-a]", 4, "a-", "b"),
        ("[]a]", 4, "]a", "b"),
        ("[!a]", 4, "b!]", "a/"),
        ("[^a]", 4, "b^", "a/"),
        ("[!]a]", 5, "b!", "]a/"),
        ("[!]", 3, "!", "]a"),
        ("[^]x", 3, "^", "]x"),
        ("[!a-c]", 6, "d", "abc/"),
        (r"[\]a]", 5, "]a", "\\"),
        (r"[a\-c]", 6, "a-c", "b"),
        ("[/]", 3, "", "/"),
        ("[/a]", 4, "a", "/"),
        ("[+-9]", 5, "+.09", "/"),
        ("[/-1]", 5, "01", "/."),
        ("[.-/]", 5, ".", "/0"),
        ("[!+-9]", 6, "a", "+/9"),
    ],
)
def test_what_stands_for_one_of_several_letters(glob: str, end: int, fits: str, fails: str) -> None:
    made = character_class(glob, 0)
    assert made is not None
    pattern = linear(made[0])
    assert pattern is not None
    assert [c for c in fits + fails if pattern.fits(c)] == list(fits)
    assert pattern.fits("X") is (glob[1] in "!^" and end > 3)
    assert made[1] == end
    assert character_class(f"x{glob}", 1) == (made[0], end + 1)


@pytest.mark.parametrize("glob", ["[", "[a", "[]", "[!", "[a-", "[\\]", "[" + "a" * 600 + "]", "[!]" + "a" * 600])
def test_a_bracket_that_does_not_close_is_no_class(glob: str) -> None:
    assert (character_class(glob, 0) is None) is not glob.startswith("[!]")


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
