"""What leads to itself, or to the same things again and again: followed once, and where it is cut off there is a hole."""

import pytest

from auditor.facts.fixtures import Definitions, times
from auditor.facts.testmarks import length_of
from auditor.facts.workflows import CiWorkflow, ci_workflows
from auditor.readers.python import Module, python
from auditor.snapshot import Snapshot

START = "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n"
FOUR = '"a{+}", ' * 4


def chain(form: str, n: int = 6) -> str:
    return "".join(form.replace("{}", str(k)).replace("{+}", str(k + 1)) for k in range(n))


def workflow(files: dict[str, str], *steps: str) -> CiWorkflow:
    text = START + "".join(f"      - {s}\n" for s in steps)
    snapshot = Snapshot({".github/workflows/a.yml": text, **files})
    return ci_workflows(snapshot.select((".github/**",)))[0]


def programs(ci: CiWorkflow) -> list[str]:
    return [r.command.program for r in ci.runs]


@pytest.mark.parametrize(
    ("path", "text", "command"),
    [
        ("Taskfile.yml", "version: '3'\ntasks:\n" + chain("  a{}:\n    deps: [a{+}, a{+}]\n") + "  a6: [pytest]\n", "task a0"),
        ("pyproject.toml", "[tool.poe.tasks]\n" + chain(f"a{{}} = [{FOUR}]\n") + 'a6 = "pytest"\n', "poe a0"),
        ("pyproject.toml", "[tool.pdm.scripts]\n" + chain(f"a{{}} = {{composite = [{FOUR}]}}\n") + 'a6 = "pytest"\n', "pdm run a0"),
        ("pyproject.toml", "[tool.rye.scripts]\n" + chain(f"a{{}} = {{chain = [{FOUR}]}}\n") + 'a6 = "pytest"\n', "rye run a0"),
        ("hatch.toml", "[envs.default.scripts]\n" + chain(f"a{{}} = [{FOUR}]\n") + 'a6 = "pytest"\n', "hatch run a0"),
        ("mise.toml", chain(f"[tasks.a{{}}]\ndepends = [{FOUR}]\n") + '[tasks.a6]\nrun = "pytest"\n', "mise run a0"),
        ("tox.ini", "[testenv]\ncommands =\n    {[b]commands}\n    {[b]commands}\n[b]\ncommands =\n    {[testenv]commands}\n    pytest\n", "tox"),
        ("Makefile", "include Makefile\n" * 3 + "a:\n\tpytest\n", "make a"),
        ("Makefile", "X = pytest \\\n  -v \\\n\n" + chain("T += a{}\n") + "T := $(T)\na:\n\t$(X)\n", "make a"),
    ],
)  # fmt: skip
def test_the_same_task_is_followed_once(path: str, text: str, command: str) -> None:
    ci = workflow({path: text}, f"run: {command}")
    assert programs(ci).count("pytest") == 1


def test_a_task_that_is_called_with_other_values_is_another() -> None:
    tasks = "version: '3'\ntasks:\n  all:\n    cmds:\n      - {task: one, vars: {X: a}}\n      - {task: one, vars: {X: b}}\n      - {task: one, vars: {X: b}}\n  one:\n    cmds: ['{{.X}} run']\n"
    assert programs(workflow({"Taskfile.yml": tasks}, "run: task all"))[1:] == ["a", "b"]


def test_what_leads_further_than_is_followed_is_a_hole() -> None:
    more = chain("version: '3'\ntasks:\n", 1) + chain("  a{}:\n    deps: [a{+}]\n", 20) + "  a20: [pytest]\n"
    ci = workflow({"Taskfile.yml": more}, "run: task a0")
    assert "pytest" not in programs(ci)
    assert any("further than is followed" in h.reason for h in ci.unfollowed)


ACTION = "inputs: {x: {default: a}}\nruns:\n  using: composite\n  steps:\n"
LAST = "    - run: pytest\n      shell: bash\n"


