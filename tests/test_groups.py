"""The list of groups: what is read, and that everything wrong with it is said at once."""

import re
from pathlib import Path

import pytest
from build_fixture import build

from auditor.errors import UserError
from auditor.groups import file_name, read_groups
from auditor.models import Submission
from auditor.pipeline import moment


def read(path: Path, before: str = "") -> list[Submission]:
    return read_groups(path, before=before, check_time=moment, note=lambda _: None)


def written(folder: Path, content: str | bytes) -> Path:
    path = folder / "groups.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


COURSE = "group_number,student_1,student_2,repo_url\n1,s123456,Åse Ærø,https://github.com/a/b\n2,s654321,,https://github.com/c/d\n"


@pytest.mark.parametrize(
    "data",
    [
        COURSE.encode(),
        b"\xef\xbb\xbf" + COURSE.encode(),
        COURSE.encode("cp1252"),
        COURSE.encode("utf-16"),
        COURSE.replace(",", ";").encode(),
        COURSE.replace(",", "\t").replace("\n", "\r\n").encode(),
        (COURSE + "\n,,,\n\n").encode(),
        ("\n" + COURSE).encode(),
    ],
)
def test_the_courses_own_file_however_it_was_saved(data: bytes, tmp_path: Path) -> None:
    assert read(written(tmp_path, data), "2026-01-23") == [
        Submission(id="1", repo="https://github.com/a/b", before="2026-01-23"),
        Submission(id="2", repo="https://github.com/c/d", before="2026-01-23"),
    ]


