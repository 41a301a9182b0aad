"""The list of groups: what is read, and that everything wrong with it is said at once."""

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
    assert (b.ref, b.before) == ("main", "")
    assert (c.repo, c.before) == ("nowhere", "2026-02-02")  # what is missing is a group's failure, not the list's


def test_everything_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    listed = written(
        tmp_path,
        'group,repo,before,ref\n1,https://x.org/a,,\n\n1,https://x.org/b,,\n,https://x.org/c,,\n4,,,\n5,"https://x.org/\nd",soon,\n'
        "a/b,https://x.org/e,,\nA b,https://x.org/f,,\na-b,https://x.org/g,2026-01-01,main\n7,github.com/h/i,,\n???,https://x.org/j,,\n",
    )
    with pytest.raises(UserError) as caught:
        read(listed)
    said = [line.removeprefix(f"{listed}: ") for line in caught.value.message.split("\n")]
    assert said == [
        "line 3: empty",
        "line 4: group 1 again, as in line 2",
        "line 5: no group",
        "line 6: group 4 has no repo",
        "line 7: before soon: not a time",
        "line 10: group A b again, as in line 9",
        "line 11: ref and before name two commits; give one of them",
        "line 12: github.com/h/i: no folder; for an address write https:// before it",
        "line 13: group '???' has no letter or digit to name a file by",
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "no column group (or group_number)"),
        ("group,student_1,url\n1,Ada,x\n", "no column repo (or repo_url); it has: group, url"),
        ("group,repo\n", "no groups in it"),
        ("group,repo,repo_url\n1,a,b\n", "two columns for repo: repo, repo_url"),
        (b"\x00\x01\x02", "not text"),
    ],
)
def test_what_is_no_list(content: str | bytes, said: str, tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        read(written(tmp_path, content))
    assert said in caught.value.message
    assert "Ada" not in caught.value.message


def test_a_folder_of_repositories(tmp_path: Path) -> None:
    build("consistent", tmp_path / "b-group")
    (tmp_path / "a-plain").mkdir()
    said: list[str] = []
    found = read_groups(tmp_path, before="", check_time=moment, note=said.append)
    assert found == [Submission(id="b-group", repo=str(tmp_path / "b-group"))]
    assert said == [f"{tmp_path / 'a-plain'}: not a repository, left out"]
    with pytest.raises(UserError, match="no repositories"):
        read(tmp_path / "a-plain")


def test_file_names_stay_in_their_folder() -> None:
    for id_ in ("../../etc/passwd", "a/b", "..", "C:\\x", "ünï", "-rf"):
        name = file_name(id_)
        assert "/" not in name
        assert "\\" not in name
        assert not name.startswith((".", "-"))
