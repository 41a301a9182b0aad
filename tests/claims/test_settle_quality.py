"""Typed claims about rules of quality, and about how work came in, against trees in a dict."""

from datetime import UTC, datetime, timedelta

import pytest
from rows import case, label, settled

from auditor.repository import Commit, History

PYPROJECT = "[tool.ruff]\nline-length = 120\n\n[tool.ruff.lint]\nselect = ['E', 'I', 'D1']\n"
RUFF = {"pyproject.toml": PYPROJECT}
LINT = "on: [push]\njobs:\n  lint:\n    runs-on: ubuntu-latest\n    steps:\n      - run: ruff check .\n      - run: mypy src\n"
WORKFLOW = ".github/workflows/lint.yaml"
BLACK = {".pre-commit-config.yaml": "repos:\n  - repo: x\n    hooks:\n      - id: black\n"}
MYPY = {"pyproject.toml": "[tool.mypy]\nignore_missing_imports = true\n", WORKFLOW: LINT}
COVERAGE = {"pyproject.toml": "[tool.coverage.report]\nfail_under = 60\n"}
PYLINT = {WORKFLOW: LINT.replace("ruff check .", "pylint src --fail-under=8.5")}


@pytest.mark.parametrize(
    ("claim", "files", "expected"),
    [
        ({"rule": "line length", "value": 120}, RUFF, "supported"),
        ({"rule": "line length", "value": 100}, RUFF, "contradicted"),
        ({"rule": "line length", "value": 120, "tool": "ruff"}, {**RUFF, "ruff.toml": "line-length = 99\n"}, "contradicted"),
        ({"rule": "line length", "value": 99}, {**RUFF, "setup.cfg": "[flake8]\nmax-line-length = 99\n"}, "supported"),
        ({"rule": "line length", "value": 99, "tool": "ruff"}, {**RUFF, "setup.cfg": "[flake8]\nmax-line-length = 99\n"}, "contradicted"),
        ({"rule": "line length", "value": 88}, RUFF, "contradicted"),
        ({"rule": "line length", "value": 88}, {**RUFF, **BLACK}, "open"),  # the default of a tool that runs
        ({"rule": "line length", "value": 100}, {"README.md": "x"}, "open"),
        ({"rule": "line length"}, RUFF, "open"),
        ({"rule": "coverage threshold", "value": 60}, COVERAGE, "supported"),
        ({"rule": "coverage threshold", "value": 0.6}, COVERAGE, "supported"),
        ({"rule": "coverage threshold", "value": 80}, COVERAGE, "contradicted"),
        ({"rule": "coverage threshold", "value": 80}, RUFF, "open"),
        ({"rule": "coverage threshold", "value": 80}, PYLINT, "open"),
        ({"rule": "strict typing", "tool": "mypy"}, MYPY, "contradicted"),
        ({"rule": "strict typing"}, MYPY, "open"),
        ({"rule": "strict typing", "tool": "mypy"}, {**MYPY, "mypy.ini": "[mypy]\nstrict = True\n"}, "supported"),
        ({"rule": "strict typing", "tool": "mypy"}, {"a.py": ""}, "open"),
        ({"rule": "strict typing", "tool": "pyright"}, MYPY, "open"),
        # ruff's rules
        ({"rule": "docstrings", "tool": "ruff"}, RUFF, "supported"),
        ({"rule": "docstrings", "tool": "ruff"}, {"ruff.toml": '[lint]\nselect = ["E"]\n', "requirements.txt": "mkdocstrings\n"}, "contradicted"),
        ({"rule": "docstrings", "tool": "ruff"}, {"ruff.toml": '[lint]\nselect = ["E"]\n', "pyproject.toml": "[dependency-groups]\ndev = ['docstr-coverage']\n"}, "open"),
        ({"rule": "annotations", "tool": "ruff"}, RUFF, "contradicted"),
        ({"rule": "annotations"}, RUFF, "open"),
        ({"rule": "annotations", "tool": "ruff"}, {**RUFF, "mypy.ini": "[mypy]\ndisallow_untyped_defs = True\n"}, "open"),
        ({"rule": "import order", "tool": "ruff"}, RUFF, "supported"),
        ({"rule": "unused imports", "tool": "ruff"}, RUFF, "contradicted"),
        ({"rule": "unused imports", "tool": "ruff"}, {"pyproject.toml": "[tool.ruff]\nline-length = 99\n"}, "supported"),
        ({"rule": "unknown", "tool": "ruff", "code": "N"}, RUFF, "contradicted"),
        ({"rule": "unknown", "tool": "ruff", "code": "E, I"}, RUFF, "supported"),
        ({"rule": "unknown", "tool": "ruff", "code": "N"}, {**RUFF, WORKFLOW: LINT.replace("check .", "check --extend-select N .")}, "open"),
        ({"rule": "unknown", "tool": "flake8", "code": "N"}, RUFF, "open"),
        ({"rule": "unknown", "tool": "ruff"}, RUFF, "open"),
        ({"rule": "annotations", "tool": "ruff", "denied": True}, RUFF, "open"),
    ],
)  # fmt: skip
def test_enforces(claim: dict[str, object], files: dict[str, str], expected: str) -> None:
    assert label(case(files), "enforces", **claim) == expected


