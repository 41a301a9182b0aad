"""The fixtures are what they say, and their repositories are the same everywhere."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from build_fixture import FIXTURES, NAMES, build, chosen, git, moment, source

ITEMS = {"consistent": 53, "overclaiming": 52, "template2023": 36, "messy": 54, "hostile": 53}


def told(name: str, file: str) -> dict[str, Any]:
    return tomllib.loads((FIXTURES / name / file).read_text(encoding="utf-8"))


def report(name: str) -> str:
    return (FIXTURES / name / "files/reports/README.md").read_bytes().decode().replace("\r\n", "\n")


def answers(name: str) -> dict[int, str]:
    parts = re.split(r"(?m)^### Question (\d+)$", report(name))
    found = {int(n): text for n, text in zip(parts[1::2], parts[2::2], strict=True)}
    return {n: re.split(r"(?m)^> Answer:", text, maxsplit=1)[1] for n, text in found.items()}


def boxes(name: str) -> list[str]:
    text = report(name).split("## Overall project checklist")[1].split("## Group information")[0]
    joined = re.sub(r"\n +(?=\S)", " ", text)
    return [line for line in joined.splitlines() if re.match(r"[*-] \[.*?\] (?!=)", line)]


@pytest.fixture(scope="module")
def repositories(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return {name: build(name, tmp_path_factory.mktemp("fixtures") / name) for name in NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_ids_are_stable(
    name: str, repositories: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / ".gitconfig").write_text(
        "[core]\nautocrlf = true\n[user]\nname = X\n[init]\ndefaultObjectFormat = sha256\n"
    )
    for key, value in {"HOME": str(home), "TZ": "Asia/Tokyo", "GIT_AUTHOR_NAME": "Y", "LANG": "da_DK.UTF-8"}.items():
        monkeypatch.setenv(key, value)
    again = build(name, tmp_path / "again")
    refs = git(again, "for-each-ref", "--format=%(refname) %(objectname)")
    assert refs
    assert refs == git(repositories[name], "for-each-ref", "--format=%(refname) %(objectname)")


@pytest.mark.parametrize("name", NAMES)
def test_history_is_as_written(name: str, repositories: dict[str, Path]) -> None:
    history = told(name, "history.toml")
    log = git(
        repositories[name],
        "log",
        "--all",
        "-z",
        "--format=%an <%ae>%x01%cn <%ce>%x01%at %ad%x01%B%x01%P",
        "--date=format:%z",
    )
    seen = sorted(
        (author, committer, date, message.strip(), len(parents.split()))
        for author, committer, date, message, parents in (c.split("\x01") for c in log.split("\0") if c)
    )
    roots = {history["commits"][0]["id"]} | {c["id"] for c in history["commits"] if c.get("from") == ""}
    written = sorted(
        (c["author"], c.get("committer", c["author"]), moment(c["date"]), c["message"].strip(),
         0 if c["id"] in roots else 2 if "merge" in c else 1)
        for c in history["commits"]
    )  # fmt: skip
    assert seen == written
    assert git(repositories[name], "symbolic-ref", "--short", "HEAD").strip() == history.get("default_branch", "main")


@pytest.mark.parametrize("name", NAMES)
def test_the_last_tree_is_the_folder(name: str, repositories: dict[str, Path]) -> None:
    listed = {
        line for line in git(repositories[name], "ls-tree", "-r", "-z", "--name-only", "HEAD").split("\0") if line
    }
    files = source(FIXTURES / name, told(name, "history.toml"))
    assert listed == files.keys()
    assert git(repositories[name], "status", "--porcelain") == ""
    for path in (p for p in listed if files[p].mode == "100644"):
        stored = git(repositories[name], "rev-parse", f"HEAD:{path}").strip()
        assert git(repositories[name], "hash-object", "--stdin", stdin=files[path].data).strip() == stored, path


@pytest.mark.parametrize("name", ["consistent", "overclaiming", "template2023", "messy"])
def test_merges_have_two_parents(name: str, repositories: dict[str, Path]) -> None:
    merges = git(repositories[name], "log", "--merges", "--format=%s|%P").splitlines()
    assert merges
    assert all(len(line.rsplit("|", 1)[1].split()) == 2 and line.startswith("Merge ") for line in merges)


def test_line_ends_and_odd_modes_are_kept(repositories: dict[str, Path]) -> None:
    text = (repositories["messy"] / "reports/README.md").read_bytes()
    assert text.count(b"\r\n") == text.count(b"\n") > 500
    assert b"\r" not in (repositories["consistent"] / "reports/README.md").read_bytes()
    modes = {line.split()[0] for line in git(repositories["messy"], "ls-tree", "-r", "HEAD").splitlines()}
    assert modes == {"100644", "120000", "160000"}


def test_nothing_is_forgotten() -> None:
    with pytest.raises(ValueError, match="matches nothing"):
        chosen("docs/*", ["src/a.py"])


def test_no_ignore_file_hides_a_fixture() -> None:
    """The files of a fixture bring ignore files of their own; a forgotten file would miss from a clone."""
    inside = (
        git(FIXTURES, "ls-files", "--others", "--ignored", "--exclude-standard", "--", ".") if in_a_repository() else ""
    )
    assert inside == ""


def in_a_repository() -> bool:
    try:
        return git(FIXTURES, "rev-parse", "--is-inside-work-tree").strip() == "true"
    except RuntimeError:
        return False


@pytest.mark.parametrize("name", NAMES)
def test_expected_items_are_the_report_s(name: str) -> None:
    lines = boxes(name)
    assert len(lines) == ITEMS[name]
    listed = told(name, "expected.toml")["items"]
    if name != "hostile":
        assert [item["n"] for item in listed] == list(range(1, len(lines) + 1))
    for item in listed:
        mark, text = re.fullmatch(r"[*-] \[(.*?)\] +(.*)", lines[item["n"] - 1]).groups()  # type: ignore[union-attr]
        assert (item["mark"], item["text"]) == (mark, re.sub(r"\s+", " ", text).strip())
        if "verdict" in item:
            assert item["verdict"] in {"supported", "contradicted", "not_verifiable"}


@pytest.mark.parametrize("name", NAMES)
def test_expected_quotes_are_verbatim(name: str) -> None:
    expected, texts = told(name, "expected.toml"), answers(name)
    assert len(texts) == expected["question_count"]
    for entry in expected.get("prose", []) + expected.get("against_checklist", []):
        assert entry["quote"] in texts[entry["question"]]
    for question in expected.get("questions", []):
        assert question["first"] in texts[question["n"]]
        assert question["last"] in texts[question["n"]]


def test_paths_named_in_the_consistent_report_exist() -> None:
    """A slip of ours would be blamed on the tool."""
    tree = set(source(FIXTURES / "consistent", told("consistent", "history.toml")))
    names = {path.rsplit("/", 1)[-1] for path in tree}
    gone = {"visualize.py"}
    for text in answers("consistent").values():
        for path in re.findall(r"[\w./-]+\.(?:py|ya?ml|toml|lock|txt|dvc|dockerfile|png|md)\b", text):
            clean = path.removeprefix("../").removeprefix("figures/")
            assert clean in tree or clean in names or clean in gone, path


@pytest.mark.parametrize("name", NAMES)
def test_no_real_person_or_secret(name: str) -> None:
    for path in sorted((FIXTURES / name).rglob("*")):
        text = path.read_bytes().decode("utf-8", "replace") if path.is_file() else ""
        assert not re.search(r"\bs(?!0000)\d{6}\b", text), path
        for host in re.findall(r"[\w+.\]-]@((?:[\w-]+\.)+[a-z]+)", text):
            assert host in {"github.com", "users.noreply.github.com"} or host.endswith("example.com"), (path, host)
        assert not re.search(r"(?i)(deadbeef){4}|BEGIN [A-Z ]*PRIVATE KEY|AIza[\w-]{30}", text), path