def test_columns_by_name_and_paths_beside_the_list(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    listed = written(
        tmp_path,
        "report,repo,before,ref,group\nr.md,one,2026-01-01,,A\n,https://x.org/y,,main,B\n,nowhere,,,C\n",
    )
    a, b, c = read(listed, "2026-02-02")
    assert a == Submission(id="A", repo=str(tmp_path / "one"), before="2026-01-01", report_path="r.md")
    assert (b.ref, b.before, b.due) == (
        "main",
        "",
        "2026-02-02",
    )  # chosen by its name, and late or in time all the same
    assert (c.repo, c.before) == ("nowhere", "2026-02-02")  # what is missing is a group's failure, not the list's


def test_everything_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    listed = written(
        tmp_path,
        'group,repo,before,ref\n1,https://x.org/a,,\n\n1,https://x.org/b,,\n,https://x.org/c,,\n4,,,\n5,"https://x.org/\nd",soon,\n'
        "a/b,https://x.org/e,,\nA b,https://x.org/f,,\na-b,https://x.org/g,2026-01-01,main\n7,host.dk/h/i,,\n???,https://x.org/j,,\n",
    )
    with pytest.raises(UserError) as caught:
        read(listed)
    said = [line.removeprefix(f"{listed}: ") for line in caught.value.message.split("\n")]
    assert said == [
        "line 4: group 1 again, as in line 2, with another repository",
        "line 5: no group",
        "line 6: group 4 has no repo",
        "line 7: before soon: not a time",
        "line 11: ref and before name two commits; give one of them",
        "line 12: host.dk/h/i: no folder; for an address write https:// before it",
        "line 13: group '???' has no letter or digit",
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "no column group (or group_number)"),
        ("group,student_1,web page\n1,Ada,x\n", "no column repo (or repo_url); it has: group, student_1, web_page"),
        ("1,Ada,https://x.org/a\n2,Bo,https://x.org/b\n", "the first row holds values"),
        ("Ada,s123456\n", "the first row holds values"),
        ("group,repo\n", "no groups in it"),
        ("group,repo,repo_url\n1,a,b\n", "two columns for repo: repo, repo_url"),
        (b"\x00\x01\x02", "not text"),
    ],
)
def test_what_is_no_list(content: str | bytes, said: str, tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        read(written(tmp_path, content))
    assert said in caught.value.message
    assert "Ada" not in caught.value.message.replace(str(tmp_path), "")


A, B = "https://github.com/org/alpha", "https://github.com/org/beta"


@pytest.mark.parametrize(
    "text",
    [
        f"sep=;\ngroup;repo\nA;{A}\nB;{B}\n",
        f'"sep=;"\r\n\r\ngroup;repo\r\nA;{A}\r\n\r\nB;{B}\r\n',
        f"sep=,\ngroup,repo\nA,{A}\n,,\n,\nB,{B}\n\n",
        f"Group Name,GitHub repository URL\nA,{A}\nB,{B}\n",
        f"Group No.,Name,GitHub repo\nA,Ada,{A}\nB,Bo,{B}\n",
        f"Projects of 2026,,\n,,\nTeam,Student,Repository link\nA,Ada,{A}\nB,Bo,{B}\n",
        # Google Forms: the names of columns are the questions
        f"Timestamp,Email Address,What is your group number?,Group members,Link to your GitHub repository\n1/23,ada@x.dk,A,Ada,{A}\n1/24,bo@x.dk,B,Bo,{B}\n",
        # Moodle's grading worksheet
        f'Identifier,Full name,Email address,Status,Group,Grade,Online text\n1,Ada,a@x.dk,In,A,-,"<p><a href=""{A}"">{A}</a></p>"\n2,Bo,b@x.dk,In,B,-,{B}/tree/main\n',
        # GitHub Classroom
        "assignment_name,roster_identifier,github_username,student_repository_name,student_repository_url\n"
        "MLOps 2026,Ada,ada77,mlops-2026-A,https://github.com/org/alpha\nMLOps 2026,Bo,bo,mlops-2026-B,https://github.com/org/beta\n".replace(
            "org/alpha", "org/mlops-2026-A"
        ).replace("org/beta", "org/mlops-2026-B"),
        "assignment_name,group_name,roster_identifier,github_username,student_repository_url\n"
        f"MLOps,A,Ada,ada77,{A}\nMLOps,A,Eve,eve,{A}.git\nMLOps,B,Bo,bo,{B}\n",
        # a row for each member, and cells merged
        f"group,student,repo\nA,Ada,{A}\nA,Eve,{A}/\na,Ida,https://GitHub.com/Org/alpha.git\nB,Bo,{B}\n",
        f"group,student,repo\nA,Ada,{A}\n,Eve,\nB,Bo,\nB,Ulf,{B}\n",
        f"group,repo\nA,[repo]({A})\nB,git clone {B}.git\n",
        "group,repo\nA,www.github.com/org/alpha?tab=readme-ov-file\nB,github.com/org/beta#readme\n",
        f"group|repo\nA|{A}\nB|{B}\n",
    ],
)
def test_what_a_class_is_exported_as(text: str, tmp_path: Path) -> None:
    said: list[str] = []
    found = read_groups(written(tmp_path, text), before="", check_time=moment, note=said.append)
    assert [g.id for g in found] == ["A", "B"]
    assert [g.repo.removesuffix(".git").rpartition("/")[2] for g in found] in (
        ["alpha", "beta"],
        ["mlops-2026-A", "mlops-2026-B"],
    )
    assert all(g.repo.startswith("https://github.com/") for g in found)
    assert all(name not in repr(found) for name in ("Ada", "ada77", "Bo'", "Eve"))
    assert not [s for s in said if "empty" not in s]


def test_empty_rows_are_told_and_cost_nothing(tmp_path: Path) -> None:
    said: list[str] = []
    listed = written(tmp_path, f"sep=;\ngroup;repo\n\nA;{A}\n;\nB;{B}\n;\n\n")
    assert len(read_groups(listed, before="", check_time=moment, note=said.append)) == 2
    assert said == [f"{listed}: line 3 is empty, left out", f"{listed}: line 5 is empty, left out"]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (A, A, True),
        (A, A + ".git", True),
        (A, A.upper() + "/", True),
        (A, "git@github.com:org/alpha.git", True),
        (A, "https://www.github.com/org/alpha/tree/main", True),
        (A, "https://user@github.com/org/alpha", True),
        ("one", "./one/", True),
        (A, B, False),
        (A, "https://gitlab.com/org/alpha", False),
        ("one", "two", False),
    ],
)
def test_two_groups_with_one_repository(one: str, other: str, same: bool, tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    said: list[str] = []
    listed = written(tmp_path, f"group,repo\n1,{one}\n2,{other}\n")
    assert len(read_groups(listed, before="", check_time=moment, note=said.append)) == 2
    told = f"{listed}: line 3: group 2 has the repository of group 1 (line 2); both are audited"
    assert said == ([told] if same else [])


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (f"1,{A},\n1,{B},\n", "line 3: group 1 again, as in line 2, with another repository"),
        (f"1,{A},2026-01-01\n1,{A},2026-01-02\n", "line 3: group 1 again, as in line 2, with another before"),
        (
            f"GROUP 1,{A},\ngroup 1,{B},\n",
            "line 3: group group 1 again, as in line 2, where it is written GROUP 1 (case tells no two groups apart), with another repository",
        ),
        (
            f"GROUP 1,{A},\nGroup 1,{A},\ngroup 1,{B},\n",
            "line 4: group group 1 again, as in line 2, where it is written GROUP 1",
        ),
        ("GROUP 1,,\ngroup 1,,\n", "line 2: group GROUP 1 has no repo"),
        (f"1,{A},\n2,,\n2,,\n", "line 3: group 2 has no repo"),
    ],
)
def test_rows_of_one_group_that_disagree(rows: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        read(written(tmp_path, "group,repo,before\n" + rows))
    assert said in caught.value.message
    assert len(caught.value.message.split("\n")) == 1


def test_rows_of_one_group_in_another_case_are_one_group(tmp_path: Path) -> None:
    for rows in (f"GROUP 1,{A}\ngroup 1,{A}\n", f"GROUP 1,\ngroup 1,{A}\n", f"GROUP 1,{A}\ngroup 1,\n"):
        assert len(read(written(tmp_path, "group,repo\n" + rows))) == 1


def test_folders_that_differ_in_case_only_are_one_line(tmp_path: Path) -> None:
    for name in ("GROUP 1", "group 1"):
        build("consistent", tmp_path / name)
    if len(list(tmp_path.iterdir())) < 2:
        pytest.skip("case tells no two files apart here")
    with pytest.raises(UserError) as caught:
        read(tmp_path)
    assert caught.value.message == (
        f"{tmp_path / 'group 1'}: a second group called group 1; the other is GROUP 1: case tells no two groups apart"
    )


def test_a_folder_of_repositories(tmp_path: Path) -> None:
    build("consistent", tmp_path / "b-group")
    (tmp_path / "a-plain").mkdir()
    said: list[str] = []
    found = read_groups(tmp_path, before="", check_time=moment, note=said.append)
    assert found == [Submission(id="b-group", repo=str(tmp_path / "b-group"))]
    assert said == [f"{tmp_path / 'a-plain'}: not a repository, left out"]
    with pytest.raises(UserError, match="no repositories"):
        read(tmp_path / "a-plain")


NAMES = (
    "1", "a", "a b", "a-b", "a_b", "a.b", "a  b", "a/b", "a\\b", "a:b", "Å", "A", "Gruppe Å", "Gruppe Ø", "Gruppe A", "å", "日本", "日本語",
    "Привет", "한국", "🚀", "🚀🚀", "CON", "con.x", "nul", "nul.", "COM1", "LPT9.txt", "aux", "CONIN$", "../../etc/passwd", "..a", "C:\\x", "ünï", "uni",
    "-rf", "rf", "a.", "a ", ".a", "x" * 80, "x" * 81, "x" * 300, "x" * 299 + "y", "é", "e", "ß!", "s!", "a\u200bb", "a\u202eb", "a\nb", "a\x00b", "\ud800a",
    "%2e%2e%2fa", "a;b", "a,b", 'a"b', "a<b", "a|b", "a*b", "a?b", "a#b", "a%b", "a'b", "~a", "$(id)", "`id`", "a&b",
)  # fmt: skip


def test_a_groups_files_have_a_name_of_their_own_on_every_system() -> None:
    names = {id_: file_name(id_) for id_ in NAMES}
    assert len({n.casefold() for n in names.values()}) == len({i.casefold() for i in NAMES})
    for name in names.values():
        assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,90}", name)
        assert name[-1] not in ".-"
        assert name.split(".")[0].lower() not in ("con", "prn", "aux", "nul", "com1", "lpt9", "conin$")


def test_a_groups_file_name_stays() -> None:
    assert [file_name(i) for i in ("1", "mlops-7", "a_b.c", "Team42")] == ["1", "mlops-7", "a_b.c", "Team42"]
    assert file_name("Gruppe A\u030a") == file_name("Gruppe Å") == "Gruppe-A-" + file_name("Gruppe Å")[-8:]
    assert file_name("gruppe å").casefold() == file_name("Gruppe Å").casefold()


def test_any_letters_are_a_groups_name(tmp_path: Path) -> None:
    ids = ["Gruppe Å", "Gruppe Ø", "å", "日本", "a b", "a-b", "CON", "nul", "🚀", "Ω;=1+1"]
    rows = "".join(f'"{id_}",https://x.org/{n}\n' for n, id_ in enumerate(ids))
    assert [g.id for g in read(written(tmp_path, "group,repo\n" + rows))] == ids


def test_a_folder_called_by_any_letters_has_a_record(tmp_path: Path) -> None:
    build("consistent", tmp_path / "list" / "å")
    build("consistent", tmp_path / "list" / "a b")
    assert [file_name(g.id)[:3] for g in read(tmp_path / "list")] == ["a-b", "a-" + file_name("å")[2]]