PRIVATE = "\n".join(f"def _helper{i}(x):\n    return x\n" for i in range(6))
# dunder, nested and empty functions, overrides, stubs and overloads need none
EMPTY = (
    "from typing import overload\n\nclass A:\n    def __len__(self):\n        return 1\n\n    def __iter__(self):\n        yield 1\n\n"
    "    def run(self):\n        raise NotImplementedError\n\n    def stop(self): ...\n\n    def forward(self, x):\n        return x\n\n@overload\ndef g(x): return x\n\n"
    'def outer():\n    """Says."""\n    def inner():\n        return 1\n    return inner\n'
)


def functions(documented: int, bare: int) -> dict[str, str]:
    rows = [f'def good{i}(x: int) -> int:\n    """Says."""\n    return x\n' for i in range(documented)]
    rows += [f"def bare{i}(x):\n    return x\n" for i in range(bare)]
    return {"src/app/core.py": "\n".join(rows), "tests/test_core.py": "def test_a():\n    assert True\n" * 9}


@pytest.mark.parametrize(
    ("rule", "files", "expected"),
    [
        ("docstrings", functions(12, 6), "contradicted"),
        ("annotations", functions(12, 6), "contradicted"),
        ("docstrings", functions(120, 5), "open"),  # over nineteen of twenty
        ("docstrings", functions(60, 5), "contradicted"),
        ("docstrings", functions(4, 4), "open"),  # hardly any
        ("docstrings", functions(20, 0), "supported"),
        ("docstrings", {**functions(20, 0), "src/app/b.py": PRIVATE}, "contradicted"),
        ("docstrings", {**functions(60, 0), "src/app/b.py": EMPTY}, "supported"),
        ("docstrings", {**functions(12, 6), "src/app/broken.py": "def f(:\n"}, "open"),
        ("docstrings", {"a.txt": ""}, "open"),
    ],
)
def test_everywhere(rule: str, files: dict[str, str], expected: str) -> None:
    assert label(case(files), "enforces", rule=rule, everywhere=True) == expected


def test_everywhere_of_a_part() -> None:
    private = case({**functions(20, 0), "src/app/b.py": PRIVATE})
    assert label(private, "enforces", "each public function", rule="docstrings", everywhere=True) == "supported"
    scripts = case({**functions(20, 0), "scripts/b.py": PRIVATE})
    assert label(scripts, "enforces", "all functions of the package", rule="docstrings", everywhere=True) == "supported"


@pytest.mark.parametrize(
    ("code", "every", "expected"),
    [
        ("def f{}(x):\n    return x\n", True, "contradicted"),
        ("def f{}(x):\n    return x\n", False, "open"),  # three are few where the sentence may mean most
        ("def f{}(x: int):\n    return x\n", True, "open"),  # what is returned is not told: not all, and not none
        ("def f{}():\n    return 1\n", True, "contradicted"),
        ("def f{}():\n    print(1)\n", True, "open"),
        ("def f{}(x: int) -> int:\n    return x\n", True, "supported"),
        ("class A{}:\n    def g(self, x):\n        return x\n", True, "contradicted"),
        ("class A{}:\n    def __eq__(self, x):\n        return x\n", True, "supported"),
        ("def f{}(x: int) -> int:\n    return sorted(x, key=lambda y: y)\n", True, "supported"),
    ],
)
def test_annotations_of_all_functions(code: str, every: bool, expected: str) -> None:
    files = {**functions(40, 0), "src/app/more.py": "\n".join(code.format(n) for n in range(3))}
    assert label(case(files), "enforces", rule="annotations", everywhere=True, every=every) == expected


