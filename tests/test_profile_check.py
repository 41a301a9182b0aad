"""A profile's mistakes: each at its line, with the nearest right name, wherever the profile is used."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from auditor.errors import UserError
from auditor.profile import load_profile, names_like
from auditor.profile_check import remarks
from auditor.profile_expressions import why_not
from auditor.profile_files import find, packaged, read
from auditor.profile_schema import profile_schema
from auditor.tomlplaces import places
from auditor.topics import TOPICS

GOOD = """\
name = "ponds"
title = "Ponds"
report = ["report/REPORT.md"]

[[layouts]]
name = "numbered"
heading = ["## {n}. {title}"]

[[items]]
id = "tests"
texts = ["Write unit tests of the code"]
probes = ["any-tests"]

[[items]]
id = "swim"
texts = ["Swim with a carp"]
observable = false
reason = "Nobody commits a swim."

[[questions]]
id = "testing"
texts = ["How did you test your code and why?"]
titles = ["Testing"]
topics = ["tests"]
items = ["tests"]
numbers = { numbered = 1 }

[[questions]]
id = "people"
titles = ["People"]
topics = ["members"]
private = true
numbers = { numbered = 2 }

[[versions]]
name = "1"
layout = "numbered"
items = ["tests", "swim"]
[versions.words]
testing = [50, 100]
"""


def mistakes(text: str, tmp_path: Path) -> list[str]:
    file = tmp_path / "ponds.toml"
    file.write_text(text, encoding="utf-8")
    return [f"{m.line}: {m.message}" for m in read(find(str(file)))[1]]


def test_a_sound_profile_has_none(tmp_path: Path) -> None:
    assert mistakes(GOOD, tmp_path) == []


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        # what a new user ran into
        ('"any-tests"', '"any-test"', "12: item 'tests': no probe is called 'any-test'; did you mean 'any-tests'?"),
        ('items = ["tests", "swim"]', 'items = [\n  "tests",\n  "swin",\n]', "40: version '1': no item is called 'swin'; did you mean 'swim'?"),
        ('items = ["tests"]\n', 'items = ["test"]\n', "25: question 'testing': no item is called 'test'; did you mean 'tests'?"),
        ("testing = [50, 100]", "testign = [50, 100]", "40: version '1': no question is called 'testign'; did you mean 'testing'?"),
        ('layout = "numbered"', 'layout = "numberd"', "37: version '1': no question has a number in the layout 'numberd', and no layout is called so; did you mean 'numbered'?"),
        # and more
        ('title = "Ponds"', 'titel = "Ponds"', "2: a profile has no key 'titel'; did you mean 'title'?"),
        ('reason = "Nobody', 'raeson = "Nobody', "18: item 'swim': there is no key 'raeson'; did you mean 'reason'?"),
        ('probes = ["any-tests"]\n', "", "9: item 'tests': name its probes or its files, or say observable = false and why"),
        ('topics = ["tests"]', 'topics = ["test"]', "24: question 'testing': no topic is called 'test'; did you mean 'tests'?"),
        ('probes = ["any-tests"]', 'probes = ["any-tests"]\nabsence = "contradict"', "13: item 'tests': absence is 'contradict'; it takes contradicted, not_verifiable; did you mean 'contradicted'?"),
        ('probes = ["any-tests"]', 'probes = ["any-tests"]\npractice = "dcv"', "13: item 'tests': no practice is called 'dcv'; did you mean 'dvc'?"),
        ('id = "swim"', 'id = "tests"', "15: two items are called 'tests'; the other one is in line 10"),
        ("Swim with a carp", "Write unit tests of the `code`", "16: item 'swim': 'Write unit tests of the `code`' is a text of 'tests', too"),
        ("testing = [50, 100]", "testing = [100, 50]", "40: words of 'testing': 100 to 50 is no range"),
        ("numbers = { numbered = 2 }", "numbers = { numbered = 1 }", "33: question 'people': 'testing' is number 1 in 'numbered' already"),
        ("## {n}. {title}", "## {n}. {titel}", "7: layout 'numbered': '## {n}. {titel}': {titel} is no field; the fields are {n}, {title}, {*}, and {#} at the start"),
        ("## {n}. {title}", "## Question", "7: layout 'numbered': '## Question': it has neither {n} nor {title}, so that no question can be told from another"),
        ("## {n}. {title}", "/(?P<n>(\\\\d+)+) x/", "7: layout 'numbered': '/(?P<n>(\\\\d+)+) x/': the regular expression is refused: it repeats something that itself repeats or chooses"),
        ("## {n}. {title}", "/(?P<n>\\\\d+/", "7: layout 'numbered': '/(?P<n>\\\\d+/': the regular expression is refused: it does not compile (missing ), unterminated subpattern at position 0)"),
        ('report = ["report/REPORT.md"]', 'report = ["./report/REPORT.md"]', "3: './report/REPORT.md' matches nothing: paths are from the repository's root, with /"),
        ('name = "1"\n', 'name = "1"\nlike = "2"\n', "37: version '1': no version is called '2'"),
        ('observable = false\n', 'observable = false\nweak = ["any-tests"]\n', "17: item 'swim': no file can show it, it says, and yet it names 'any-tests'"),
        ('name = "ponds"', 'name = "ponds"\nextends = "dtu-mlop"', "2: extends: no profile is called 'dtu-mlop'; did you mean 'dtu-mlops'?"),
        ('name = "ponds"', 'name = "ponds"\nremove = { items = ["x"] }', "2: remove: there is nothing to remove from"),
        ('texts = ["Swim with a carp"]', 'texts = "Swim with a carp"', "16: item 'swim': texts takes a list of texts: [\"...\"]"),
        ('id = "swim"\n', "", "14: an entry of items has no id"),
        # what the next new user ran into
        ('name = "ponds"', 'name = "ponds"\nextends = "nothing-like-it"', "2: extends: no profile is called 'nothing-like-it'; take one of: depaul-se489, dtu-mlops, lmu-mlops, readme, or the path of a TOML file, or put nothing-like-it.toml beside auditor.toml"),
        ('name = "ponds"', 'name = "ponds"\nextends = "nowhere.toml"', "FOLDER/nowhere.toml: there is no such file"),
        ('probes = ["any-tests"]', 'probes = ["pond-depth"]', "12: item 'tests': no probe is called 'pond-depth'; `auditor probes` lists them, and files = [...] says what shows an item that none knows"),
        ('items = ["tests", "swim"]', 'items = ["tests", "tests", "swim"]', "38: version '1': 'tests' stands twice in items"),
        ("testing = [50, 100]", "testing = [50]", "40: version '1': words of 'testing' takes two whole numbers, from and to: [50, 100], or [50, 0] for at least 50"),
        ("testing = [50, 100]", 'testing = "50-100"', "40: version '1': words of 'testing' takes two whole numbers, from and to: [50, 100], or [50, 0] for at least 50"),
        ('probes = ["any-tests"]', 'probes = ["any-tests"]\nabsence = "supported"', "13: item 'tests': absence is 'supported'; it takes contradicted, not_verifiable"),
        ('probes = ["any-tests"]', 'files = ["dags/"]', "12: 'dags/' matches nothing: a folder's files are dags/**"),
        ('probes = ["any-tests"]', 'files = ["dags/**"]\nmentions = "DAG("', "13: item 'tests': mentions takes a list of texts: [\"...\"]"),
        ('probes = ["any-tests"]', 'probes = ["any-tests"]\nmentions = ["DAG("]', "13: item 'tests': say in files = [...] which files say these words"),
        ('probes = ["any-tests"]', 'files = ["dags/**"]\nmentions = [" "]', "13: item 'tests': ' ' stands in no line"),
        ('observable = false\n', 'observable = false\nfiles = ["pond/**"]\n', "17: item 'swim': no file can show it, it says, and yet it names 'files-of-swim'"),
        ('probes = ["any-tests"]', 'files = "LICENSE"', "12: item 'tests': files takes a list of texts: [\"...\"]"),
        ('probes = ["any-tests"]', 'files = "LICENSE"\nmentions = ["MIT"]', "12: item 'tests': files takes a list of texts: [\"...\"]"),
        ('probes = ["any-tests"]', 'files = 3', "12: item 'tests': files takes a list of texts: [\"...\"]"),
        ('title = "Ponds"', "title = Ponds and lakes", '2: not TOML: Invalid value; a text stands in quotes: "Ponds and lakes"'),
        ('probes = ["any-tests"]', "probes = [any-tests]", '12: not TOML: Invalid value; a text stands in quotes: "any-tests"'),
        ("[[items]]\nid = \"tests\"", "[items]\nid = \"tests\"", None),
    ],
)  # fmt: skip
def test_each_mistake_is_one_line_at_its_place(old: str, new: str, wanted: str | None, tmp_path: Path) -> None:
    assert old in GOOD
    found = mistakes(GOOD.replace(old, new, 1), tmp_path)
    if wanted is None:
        assert len(found) == 1
        assert "not TOML" in found[0]
    else:
        assert wanted in [line.replace(f"2: extends: {tmp_path}", "FOLDER") for line in found]
        assert all("\n" not in line for line in found)
        if "files takes" in wanted or "in quotes" in wanted:
            assert len(found) == 1


def test_a_name_that_is_meant_by_another() -> None:
    known = ["files-of-choose-licence", "files-of-notebooks", "coverage"]
    assert names_like("files-of-nothing", known, 3) == []  # what such names have in common is no likeness
    assert names_like("files-of-choose-license", known, 3) == ["files-of-choose-licence"]
    assert names_like("covrage", known) == ["coverage"]


def test_a_layout_that_matches_no_question(tmp_path: Path) -> None:
    bare = GOOD.replace("numbers = { numbered = 1 }\n", "").replace("numbers = { numbered = 2 }\n", "")
    bare = bare.replace('titles = ["Testing"]\n', "").replace('titles = ["People"]\n', 'texts = ["Who are you?"]\n')
    assert "7: layout 'numbered': it matches no question: none has titles, or a number for 'numbered'" in mistakes(
        bare, tmp_path
    )


def test_all_mistakes_are_said_at_once_and_the_command_ends_with_2(tmp_path: Path) -> None:
    file = tmp_path / "ponds.toml"
    bad = GOOD.replace('"any-tests"', '"any-test"').replace('title = "Ponds"', 'titel = "Ponds"')
    file.write_text(bad, encoding="utf-8")
    env = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    for verb in (
        ["profile", "check", str(file)],
        ["audit", ".", "--profile", str(file)],
        ["probes", "--profile", str(file)],
    ):
        run = subprocess.run(
            [sys.executable, "-m", "auditor", *verb], capture_output=True, text=True, env=env, check=False
        )
        assert run.returncode == 2, verb
        said = [r for r in (run.stdout + run.stderr).splitlines() if "ponds.toml:" in r]
        assert len(said) == 3, verb  # the title is missing, too
        assert "Traceback" not in run.stderr


def test_the_packaged_profiles_are_sound() -> None:
    for name in packaged():
        profile, mistakes = read(find(name), packaged=True)
        assert profile is not None
        assert mistakes == []
        assert all(t in TOPICS for q in profile.questions for t in q.topics)


def test_what_can_never_speak_is_said(tmp_path: Path) -> None:
    file = tmp_path / "ponds.toml"
    file.write_text(GOOD, encoding="utf-8")
    said = remarks(load_profile(str(file)))
    assert "the reader coverage never speaks: no question has the topic coverage" in said
    assert "the settler practice never speaks: no item has a practice" in said
    assert not any("reader" in line for line in remarks(load_profile()))


def test_two_of_one_name_bring_no_mistakes_with_them(tmp_path: Path) -> None:
    found = mistakes(GOOD.replace('id = "swim"', 'id = "tests"'), tmp_path)
    assert found == ["15: two items are called 'tests'; the other one is in line 10"]


def test_a_topic_that_is_like_none_brings_their_list(tmp_path: Path) -> None:
    (found,) = mistakes(GOOD.replace('topics = ["tests"]', 'topics = ["airflow"]'), tmp_path)
    assert found.startswith("24: question 'testing': no topic is called 'airflow'; the topics are api, api-tests, ")
    assert all(t in found for t in TOPICS)


def test_an_open_range_is_none_of_the_mistakes(tmp_path: Path) -> None:
    assert mistakes(GOOD.replace("[50, 100]", "[50, 0]"), tmp_path) == []


def test_what_is_left_to_do_is_said(tmp_path: Path) -> None:
    file = tmp_path / "ponds.toml"
    file.write_text(GOOD.replace("Nobody commits a swim.", "TODO: name its probes."), encoding="utf-8")
    profile = load_profile(str(file))
    assert "left to do, and not verifiable until then: what shows swim" in remarks(profile)
    assert profile.items_by_id["swim"].unseen == "The course's profile does not say yet what shows it."
    run = subprocess.run(
        [sys.executable, "-m", "auditor", "profile", "check", str(file)], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0
    assert "no mistakes, but 1 item is left to do" in run.stdout


def test_a_report_at_the_templates_own_name_is_asked_about(tmp_path: Path) -> None:
    file = tmp_path / "ponds.toml"
    file.write_text(GOOD.replace("report/REPORT.md", "TEMPLATE.md"), encoding="utf-8")
    assert any("the report is looked for at TEMPLATE.md" in line for line in remarks(load_profile(str(file))))


def test_the_schema_takes_every_packaged_profile_and_names_the_probes() -> None:
    import jsonschema

    schema = profile_schema()
    for name in packaged():
        jsonschema.validate(tomllib.loads(find(name).text), schema)
    jsonschema.validate(tomllib.loads(GOOD), schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(tomllib.loads(GOOD.replace('"any-tests"', '"any-test"')), schema)


# -- extends -----------------------------------------------------------------------------------------------------------

NEXT = """\
extends = "dtu-mlops"
name = "next"
[remove]
items = ["understanding"]
questions = ["credits"]
[[items]]
id = "code-style"
absence = "not_verifiable"
[[items]]
id = "swim"
texts = ["Swim with a carp"]
observable = false
reason = "Nobody commits a swim."
[[versions]]
name = "2027-01"
like = "2026-01"
also = ["swim"]
without = ["lightning"]
[versions.words]
tests = [60, 120]
"""


def test_a_profile_extends_another_one(tmp_path: Path) -> None:
    file = tmp_path / "next.toml"
    file.write_text(NEXT, encoding="utf-8")
    base, made = load_profile(), load_profile(str(file))
    assert made.title == base.title
    assert len(made.items) == len(base.items)
    assert "understanding" not in made.items_by_id
    assert made.items_by_id["code-style"].absence == "not_verifiable"
    assert made.items_by_id["code-style"].probes == base.items_by_id["code-style"].probes
    newest, before = made.versions[0], base.versions[0]
    assert newest.name == "2027-01"
    assert set(before.items) - set(newest.items) == {"lightning", "understanding"}
    assert "swim" in newest.items
    assert newest.words["tests"] == (60, 120)
    assert newest.words["api"] == before.words["api"]
    assert "credits" not in newest.words
    assert made.known == base.known
    assert made.hash != base.hash


def test_profiles_extend_one_another_from_file_to_file_and_not_in_a_circle(tmp_path: Path) -> None:
    (tmp_path / "next.toml").write_text(NEXT, encoding="utf-8")
    (tmp_path / "last.toml").write_text('extends = "next.toml"\nname = "last"\n', encoding="utf-8")
    last = load_profile(str(tmp_path / "last.toml"))
    assert "swim" in last.items_by_id
    assert last.versions[0].name == "2027-01"
    (tmp_path / "round.toml").write_text('extends = "round.toml"\nname = "round"\n', encoding="utf-8")
    with pytest.raises(UserError, match=r"round.toml:1: extends: it extends itself$"):
        load_profile(str(tmp_path / "round.toml"))
    (tmp_path / "a.toml").write_text('extends = "b.toml"\nname = "a"\n', encoding="utf-8")
    (tmp_path / "b.toml").write_text('extends = "a.toml"\nname = "b"\n', encoding="utf-8")
    with pytest.raises(UserError, match="in a circle") as raised:
        load_profile(str(tmp_path / "a.toml"))
    assert str(raised.value).count("extends") == 1
    (tmp_path / "next.toml").write_text(NEXT.replace("lightning", "lightnin"), encoding="utf-8")
    with pytest.raises(UserError, match=r"which has a mistake: .*next.toml:18: .*'lightnin'; did you mean 'lightning'"):
        load_profile(str(tmp_path / "last.toml"))


def test_a_profile_lies_beside_the_marker_and_never_in_the_audited_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from auditor.profile_files import refuse_inside

    (tmp_path / "auditor.toml").write_text("", encoding="utf-8")
    (tmp_path / "ponds.toml").write_text(GOOD, encoding="utf-8")
    group = tmp_path / "groups" / "g1"
    (group / ".git").mkdir(parents=True)
    (group / "src").mkdir()
    monkeypatch.chdir(group / "src")
    assert load_profile("ponds").title == "Ponds"
    refuse_inside(load_profile("ponds"), group)
    (group / "auditor.toml").write_text("", encoding="utf-8")
    (group / "ponds.toml").write_text(GOOD.replace("Ponds", "Easy ponds"), encoding="utf-8")
    with pytest.raises(UserError, match="lies in the repository that it is to judge"):
        refuse_inside(load_profile("ponds"), group / "src")


# -- lines, expressions ------------------------------------------------------------------------------------------------


def test_every_value_has_its_line() -> None:
    text = '# a\n"a b" = 1\n[x.y]\nk = [ # c\n 1,\n "]",\n]\nd = { e = """\n]\n""", f = 2 }\n[[z]]\n[[z.w]]\nq = \'#\'\n[[z]]\nr.s = "\\""\nt = 1\n'
    data, at = tomllib.loads(text), places(text)
    assert data["z"][1]["t"] == 1
    wanted = {("a b",): 2, ("x", "y"): 3, ("x", "y", "k", 1): 6, ("x", "y", "d", "f"): 10, ("z", 0, "w", 0, "q"): 13, ("z", 1, "r", "s"): 15, ("z", 1, "t"): 16}  # fmt: skip
    assert {path: at.line(*path) for path in wanted} == wanted
    assert at.line("z", 1, "nothing") == 14


@pytest.mark.parametrize(
    ("source", "right"),
    [
        (r"^(?P<n>\d+) ?[.:] ?(?P<title>.+)$", True), (r"(?P<title>[A-Z][a-z]+)", True), (r"^Phase (?P<n>[1-3]): (?P<title>.*)$", True),
        (r"(a+)+$", False), (r"(ab|a)*c", False), (r"\d+\d+x", False), (r"\s*\s*x", False), (r".*.*x", False), (r"(?=a)b", False), (r"(a)\1", False),
        (r"(\w+\s?)*$", False), (r"a*ba*", True), (r"[a-z]+\d*[a-z]+", False), (r"x{2}y{3}", True), (r"(a{1,2000}){2}", False), ("(", False), ("x" * 400, False),
    ],
)  # fmt: skip
def test_expressions_that_take_ages_are_refused(source: str, right: bool) -> None:
    assert (why_not(source) == "") is right, why_not(source)


# -- what the guide and the schema say ---------------------------------------------------------------------------------


def test_the_guide_names_every_key_and_every_name_of_a_closed_list() -> None:
    from auditor.practices import PRACTICES
    from auditor.profile import Item
    from auditor.profile_check import keys_of

    guide = (Path(__file__).parent.parent / "docs" / "course.md").read_text(encoding="utf-8")
    words = set(guide.replace(",", " ").replace(".", " ").replace("`", " ").split())
    assert not [p.id for p in PRACTICES if p.id not in words]
    assert not [t for t in TOPICS if t not in words]
    for kind in ("items", "questions", "versions", "layouts"):
        assert not [k for k in keys_of(kind) if k not in words], kind
    assert "files-of-ID" in guide
    assert Item.model_fields["absence"].default == "not_verifiable"


def test_the_schema_says_of_each_key_what_it_is() -> None:
    schema = profile_schema()
    entries = {name: made["properties"] for name, made in schema["$defs"].items()}
    assert not [(n, k) for n, keys in entries.items() for k, field in keys.items() if not field.get("description")]
    assert entries["Version"]["without"]["description"] == "Items of that version that this one has not."
    assert entries["Version"]["also"]["description"] == "Items that this one has beside those."
    removed = schema["properties"]["remove"]["properties"]
    assert removed["questions"]["description"] == "Ids of questions of the profile below that this one has not."
    assert entries["Item"]["files"]["description"] != entries["Asked"]["files"]["description"]
