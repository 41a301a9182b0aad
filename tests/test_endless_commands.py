"""Commands, rules and settings that go on for ever: left out by a hole or read plainly, in time that grows with the text alone."""

import time

import pytest

from auditor import limits
from auditor.facts.ignored import ignore_rule
from auditor.facts.testrules import rules
from auditor.globs import fits_name, matches
from auditor.holes import watching
from auditor.readers.commands import commands
from auditor.readers.docker import docker
from auditor.readers.shell import Command, shell_commands, words_of
from auditor.readers.workflows import github_glob
from auditor.snapshot import Snapshot

LONG = limits.COMMAND.value + 1


@pytest.mark.parametrize(
    "command",
    [
        "python " + "a" * LONG,
        "python " + "${{" * LONG,
        "wget " + "https://" * LONG,
        "a=1 " * LONG,
        "python \\\n" + "  --a b \\\n" * LONG + "  --c",
        "python \\\n" + "# a remark\n" * 2 + "x" * LONG,
    ],
)
def test_a_command_that_nobody_types_is_a_hole(command: str) -> None:
    started = time.process_time()
    with watching() as watch:
        found = shell_commands(f"ruff check\n{command}\npytest\n")
    assert [c.text for c in found] == ["ruff check", "pytest"]
    assert [h.line for h in watch.holes] == [2]
    assert time.process_time() - started < 3


def test_a_long_command_that_somebody_types_is_read() -> None:
    packages = " \\\n".join(f"    package-{n}==1.{n}" for n in range(400))
    with watching() as watch:
        found = shell_commands(f"apt-get install \\\n{packages}\npytest\n")
    assert [c.program for c in found] == ["apt-get", "pytest"]
    assert len(found[0].words) == 402
    assert not watch


@pytest.mark.parametrize(
    "text",
    [
        "FROM a\nRUN " + "b && \\\n  " * LONG + "c\n",
        "FROM a\nRUN " + "b && \\\n# remark\n\n  " * LONG + "c\n",
        'FROM a\nCMD ["' + "a" * LONG + '"]\n',
    ],
)
def test_an_instruction_that_goes_on_for_ever_costs_its_dockerfile(text: str) -> None:
    file = Snapshot({"Dockerfile": text}).files["Dockerfile"]
    started = time.process_time()
    assert docker(file) == ()
    assert "more than 20,000 characters of one command" in file.problems["docker"]
    assert time.process_time() - started < 3


def test_a_dockerfile_of_many_instructions_is_read() -> None:
    text = "FROM a\n" + "RUN b && \\\n  c\n# remark\n" * 3_000
    assert len(docker(Snapshot({"Dockerfile": text}).files["Dockerfile"])) == 3_001


def test_words_of_python_that_go_on_for_ever_are_a_hole() -> None:
    text = f"import subprocess\nsubprocess.run(['pytest', '{'a' * LONG}'])\nsubprocess.run(['ruff', 'check'])\n"
    with watching() as watch:
        assert [c.program for c in commands(Snapshot({"run.py": text}).files["run.py"])] == ["ruff"]
    assert [h.line for h in watch.holes] == [2]


@pytest.mark.parametrize(
    ("line", "inner"),
    [
        (r"find . -name '*.py' -exec ruff check {} \;", ["ruff check '{}'"]),
        (r"find . -exec ruff check {} \; -exec mypy {} +", ["ruff check '{}'", "mypy '{}'"]),
        (r"find . -exec sh -c 'pytest && mypy' \;", ["sh -c 'pytest && mypy'", "pytest", "mypy"]),
        (r"find . -exec find a -exec pytest \;", ["find a -exec pytest", "pytest"]),
        ("find . -exec pytest", ["pytest"]),
    ],
)
def test_what_find_starts(line: str, inner: list[str]) -> None:
    assert [c.text for c in shell_commands(line)[1:]] == inner


def test_finds_in_finds_are_read_once_each() -> None:
    found = shell_commands("find -exec " * 1_000)
    assert len(found) <= limits.SHELL_NESTING.value + 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("pytest ${{ matrix.part }} -x", ["pytest", "${{matrix.part}}", "-x"]),
        ("pytest ${{ a }} ${{ b }}", ["pytest", "${{a}}", "${{b}}"]),
        ("pytest ${{ format('${0}', a) }}", ["pytest", "${{format(${0},a)}}"]),
        ("pytest ${{ a ${{ b }}", ["pytest", "${{", "a", "${{b}}"]),
        ("A=1 B=2 sudo @pytest -x", ["@pytest", "-x"]),
        ("A=1", []),
    ],
)
def test_the_words_of_a_command(text: str, words: list[str]) -> None:
    assert [w.lstrip("@") for w in words] == [w.lstrip("@") for w in Command(text, 1).words]


@pytest.mark.parametrize("text", ['"', "it's", "a \\", "'a b"])
def test_a_quote_that_stays_open_is_a_letter(text: str) -> None:
    assert words_of(text) == text.split()


def test_a_string_over_lines_is_one_command() -> None:
    assert [c.text for c in shell_commands("python -c 'a\nb \"c\n'\npytest\n")] == ["python -c 'a\nb \"c\n'", "pytest"]
    assert [c.text for c in shell_commands("echo it's\n" + "a\n" * 200 + "pytest\n")][-1] == "pytest"


def test_patterns_that_nobody_types_match_nothing() -> None:
    long = "*a" * limits.PATTERN.value
    started = time.process_time()
    assert github_glob(long) is None
    assert github_glob("a" + "+" * 500_000) is None
    assert ignore_rule(long) is None
    assert not fits_name("a", long)
    assert not matches("a/b", (long, "[x]" + long))
    assert fits_name("tests/unit/test_a.py", "tests/*_a.py")
    assert time.process_time() - started < 3


def test_settings_of_pytest_without_end_are_a_hole() -> None:
    many = " ".join(f"a{n}_*.py" for n in range(limits.PATTERNS.value + 1))
    for row in (f"python_files = {many}", f"addopts = {many}", f"testpaths = {many}"):
        files = Snapshot({"pytest.ini": f"[pytest]\n{row}\n"}).select(("**",))
        with watching() as watch:
            rules(files)
        assert [h.path for h in watch.holes] == ["pytest.ini"]
    with watching() as watch:
        made, _ = rules(Snapshot({"pytest.ini": "[pytest]\naddopts = -k 'a b' --ignore-glob=c\n"}).select(("**",)))
    assert made.options == ("-k", "a b", "--ignore-glob=c")
    assert not watch