def test_one_function_may_be_an_oversight() -> None:
    assert label(case(functions(5, 1)), "enforces", rule="annotations", everywhere=True, every=True) == "open"
    assert label(case(functions(5, 2)), "enforces", rule="annotations", everywhere=True, every=True) == "contradicted"


SAYS = "Ruff makes sure that all code is formatted before it is merged"
HOOKED = {".pre-commit-config.yaml": "repos:\n  - repo: x\n    hooks:\n      - id: ruff-format\n"}
SPACES = {".pre-commit-config.yaml": "repos:\n  - repo: x\n    hooks:\n      - id: trailing-whitespace\n"}


@pytest.mark.parametrize(
    ("step", "more", "expected"),
    [
        ("ruff format .", {}, "contradicted"),
        ("ruff format .", SPACES, "contradicted"),
        ("ruff format .", HOOKED, "open"),
        ("ruff format --check .", {}, "open"),
        ("ruff format --check . || true", {}, "contradicted"),
        ("ruff format .\n      - run: git diff --exit-code", {}, "open"),
        ("ruff format .\n      - uses: stefanzweifel/git-auto-commit-action@v5", {}, "open"),
    ],
)
def test_a_formatter_that_only_rewrites(step: str, more: dict[str, str], expected: str) -> None:
    files = {WORKFLOW: LINT.replace("ruff check .", step), **more}
    here = case(files, answers={"continuous-integration": SAYS + "."})
    claim = {"rule": "formatting", "tool": "ruff", "everywhere": True, "every": True}
    assert label(here, "enforces", SAYS, **claim) == expected
    assert label(here, "gate", SAYS, first="formatting", then="any", every=True) == expected
    assert label(here, "enforces", "All code is formatted", **claim) == "open"  # not by continuous integration
    blocks = "supported" if expected == "open" and not more else expected
    if not more:
        assert label(here, "runs", SAYS, tool="formatting", place="ci", blocks=True) == blocks


# -- history -----------------------------------------------------------------------------------------------------------

START = datetime(2026, 1, 5, tzinfo=UTC)


def line(requests: int, direct: int, subject: str = "fix the loader", rebased: bool = False, **more: object) -> History:
    """A default branch with merged pull requests, and direct commits after the first of them."""
    made = [Commit("root", (), "A B", "a@b.dk", START, "A B", START, "Initial commit")]
    for n in range(1, requests + direct + 1):
        time = START + timedelta(hours=n)
        if n == 1 or n > direct + 1:
            head = Commit(f"h{n}", (made[-1].sha,), "A B", "a@b.dk", time, "A B", time, "work")
            merge = f"Merge pull request #{n} from g/x{n}"
            made += [head, Commit(f"m{n}", (made[-1].sha, head.sha), "A B", "a@b.dk", time, "GitHub", time, merge)]
        else:
            later = time + timedelta(minutes=30 if rebased else 0)
            made.append(Commit(f"d{n}", (made[-1].sha,), "A B", "a@b.dk", time, "A B", later, subject))
    return History(tuple(reversed(made)), default_branch="main", **more)  # type: ignore[arg-type]


NEVER = {"what": "direct commits", "denied": True}
ABSOLUTE = {**NEVER, "every": True}


def late(direct: int, subject: str = "fix the loader", committer: str = "A B") -> History:
    """The same with direct commits after all of six pull requests."""
    before = line(6, 0)
    time, made = START + timedelta(days=2), [before.commits[0]]
    for n in range(direct):
        made.append(Commit(f"l{n}", (made[-1].sha,), "A B", "a@b.dk", time, committer, time, subject))
    return History((*reversed(made), *before.commits[1:]), default_branch="main")


