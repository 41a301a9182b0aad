"""What is written is whole, and what is read again is what was written."""

import errno
import json
import os
import stat
import threading
from pathlib import Path

import pytest

from auditor import regular, whole
from auditor.errors import UserError
from auditor.folder import Folder
from auditor.judges import Settings, Store, Usage
from auditor.locks import alone, if_free
from auditor.models import GroupEntry, Submission
from auditor.whole import write_given, write_whole


def entry(name: str = "g1", **more: str) -> GroupEntry:
    return GroupEntry(id=name, name=name, repo="x", key="k", **more)  # type: ignore[arg-type]


def group(name: str = "g1") -> Submission:
    return Submission(id=name, repo="x")


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    made = Folder(tmp_path / "out", ["html"])
    made.write(entry(), {"json": '{"é": 1}\n', "html": "<p>"})
    return made


def test_what_is_finished_is_known_again(folder: Folder) -> None:
    assert folder.finished(group()) == (
        entry(files=json.loads((folder.path / "state/g1.json").read_text())["files"]),
        "",
    )  # type: ignore[arg-type]
    assert folder.entry(group()) is not None
    assert folder.finished(group("g2")) == (None, "")
    assert "files" not in entry(files={"json": "1 x"}).model_dump()  # type: ignore[arg-type]
    assert Folder(folder.path, ["html", "sarif"]).finished(group()) == (None, ""), (
        "a format that was not asked for then"
    )


@pytest.mark.parametrize(
    ("path", "content", "fault"),
    [
        ("groups/g1.json", "", "groups/g1.json is empty"),
        ("groups/g1.json", '{"é": 1', "groups/g1.json is not as it was written"),
        ("groups/g1.json", '{"é": 2}\n', "groups/g1.json is not as it was written"),
        ("groups/g1.json", None, "groups/g1.json is gone"),
        ("groups/g1.html", "<b>", "groups/g1.html is not as it was written"),
        ("state/g1.json", "", "state/g1.json cannot be read"),
        ("state/g1.json", "{", "state/g1.json cannot be read"),
        ("state/g1.json", "[]", "state/g1.json cannot be read"),
        ("state/g1.json", "\0" * 40, "state/g1.json cannot be read"),
        ("state/g1.json", '{"id": "g2", "name": "g2", "repo": "x"}', "state/g1.json cannot be read"),
    ],
)
def test_what_is_emptied_cut_or_foreign_is_not(path: str, content: str | None, fault: str, folder: Folder) -> None:
    file = folder.path / path
    file.unlink()
    if content is not None:
        file.write_text(content)
    assert folder.finished(group()) == (None, fault)
    folder.write(entry(), {"json": "1", "html": "2"})
    assert folder.finished(group())[1] == ""


def test_one_groups_files_are_not_anothers(folder: Folder) -> None:
    folder.write(entry("g2"), {"json": "other\n", "html": "<p>"})
    for part in ("groups", "state"):
        (folder.path / part / "g1.json").write_bytes((folder.path / part / "g2.json").read_bytes())
    assert folder.finished(group())[0] is None


@pytest.mark.parametrize(("key", "value"), [("id", "g9"), ("name", "g9")])
def test_an_entry_is_of_the_group_that_it_names(key: str, value: str, folder: Folder) -> None:
    state = folder.path / "state/g1.json"
    state.write_text(json.dumps(json.loads(state.read_text()) | {key: value}))
    assert folder.entry(group()) is None
    assert folder.finished(group()) == (None, "state/g1.json cannot be read")


def test_an_entry_is_known_by_the_sizes_of_its_files(folder: Folder) -> None:
    assert folder.entry(group("g2")) is None
    page = folder.path / "groups/g1.html"
    page.write_text("<b>")
    assert folder.entry(group()) is not None  # whoever looks at all of it sees the difference
    page.write_text("<p>.")
    assert folder.entry(group()) is None
    page.unlink()
    assert folder.entry(group()) is None


def test_of_a_group_that_failed_the_record_alone_is_kept(folder: Folder) -> None:
    folder.write(entry(error="no commit"), {"json": "1\n"})
    assert not (folder.path / "groups/g1.html").exists()
    found, fault = folder.finished(group())
    assert (found and found.error, fault) == ("no commit", "")
    (folder.path / "groups/g1.json").unlink()
    assert folder.finished(group()) == (None, "groups/g1.json is gone")