def test_an_action_that_uses_itself_is_walked_once() -> None:
    ci = workflow({"act/action.yml": ACTION + "    - uses: ./act\n" * 40 + LAST}, "uses: ./act")
    assert programs(ci) == ["pytest"]


def test_an_action_that_uses_itself_in_ever_new_ways_is_a_hole_at_its_end() -> None:
    uses = "".join(f"    - uses: ./act\n      with: {{x: '${{{{ inputs.x }}}}{c}'}}\n" for c in "abcd")
    ci = workflow({"act/action.yml": ACTION + uses + LAST}, "uses: ./act")
    assert "pytest" in programs(ci)
    reasons = " ".join(h.reason for h in ci.unfollowed)
    assert "is not walked to its end" in reasons
    assert "deeper than is followed" in reasons


def test_jobs_in_more_combinations_than_are_walked_leave_a_hole() -> None:
    text = ".a:\n  script:\n" + chain("    - python a{}.py\n", 60)
    text += "  parallel:\n    matrix:\n      - A: [" + ", ".join(map(str, range(60))) + "]\n"
    snapshot = Snapshot({".gitlab-ci.yml": text + chain("t{}:\n  extends: .a\n", 60)})
    ci = ci_workflows(snapshot.select((".gitlab-ci.yml",)))[0]
    assert "python" in {r.command.words[0] for r in ci.runs}
    assert any("is not walked to its end" in h.reason for h in ci.unfollowed)


def test_what_a_job_needs_is_held_back_over_any_number_of_jobs() -> None:
    jobs = "on: push\njobs:\n  j0:\n    runs-on: x\n    if: github.event_name == 'schedule'\n    steps: [{run: ls}]\n"
    jobs += chain("  j{+}:\n    runs-on: x\n    needs: [j{}]\n    steps: [{run: pytest}]\n", 30)
    jobs += "  last:\n    runs-on: x\n    needs: [j30]\n    if: always()\n    steps: [{run: mypy}]\n"
    snapshot = Snapshot({".github/workflows/a.yml": jobs})
    ci = ci_workflows(snapshot.select((".github/**",)))[0]
    assert programs(ci) == ["mypy"]


@pytest.mark.parametrize(
    "inner",
    ["format('{0}{0}', " * 30 + "'ls'" + ")" * 30, "toJSON(" * 30 + "'\"'" + ")" * 30, "join(fromJSON('[1, 2]'), 'a')"],
)
def test_expressions_within_expressions_grow_to_a_command_at_most(inner: str) -> None:
    ci = workflow({}, "run: echo ${{ " + inner + " }}")
    assert len(ci.runs[0].command.text) < 1_000


def module(text: str) -> Module:
    read = python(Snapshot({"a.py": text}).files["a.py"])
    assert read is not None
    return read


@pytest.mark.parametrize(
    ("text", "length"),
    [("range(9)", 9), ("range(2, 9)", 7), ("range(2, 9, 3)", 3), ("range(9, 2, -3)", 3), ("range(9, 2)", 0), ("range(10**3)", None), (f"range({'9' * 30})", int("9" * 30)), ("[*A, *A]", 4)],
)  # fmt: skip
def test_lengths(text: str, length: int | None) -> None:
    here = Definitions(module(f"A = [1, 2]\nB = {text}\n"))
    assert length_of(here.values["B"], here.values) == length


def test_a_test_in_more_cases_than_can_be_told_is_as_good_as_computed() -> None:
    marks = "".join(f"@pytest.mark.parametrize('x{k}', range(10))\n" for k in range(5_000))
    here = Definitions(module(f"import pytest\n{marks}def test_a(): ...\n"))
    test = here.functions["test_a"]
    assert times(here, [], test, list(test.node.decorator_list), set()) == 0
    assert times(here, [], test, list(test.node.decorator_list[:3]), set()) == 1_000