ALWAYS = {"what": "pull requests", "every": True}
ALIVE = {"branches": ("main", "a", "b"), "branch_tips": (("a", "h18"), ("b", "h19"))}


@pytest.mark.parametrize(
    ("claim", "history", "expected"),
    [
        (NEVER, line(5, 15), "contradicted"),
        (ALWAYS, line(5, 15), "contradicted"),
        ({"what": "pull requests"}, line(5, 15), "supported"),
        ({**ALWAYS, "strength": "hedged"}, line(5, 15), "open"),
        ({"what": "direct commits"}, line(5, 15), "supported"),
        # few, a small share, no requests, the report only, rebased, shallow, no history
        (NEVER, line(5, 9), "open"),
        (NEVER, line(60, 15), "open"),
        # an absolute: three are enough, if the branch was not closed later; not in the browser, not by two
        (ABSOLUTE, line(5, 3), "open"),
        (ABSOLUTE, late(3), "contradicted"),
        (ABSOLUTE, late(2), "open"),
        (ABSOLUTE, late(3, committer="GitHub"), "open"),
        (ABSOLUTE, late(3, subject="Update README.md"), "open"),
        (NEVER, late(3), "open"),
        ({"what": "branch per feature", "every": True}, line(9, 15), "contradicted"),
        ({"what": "branch per feature", "every": True}, line(40, 15), "open"),  # less than a third
        ({"what": "branch per feature", "every": True}, line(9, 9), "open"),
        (NEVER, line(0, 0), "open"),
        (NEVER, line(5, 15, subject="Update README.md"), "open"),
        (NEVER, line(5, 15, rebased=True), "open"),
        (NEVER, line(5, 15, shallow=True), "open"),
        (NEVER, History(), "open"),
        ({"what": "pull requests", "denied": True}, line(2, 3), "contradicted"),
        ({"what": "pull requests", "denied": True}, line(1, 3), "open"),
        ({"what": "pull requests", "denied": True}, History(), "open"),
        ({"what": "pull requests", "denied": True, "every": True}, line(5, 15), "open"),  # not all of them
        ({"what": "branches deleted", "every": True}, line(5, 15, **ALIVE), "contradicted"),
        ({"what": "branches deleted"}, line(5, 15, **ALIVE), "open"),
        ({"what": "branches deleted", "every": True}, line(5, 15, one_branch=True), "open"),
        ({"what": "squash merges"}, line(5, 1), "contradicted"),
        ({"what": "squash merges"}, line(3, 1), "open"),
        ({"what": "branch per feature"}, line(5, 1), "supported"),
        ({"what": "branch per feature", "denied": True}, line(5, 1), "contradicted"),
        ({"what": "tags", "denied": True}, line(1, 1, tagged=(("v1", "root"),)), "contradicted"),
        ({"what": "tags"}, line(1, 1), "open"),
        ({"what": "reviews", "denied": True}, line(5, 1), "open"),
    ],
)
def test_history(claim: dict[str, object], history: History, expected: str) -> None:
    assert label(case({}, history=history), "history", **claim) == expected


def test_the_share_is_said() -> None:
    made = settled(case({}, history=line(5, 15)), "history", **NEVER)
    assert made is not None
    assert "15 of the 21 commits" in made.shows
    assert "71 %" in made.shows


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("We sometimes pushed directly to main.", "open"),
        ("Nobody pushed directly to main.", "contradicted"),
        ("We didn't push directly to main.", "contradicted"),
    ],
)
def test_an_answer_that_tells_of_direct_pushes(answer: str, expected: str) -> None:
    here = case({}, answers={"version-control": answer}, history=line(5, 15))
    assert label(here, "history", **ALWAYS) == expected


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("We used branches but not pull requests. Some of us opened PRs.", "open"),
        ("We used branches but not pull requests. Pull requests give a better overview.", "contradicted"),
        ("We did not use pull requests, but we should have used a PR.", "contradicted"),
    ],
)
def test_a_denial_that_is_not_everybodys(answer: str, expected: str) -> None:
    here = case({}, answers={"version-control": answer}, history=line(5, 1))
    assert label(here, "history", what="pull requests", denied=True) == expected