def test_a_file_that_cannot_be_read_is_none(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    real = regular.read_bytes

    def read(path: Path) -> bytes:
        if path.suffix == ".html":
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(regular, "read_bytes", read)
    assert folder.finished(group()) == (None, "groups/g1.html is gone")


def test_where_a_batch_is_written(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "a" / "out", ["markdown", "text", "html"])
    assert folder.endings == ("json", "md", "txt", "html")
    assert sorted(p.name for p in folder.path.iterdir()) == ["groups", "state"]
    Folder(tmp_path / "a" / "out")  # again
    folder.put("index.html", ["<p>", "é"])
    assert (folder.path / "index.html").read_text() == "<p>é"
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match=r"file: cannot be written \((File exists|Not a directory)") as error:
        Folder(tmp_path / "file")
    assert error.value.hint == "name another folder with --out"
    (folder.path / "state" / "g1.json").mkdir()
    with pytest.raises(UserError, match="cannot be written") as error:
        folder.write(entry(), {"json": "1"})
    assert error.value.hint == "take that folder away"


def test_what_killed_runs_left_half_written_goes(folder: Folder) -> None:
    parts = [folder.path / place / f".x{whole.PART}" for place in ("", "groups", "state")]
    for part in parts:
        part.write_text("half")
    said: list[str] = []
    with folder.held(said.append):
        assert not any(part.exists() for part in parts)
        assert folder.finished(group())[1] == ""
        waits = threading.Thread(target=lambda: _held(folder, said))
        waits.start()
        waits.join(1.5)
    waits.join(20)
    assert said == [f"another run writes to {folder.path}; waiting for it to end", "held"]


def _held(folder: Folder, said: list[str]) -> None:
    with folder.held(said.append):
        said.append("held")


def test_a_file_is_whole_or_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "deep" / "x.json"
    write_whole(file, ["a", "é\n"])
    file.chmod(0o640)
    for call, number in (("fsync", errno.ENOSPC), ("fsync", errno.EROFS)):

        def fail(*_: object, number: int = number) -> None:
            raise OSError(number, os.strerror(number))

        with monkeypatch.context() as patch:
            patch.setattr(whole.os, call, fail)
            with pytest.raises(UserError, match=r"x.json: cannot be written \((No space|Read-only)"):
                write_whole(file, b"new")
        assert file.read_text() == "aé\n"
        assert [p.name for p in file.parent.iterdir()] == ["x.json"]
    write_whole(file, "\ud800")
    assert file.read_text() == "?"
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    (tmp_path / "link").symlink_to(file)
    write_given(tmp_path / "link", "through")
    assert (file.read_text(), (tmp_path / "link").is_symlink()) == ("through", True)
    write_whole(tmp_path / "link", "in its place")
    assert (file.read_text(), (tmp_path / "link").is_symlink()) == ("through", False)
    assert (tmp_path / "link").read_text() == "in its place"
    write_given(Path(os.devnull), "nothing")
    assert stat.S_ISCHR(Path(os.devnull).stat().st_mode)
    with pytest.raises(UserError, match="cannot be written"):
        write_whole(file / "below", "x")


def test_many_write_one_file(tmp_path: Path) -> None:
    file = tmp_path / "x"
    texts = [str(n) * 50_000 for n in range(8)]
    threads = [threading.Thread(target=write_whole, args=(file, text)) for text in texts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert file.read_text() in texts
    assert [p.name for p in tmp_path.iterdir()] == ["x"]


def test_one_at_a_time_and_the_other_is_told(tmp_path: Path) -> None:
    lock, said, order = tmp_path / "x.lock", list[str](), list[int]()
    waiting = threading.Event()

    def second() -> None:
        with alone(lock, "another is at it", lambda line: (said.append(line), waiting.set())[0]):
            order.append(2)

    with alone(lock, "x"):
        thread = threading.Thread(target=second)
        thread.start()
        assert waiting.wait(20)
        with if_free(lock) as free:
            assert not free
        order.append(1)
    thread.join()
    assert (order, said) == ([1, 2], ["another is at it; waiting for it to end"])
    with if_free(lock) as free:
        assert free


@pytest.mark.parametrize("content", ["", "{", "[]", "null", '{"reply": 1', '"x"', '{"key": "other", "reply": "{}"}'])
def test_an_answer_that_is_cut_or_anothers_is_asked_for_again(content: str, tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.put("k", '{"a": 1}', Settings("m"), Usage(1, 2, 0, 3))
    held = store.get("k")
    assert held is not None
    assert held.text == '{"a": 1}'
    (tmp_path / "k.json").write_text(content)
    assert store.get("k") is None
