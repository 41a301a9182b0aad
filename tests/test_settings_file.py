"""`auditor.toml`: where it is looked for, what it may say, and what wins."""

import os
from pathlib import Path

import pytest
from build_fixture import build
from typer.testing import CliRunner

from auditor.cli import app
from auditor.cli_config import Configured, find, load, work_tree
from auditor.errors import UserError


def run(*args: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, list(args))
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.stdout, done.stderr


@pytest.fixture(scope="module")
def repo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("class") / "one"
    build("overclaiming", folder)
    return folder


def test_a_setting_of_the_folder_above_holds_and_the_command_line_wins(
    repo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (repo.parent / "auditor.toml").write_text('fail-on = "never"\n[check]\nfail-on = "note"\n')
    inside = repo.parent / "deeper"
    inside.mkdir(exist_ok=True)
    monkeypatch.chdir(inside)
    assert run("audit", str(repo))[0] == 0
    assert run("audit", str(repo), "--fail-on", "error")[0] == 1
    assert run("check", str(repo), "--only", "form")[0] == 1, "a verb's own table is nearer"
    (repo.parent / "auditor.toml").unlink()


def test_a_file_of_the_audited_repository_is_never_read(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hostile = repo / "auditor.toml"
    hostile.write_text('judge = "online:m"\nbase-url = "http://attacker.invalid"\nfail-on = "never"\n')
    try:
        for place in (repo, repo / "src"):
            monkeypatch.chdir(place)
            code, _, err = run("check", "--only", "form")
            assert "attacker" not in err
            assert code == 1
            assert run("audit", str(repo))[0] == 1
            assert "belongs to the repository" in run("config", ".")[1]
    finally:
        hostile.unlink()


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="the system knows no owners")
def test_a_file_of_somebody_else_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "auditor.toml").write_text("budget = 9000\n")
    assert find(tmp_path, None)[0] == tmp_path / "auditor.toml"
    monkeypatch.setattr("os.getuid", lambda: os.stat(tmp_path).st_uid + 1)
    if os.stat(tmp_path).st_uid:
        assert find(tmp_path, None) == (None, ((tmp_path / "auditor.toml", "it belongs to another user"),))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("bugdet = 9000", "did you mean budget?"),
        ("output = 'x'", "it may say: profile"),
        ("budget = [1]", "takes one value"),
        ("budget = ", "cannot be read"),
        ("[check]\nreprot = 'x'", "auditor.toml:2: no setting is called 'reprot' did you mean report?"),
        ("fail-on = 'note'\nbefore = 5", "auditor.toml:2: before: takes a time such as 2026-01-23T23:59+01:00, not 5"),
        ("before = 'yesterday'", "takes a time"),
        ("fail-on = 'errors'", "auditor.toml:1: fail-on: takes one of error, contradicted, note, never, not 'errors'"),
        ("[batch]\n\nworkers = -3", "auditor.toml:3: workers: takes 0 or more, not -3"),
        ("workers = true", "takes a whole number"),
        ("budget = 3", "takes 4000 or more"),
        ("timeout = 'long'", "takes a number"),
        ("ruling = 'no'", "takes true or false"),
        ("report = 7", "takes text"),
        ("profile = 'nowhere.toml'", "profile: there is no file "),
        ("profile = 'dtu-mlop'", "packaged are depaul-se489, dtu-mlops"),
    ],
)
def test_what_it_cannot_say_is_one_line(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "auditor.toml").write_text(text)
    with pytest.raises(UserError) as raised:
        load(tmp_path)
    assert said in f"{raised.value.message} {raised.value.hint}"


def test_a_value_that_the_option_refuses_names_the_file(
    repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "auditor.toml").write_text("budget = 3\n")
    monkeypatch.chdir(tmp_path)
    for verb in ("audit", "check"):
        with pytest.raises(UserError, match=r"auditor.toml:1: budget: takes 4000"):
            run(verb, str(repo))
    with pytest.raises(UserError, match=r"auditor.toml:1: budget: "):
        run("config")


@pytest.mark.parametrize(
    "text",
    [
        'before = 2026-01-23\nworkers = 0\nmax-cost = 2.5\nruling = false\nprofile = "dtu-mlops"',
        "before = 2026-01-23T23:59:00+01:00",
        'before = "2026-01-23T23:59+01:00"\nfail-on = "never"\n[batch]\nworkers = 3',
    ],
)
def test_what_it_may_say(tmp_path: Path, text: str) -> None:
    (tmp_path / "auditor.toml").write_text(text)
    assert load(tmp_path).path == tmp_path / "auditor.toml"


def test_paths_count_from_the_file(tmp_path: Path) -> None:
    (tmp_path / "course.toml").write_text("")
    (tmp_path / "auditor.toml").write_text('profile = "course.toml"\n')
    (tmp_path / "a").mkdir()
    assert load(tmp_path / "a").of("audit") == {"profile": str(tmp_path / "course.toml")}


def test_a_judge_of_the_file_is_said(repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "auditor.toml").write_text('judge = "batch:asked"\nmodel = "m"\n')
    monkeypatch.chdir(tmp_path)
    assert "auditor: judge batch:asked" in run("audit", str(repo), "--exit-zero")[2]
    assert "judge = batch:asked" in run("config")[1]


def test_the_top_of_a_checkout(repo: Path) -> None:
    assert work_tree(str(repo / "src")) == repo.resolve()
    assert work_tree("https://example.invalid/a") is None


def test_every_setting_is_an_option_of_some_verb() -> None:
    import typer

    from auditor.cli_config import KEYS, VERBS

    group = typer.main.get_command(app)
    options = {
        o.lstrip("-")
        for verb in VERBS
        for p in group.commands[verb].params  # type: ignore[attr-defined]
        for o in p.opts
    }
    assert set(KEYS) <= options
    assert all(isinstance(group.commands[v], Configured) for v in VERBS)  # type: ignore[attr-defined]
